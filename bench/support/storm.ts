/** Many rollouts that are taken back at the same moment: when each is safe, and what that costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStack } from './bench-stack.ts';
import { type ProcessorTime, processorTime, usedBetween } from './processor-time.ts';
import { summaryOf } from './report.ts';
import { senderOf, stopInOne, type Way } from './senders.ts';

type Row = Record<string, string | number>;

interface StormFigures {
  readonly times: readonly Row[];
  /** Milliseconds of a processor, by process. */
  readonly processors: readonly Row[];
  /** Requests to the data plane's API. */
  readonly requests: readonly Row[];
}

/** Before a storm, so that what the last starts have left to do is no part of it. */
const settleMs = 5_000;

export async function storm(
  stack: BenchStack,
  services: readonly string[],
  way: Way | 'emergency',
): Promise<StormFigures> {
  await stack.startAll(services);
  const asked = await stack.requests();
  await sleep(settleMs);
  const sweep = stack.sweep();
  const answerMs: number[] = [];
  const before = processorTime();
  const sentMs = performance.now();
  const began = process.hrtime.bigint();
  const seen = sweep.firstSeen(new Set(services.map((service) => `bench/${service}`)));
  const noteAnswer = () => void answerMs.push(performance.now() - sentMs);
  const send = way === 'emergency' ? null : senderOf(way, stack);
  const answers = send
    ? services.map((service) => send(service).then(noteAnswer))
    : [stopInOne(stack, services).then(noteAnswer)];
  const safe = seen.then((zeros) => ({ zeros, used: processorTime(), atNs: process.hrtime.bigint() }));
  await Promise.all(answers);
  const answered = processorTime();
  const { zeros, used, atNs } = await safe;
  const requests = await stack.requests();
  const stillShown = await Promise.all(services.map((service) => stack.shareOf(service)));
  if (stillShown.some((share) => share > 0)) throw new Error('a canary takes traffic after its stop');
  await Promise.all(services.map((service) => stack.handleOf(service).result()));
  const common = { storm: services.length, by: way };
  const looked = { ...common, resolution: Math.ceil(sweep.longestGapMs) };
  const zeroMs = [...zeros.values()].map((atMs) => atMs - sentMs);
  // By this clock a CPU profile tells which of its samples were taken then.
  process.stderr.write(`storm of ${services.length} by ${way}: ${began / 1000n} to ${atNs / 1000n} us\n`);
  return {
    times: [
      { ...looked, measured: 'canary reads 0', ...summaryOf(zeroMs) },
      { ...looked, measured: 'caller has answer', ...summaryOf(answerMs) },
    ],
    processors: processorRows(common, before, { safe: used, answered }),
    requests: [...requests].flatMap(([request, count]) => {
      const times = count - (asked.get(request) ?? 0);
      return times > 0 ? [{ ...common, request, times }] : [];
    }),
  };
}

function processorRows(
  common: Row,
  before: ProcessorTime,
  { safe, answered }: { readonly safe: ProcessorTime; readonly answered: ProcessorTime },
): Row[] {
  const untilSafe = usedBetween(before, safe);
  const untilAnswered = usedBetween(before, answered);
  const names = Object.keys({ ...untilSafe, ...untilAnswered });
  return names.map((name) => ({
    ...common,
    process: name,
    'until all read 0': untilSafe[name] ?? 0,
    'until all are answered': untilAnswered[name] ?? 0,
  }));
}
