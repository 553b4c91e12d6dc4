/**
 * Whether a rollout's timing depends on who is told of it, and how they take it. Rollouts that tell nobody and rollouts
 * whose receiver answers, is slow, hangs, fails or is dead go through two stages and are taken back, by turns and in a
 * new order each time, so that whatever else the machine does strikes all alike. In the end every receiver is mended,
 * and each notice must have arrived exactly once. Real Temporal server, worker and API processes, real HAProxy.
 *
 *   npm run bench -- notices --count 50
 *   npm run bench -- notices --count 50 --receivers answers,fails --every 500
 *
 * `--count`: so many rollouts by each way with each kind of receiver; one begins every `--every` milliseconds, and no
 * more than `--at-once` are under way. `--receivers`: of which kinds. `--seed`: of the order.
 * Each kind is compared with `none`: `ratio` of the medians; and how much `more` it took than the one of the same
 * round, at the median, `from` and `to` the bounds between which that lies (95 %).
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { noticesIdOf } from '../src/domain/notify/names.ts';
import type { NoticesStatus } from '../src/domain/notify/status.ts';
import { Random } from './judge/random.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { differenceOf } from './support/difference.ts';
import { type BenchReceiver, type Mood, moods, startReceiver } from './support/receivers.ts';
import { printTable, round, summaryOf } from './support/report.ts';
import { senderOf } from './support/senders.ts';
import { twoStages } from './support/two-stages.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50' },
    every: { type: 'string', default: '400' },
    'at-once': { type: 'string', default: '6' },
    receivers: { type: 'string', default: moods.join(',') },
    seed: { type: 'string', default: '7' },
  },
});
const count = Number(values.count);
const everyMs = Number(values.every);
const atOnce = Number(values['at-once']);
const random = Random.of(Number(values.seed));
const told = moods.filter((mood) => values.receivers.split(',').includes(mood));
if (told.length === 0) throw new Error(`--receivers is some of ${moods.join(', ')}`);

type Kind = 'none' | Mood;
type Way = 'signal' | 'express';
interface Turn {
  readonly kind: Kind;
  readonly way: Way;
}
type Measure = `${Way}: reads 0` | `${Way}: ended` | 'first share' | 'stage end';
/** By what was measured, then by the kind of receiver, milliseconds. */
const measured = new Map<Measure, Map<Kind, number[]>>();
const toldRollouts: { readonly kind: Mood; readonly target: string; readonly runId: string }[] = [];

const kinds: readonly Kind[] = ['none', ...told];
const turns = kinds.flatMap((kind): Turn[] => [
  { kind, way: 'signal' },
  { kind, way: 'express' },
]);
/** A rollout of one turn may still be ending when the next ones of its kind begin. */
const places = 6;
const serviceOf = ({ kind, way }: Turn, place: number) => `${kind}-${way}-${place}`;
const services = turns.flatMap((turn) =>
  Array.from({ length: places }, (_, place) => serviceOf(turn, place)),
);
/** Nobody asks how fast a process is in its first second. */
const warmUps = 3;

const receivers = await Promise.all(told.map(startReceiver));
const stack = await startBenchStack(services, undefined, 'haproxy', {
  health: { memory: {} },
  notifiers: Object.fromEntries(
    receivers.map(({ mood, url }) => [mood, { type: 'webhook', url, mode: 'binary', cdevents: false }]),
  ),
  routes: told.map((mood) => ({ to: [mood], services: [`${mood}-*`] })),
});
try {
  await measureAll();
  const load = loadavg().map((one) => one.toFixed(1));
  printTable(`notices: milliseconds, load ${load.join(' ')}`, timingRows());
  printTable('notices: what arrived once all receivers were well', await arrivals(receivers));
} finally {
  await stack.stop();
  for (const receiver of receivers) await receiver.stop();
}

async function measureAll(): Promise<void> {
  const running = new Map<string, Promise<void>>();
  let problem: unknown = null;
  for (let round = 0; round < warmUps + count; round += 1) {
    for (const turn of shuffled(turns)) {
      const next = sleep(everyMs);
      const service = serviceOf(turn, round % places);
      await running.get(service);
      while (running.size >= atOnce) await Promise.race(running.values());
      if (problem !== null) throw problem;
      const measured = measure(turn, service, round - warmUps)
        .catch((error: unknown) => {
          problem = error;
        })
        .finally(() => running.delete(service));
      running.set(service, measured);
      await next;
    }
    if ((round + 1) % 10 === 0) process.stderr.write(`round ${round + 1} of ${warmUps + count}\n`);
  }
  await Promise.all(running.values());
  if (problem !== null) throw problem;
}

/** Rounds below 0 are warm-ups. */
async function measure({ kind, way }: Turn, service: string, round: number): Promise<void> {
  const { runId, ...timing } = await twoStages(stack, service, kind !== 'none', senderOf(way, stack));
  if (kind !== 'none') toldRollouts.push({ kind, target: `bench/${service}`, runId });
  if (round < 0) return;
  const both = 2 * round + (way === 'signal' ? 0 : 1);
  note('first share', kind, both, timing.firstShare);
  note('stage end', kind, both, timing.stageEnd);
  note(`${way}: reads 0`, kind, round, timing.readsZero);
  note(`${way}: ended`, kind, round, timing.ended);
}

/** At its place, so that what was measured in one round stands side by side. */
function note(what: Measure, kind: Kind, at: number, ms: number): void {
  const byKind = measured.get(what) ?? new Map<Kind, number[]>();
  const all = byKind.get(kind) ?? [];
  all[at] = ms;
  measured.set(what, byKind.set(kind, all));
}

function timingRows() {
  return [...measured].flatMap(([what, byKind]) => {
    const usual = byKind.get('none') ?? [];
    return kinds.map((kind) => {
      const all = byKind.get(kind) ?? [];
      const ratio = Math.round((100 * summaryOf(all).p50) / summaryOf(usual).p50) / 100;
      return {
        measured: what,
        receiver: kind,
        ...summaryOf(all),
        ratio,
        ...differenceOf(all, usual, random),
      };
    });
  });
}

async function arrivals(all: readonly BenchReceiver[]) {
  const mendedMs = performance.now();
  const before = all.map(({ taken }) => taken.size);
  for (const receiver of all) await receiver.mend();
  const complete = await Promise.all(toldRollouts.map(({ kind, ...run }) => countsOf(stack, kind, run)));
  return all.map(({ mood, asked, taken }, at) => {
    const own = toldRollouts.flatMap(({ kind }, index) => (kind === mood ? (complete[index] ?? []) : []));
    return {
      receiver: mood,
      rollouts: own.length,
      notices: own.reduce((sum, one) => sum + one.delivered + one.lost, 0),
      'before it was mended': before[at] ?? 0,
      arrived: taken.size,
      'more than once': [...taken.values()].filter((times) => times > 1).length,
      lost: own.reduce((sum, one) => sum + one.lost, 0),
      requests: asked,
      'last after, s': round(Math.max(0, ...own.map(({ atMs }) => atMs - mendedMs)) / 1_000),
    };
  });
}

/** What the companion says of it, once it has ended. */
async function countsOf({ client }: BenchStack, mood: Mood, run: { target: string; runId: string }) {
  const status: NoticesStatus = await client.workflow.getHandle(noticesIdOf(run)).result();
  const found = status.receivers.find(({ name }) => name === mood);
  return { delivered: found?.delivered ?? 0, lost: found?.lost ?? 0, atMs: performance.now() };
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
