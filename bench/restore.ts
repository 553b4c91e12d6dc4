/**
 * How long a rollback takes: from sending the command until the data plane, read back, gives the canary nothing.
 * Real Temporal server, real worker and API processes, real HAProxy or Kubernetes API server; other rollouts run
 * meanwhile.
 *
 *   npm run bench -- restore --others 1,100 --count 200 --by update,express,signal
 *   npm run bench -- restore --provider gateway-api --others 1,50,300 --storm 260 --by express,signal
 *   npm run bench -- restore --storm 100,260 --by express,signal,emergency
 *
 * `--others`: so many other rollouts run; one rollback every `--every` milliseconds (default 250), so that the clean-up
 * of one is not what the next waits for.
 * `--storm`: so many rollouts are taken back at once. `express` is one HTTP request each, `emergency` one for all.
 * `--provider gateway-api`: HTTPRoutes of a real API server, whose canaries a guard stops.
 * `--profile <folder>`: worker and API leave a CPU profile of their whole life there; of each storm it is said which
 * part.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBenchStack } from './support/bench-stack.ts';
import { type PlaneName, planeNames } from './support/planes.ts';
import { printTable, summaryOf } from './support/report.ts';
import { rollBack } from './support/roll-back.ts';
import { senderOf, type Way, ways } from './support/senders.ts';
import { storm } from './support/storm.ts';

const { values } = parseArgs({
  options: {
    others: { type: 'string' },
    storm: { type: 'string' },
    count: { type: 'string', default: '200' },
    by: { type: 'string', default: 'update,express,signal' },
    every: { type: 'string', default: '250' },
    profile: { type: 'string' },
    provider: { type: 'string', default: 'haproxy' },
  },
});
type Row = Record<string, string | number>;

const storms = numbersIn(values.storm ?? '');
const others = numbersIn(values.others ?? (storms.length > 0 ? '' : '1,100')).sort((a, b) => a - b);
const count = Number(values.count);
const everyMs = Number(values.every);
const by = values.by.split(',');
const named = ways.filter((way) => by.includes(way));
/** Subjects are started in batches, so that starting them is no load while one is measured. */
const batch = 20;
const warmUps = 20;

const stack = await startBenchStack(
  [
    ...numbered('warm-up', warmUps),
    ...numbered('other', Math.max(0, ...others)),
    ...numbered('subject', others.length > 0 ? batch : 0),
    ...numbered('storm', Math.max(0, ...storms)),
  ],
  values.profile,
  planeNamed(values.provider),
);
try {
  await warmUp();
  // First, because the others go on running.
  if (storms.length > 0) await measureStorms();
  if (others.length > 0) await measureSingles();
} finally {
  await stack.stop();
}

/** Nobody asks how fast a process is in its first second. */
async function warmUp(): Promise<void> {
  for (const way of [...named, ...named]) {
    const services = numbered('warm-up', warmUps);
    await stack.startAll(services);
    await Promise.all(services.map(senderOf(way, stack)));
    await ended(services);
  }
}

async function measureSingles(): Promise<void> {
  let running = 0;
  for (const wanted of others) {
    await stack.startAll(numbered('other', wanted).slice(running));
    running = wanted;
    for (const way of named)
      printTable('restore: milliseconds from sending the command', await measureWay(wanted, way));
  }
}

async function measureWay(running: number, way: Way): Promise<Row[]> {
  const zeroMs: number[] = [];
  const answerMs: number[] = [];
  while (zeroMs.length < count) {
    const services = numbered('subject', Math.min(batch, count - zeroMs.length));
    await stack.startAll(services);
    for (const service of services) {
      const next = sleep(everyMs);
      const { zero, answer } = await rollBack(stack, way, service);
      zeroMs.push(zero);
      answerMs.push(answer);
      await next;
    }
    await ended(services);
  }
  return [
    { others: running, by: way, measured: 'canary reads 0', ...summaryOf(zeroMs) },
    { others: running, by: way, measured: 'caller has answer', ...summaryOf(answerMs) },
  ];
}

async function measureStorms(): Promise<void> {
  const rows: Row[] = [];
  for (const size of storms) {
    for (const way of [...named, ...(by.includes('emergency') ? (['emergency'] as const) : [])]) {
      const { times, processors, requests } = await storm(stack, numbered('storm', size), way);
      rows.push(...times);
      printTable('storm: milliseconds of a processor', processors);
      if (requests.length > 0) printTable('storm: requests to the API server', requests);
    }
  }
  printTable('storm: milliseconds from sending all commands', rows);
}

async function ended(services: readonly string[]): Promise<void> {
  await Promise.all(services.map((service) => stack.handleOf(service).result()));
}

function planeNamed(name: string): PlaneName {
  const known = planeNames.find((one) => one === name);
  if (known === undefined) throw new Error(`--provider is one of ${planeNames.join(', ')}`);
  return known;
}

function numbered(name: string, length: number): string[] {
  return Array.from({ length }, (_, number) => `${name}-${number}`);
}

function numbersIn(list: string): number[] {
  return list.split(',').filter(Boolean).map(Number);
}
