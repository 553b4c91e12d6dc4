/** Whether a watch is still heard of, by its latest heartbeat. */
import type { WatchProgress } from './status.ts';

/**
 * A heartbeat that is older says that nobody watches: longer than the longest time without one for which Temporal
 * leaves a watch to its worker, and than what it takes to be sent.
 */
export const silentMs = 15_000;
/** How far the clocks of those who write a lease and end it may be apart. */
const slackMs = 3_000;

/** `lapsed`: the lease that was renewed last has run out meanwhile, so the data plane has sent all traffic to stable. */
export type Silence = 'silent' | 'lapsed';

/**
 * `ageMs`: how old the heartbeat is. Its own times are compared with each other alone, as whoever looks at it may have
 * another clock. Null: the watch is heard of.
 */
export function silenceOf(live: Pick<WatchProgress, 'atMs' | 'leaseUntilMs'>, ageMs: number): Silence | null {
  const { atMs, leaseUntilMs } = live;
  const silent = ageMs > silentMs;
  // A watch that tolerates a lost data plane lives on beside a lease that is over.
  const held = leaseUntilMs > atMs;
  const over = leaseUntilMs > 0 && ageMs > leaseUntilMs - atMs + slackMs;
  if (over && (silent || held)) return 'lapsed';
  return silent ? 'silent' : null;
}
