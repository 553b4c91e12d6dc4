/**
 * How long an emergency rollback takes: from sending the request until HAProxy, read back, gives no canary anything,
 * until every target is verified by the emergency itself, and until every rollout has ended.
 * Real Temporal server, real worker and API processes, real HAProxy.
 *
 *   npm run bench -- emergency --rollouts 50 --runs 5
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { emergencyOpenedSchema, emergencyViewSchema } from '../src/api/contract.ts';
import { startBenchStack } from './support/bench-stack.ts';
import { printTable, summaryOf } from './support/report.ts';
import { post } from './support/senders.ts';

const { values } = parseArgs({
  options: { rollouts: { type: 'string', default: '50' }, runs: { type: 'string', default: '5' } },
});
const services = Array.from({ length: Number(values.rollouts) }, (_, number) => `storm-${number}`);
const runs = Number(values.runs);
const lookEveryMs = 50;
const by = { actor: 'bench', reason: 'bench' };

interface Measured {
  readonly zero: number;
  readonly answer: number;
  readonly verified: number;
  readonly ended: number;
}

const stack = await startBenchStack(services);
try {
  // The first one only warms up: nobody asks how fast a process is in its first second.
  await measure();
  const all: Measured[] = [];
  while (all.length < runs) all.push(await measure());
  const row = (measured: string, part: keyof Measured) => ({
    rollouts: services.length,
    measured,
    ...summaryOf(all.map((one) => one[part])),
  });
  printTable('emergency: milliseconds from sending the request, the last rollout of each run', [
    row('all canaries read 0', 'zero'),
    row('caller has answer', 'answer'),
    row('all verified', 'verified'),
    row('all rollouts ended', 'ended'),
  ]);
} finally {
  await stack.stop();
}

/** Scope `bench`, an environment: one stop for each target, as with the names of components. */
async function measure(): Promise<Measured> {
  await stack.startAll(services);
  const sweep = stack.sweep();
  const sentMs = performance.now();
  const since = () => performance.now() - sentMs;
  const seen = sweep.firstSeen(new Set(services.map((service) => `bench/${service}`)));
  const opening = post(`${stack.apiUrl}/v1/emergency-rollbacks`, { scope: 'bench', ...by });
  const answered = opening.then(since);
  const { links } = emergencyOpenedSchema.parse(JSON.parse(await opening));
  const url = `${stack.apiUrl}${links.self}`;
  const ending = Promise.all(services.map((service) => stack.handleOf(service).result())).then(since);
  while (!(await isRestored(url))) await sleep(lookEveryMs);
  const verified = since();
  const zero = Math.max(...(await seen).values()) - sentMs;
  const measured = { zero, answer: await answered, verified, ended: await ending };
  await post(`${url}/release`, by);
  while (await isOpen(url)) await sleep(lookEveryMs);
  return measured;
}

async function isRestored(url: string): Promise<boolean> {
  const { status } = await view(url);
  const done = status?.phase === 'restored';
  if (done && status.targets.length !== services.length) {
    throw new Error(`${status.targets.length} targets in the account instead of ${services.length}`);
  }
  return done;
}

async function isOpen(url: string): Promise<boolean> {
  return (await view(url)).open;
}

async function view(url: string) {
  return emergencyViewSchema.parse(await (await fetch(url)).json());
}
