/**
 * What lists of rollouts cost beside many that have ended: real Temporal development server on a file, 200 rollouts that
 * have begun and no worker, and the functions by which API and worker list them.
 *
 *   npm run bench -- lists --running 200 --ended 0,20000,50000 --times 100
 *
 * The ended ones are made up in the server's file, with the `sqlite3` command.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { cutShort } from '../src/api/temporal/cut-short.ts';
import { RecentPages } from '../src/api/temporal/recent-pages.ts';
import { RunningList, runningRollouts } from '../src/api/temporal/running.ts';
import { listRollouts } from '../src/api/temporal/visibility.ts';
import { changedAttribute, notClosed, workflowType } from '../src/domain/rollout/names.ts';
import { startEventsCache } from '../src/stack/temporal-args.ts';
import { locateTools } from '../src/stack/tools.ts';
import { registerSearchAttributes } from '../src/worker/attributes.ts';
import { temporalDirectory } from '../src/worker/directory.ts';
import { OpenEmergencies } from '../src/worker/open-emergencies.ts';
import { startOptionsOf } from '../src/worker/start-options.ts';
import { planFixture } from '../test/support/plan.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { makeEnded } from './support/ended-rollouts.ts';
import { parts } from './support/parts.ts';
import { printTable, summaryOf } from './support/report.ts';

const { values } = parseArgs({
  options: {
    running: { type: 'string', default: '200' },
    ended: { type: 'string', default: '0,20000,50000' },
    times: { type: 'string', default: '100' },
  },
});
const running = Number(values.running);
const steps = values.ended
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const times = Number(values.times);
const warmUp = 3;
const startsAtOnce = 15;
const minuteMs = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'sluice-lists-'));
const file = join(folder, 'temporal.db');
try {
  const columns = await withServer(begin);
  const rows: Record<string, string | number>[] = [];
  let made = 0;
  for (const ended of steps) {
    if (ended > made) await makeEnded({ file, columns, from: made, to: ended });
    made = ended;
    process.stderr.write(`${ended} ended; load ${loadavg().map((one) => one.toFixed(1))}\n`);
    rows.push(...(await withServer((client) => measure(client, ended))));
  }
  printTable(`lists: milliseconds with ${running} rollouts running`, rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function withServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const starting = TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: locateTools().temporal },
      dbFilename: file,
      log: { format: 'pretty', level: 'never' },
      extraArgs: startEventsCache,
    },
  });
  const { temporal, stop } = await parts.keep(
    starting.then((one) => ({ temporal: one, stop: () => one.teardown() })),
  );
  try {
    await registerSearchAttributes(temporal.connection, 'default');
    return await work(temporal.client);
  } finally {
    await stop();
  }
}

/** Starts those that run; returns where the server keeps each search attribute. */
async function begin(client: Client): Promise<Readonly<Record<string, string>>> {
  for (let from = 0; from < running; from += startsAtOnce) {
    const some = Array.from({ length: Math.min(startsAtOnce, running - from) }, (_, at) => from + at);
    await Promise.all(some.map((number) => start(client, `running-${number}`)));
  }
  await untilListed(client);
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const aliases = Object.entries(config?.customSearchAttributeAliases ?? {});
  return Object.fromEntries(aliases.map(([column, attribute]) => [attribute, column]));
}

/** A server that has just been started again has much else to do at first. */
async function untilListed(client: Client): Promise<void> {
  const all = async () => (await runningRollouts({ client, address: 'bench' })).length === running;
  await waitFor('Temporal to list all that runs', all, { timeoutMs: 2 * minuteMs, everyMs: 1_000 });
}

async function start(client: Client, service: string): Promise<void> {
  const plan = planFixture({ service, environment: 'bench' });
  await client.workflow.start(workflowType, startOptionsOf({ plan, actor: 'bench', reason: '' }, {}));
}

async function measure(client: Client, ended: number): Promise<Record<string, string | number>[]> {
  await untilListed(client);
  const deps = { client, address: 'bench' };
  const list = new RunningList(deps);
  const directory = temporalDirectory(client);
  const service = { environment: 'bench', service: 'service-7' };
  const aMinuteAgo = () => Date.now() - minuteMs;
  const since = () => `"${new Date(aMinuteAgo()).toISOString()}"`;
  const byOneFilter = (filter: string) =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      pageSize: running + 1,
      query: `WorkflowType = "${workflowType}" AND ${filter}`,
    });
  const listings: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['all that runs', () => runningRollouts(deps)],
    ['  by CloseTime alone', () => byOneFilter(notClosed)],
    ['what has changed', () => list.byTarget()],
    ['  by one filter', () => byOneFilter(anyTime(since()))],
    ['sweep of an emergency', () => directory.runningSince(aMinuteAgo())],
    ['emergencies that forbid a start', () => new OpenEmergencies(client).covering('bench/shop')],
    ['GET, running, 50', () => listRollouts(deps, { running: 'true', limit: 50 })],
    ['GET, ended, 50', () => listRollouts(deps, { running: 'false', limit: 50 })],
    ['GET, ended, of a service, 50', () => listRollouts(deps, { ...service, running: 'false', limit: 50 })],
    ['those cut short, 50', () => cutShort(deps, { sinceMs: 0 }, null, new RecentPages())],
  ];
  const rows: Record<string, string | number>[] = [];
  for (const [measured, ask] of listings) {
    const { took, unanswered } = await timesOf(ask);
    rows.push({ ended, measured, ...summaryOf(took), unanswered });
  }
  return rows;
}

function anyTime(since: string): string {
  return `(StartTime > ${since} OR ${changedAttribute} > ${since} OR CloseTime > ${since})`;
}

/** A call that gets no answer in time counts with the time until then. */
async function timesOf(ask: () => Promise<unknown>): Promise<{ took: number[]; unanswered: number }> {
  const took: number[] = [];
  let unanswered = 0;
  for (let turn = -warmUp; turn < times; turn++) {
    const askedMs = performance.now();
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (turn < 0) continue;
    took.push(performance.now() - askedMs);
    if (!answered) unanswered += 1;
  }
  return { took, unanswered };
}
