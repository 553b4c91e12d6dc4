/** One rollback, and how long it takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStack } from './bench-stack.ts';
import { senderOf, type Way } from './senders.ts';

/** Between two looks at the data plane, so that looking is no load. */
const lookEveryMs = 2;

/**
 * Milliseconds from sending the command until the data plane, read back, gives the canary nothing; and until the caller
 * has an answer.
 */
export async function rollBack(
  stack: BenchStack,
  way: Way,
  service: string,
): Promise<{ zero: number; answer: number }> {
  const sentMs = performance.now();
  const answered = senderOf(way, stack)(service).then(() => performance.now() - sentMs);
  // It is waited for below; until then nobody else hears of a failure.
  let failed = false;
  answered.catch(() => {
    failed = true;
  });
  while (!failed && (await stack.shareOf(service)) > 0) await sleep(lookEveryMs);
  const zero = performance.now() - sentMs;
  return { zero, answer: await answered };
}
