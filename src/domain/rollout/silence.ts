/** Whether a rollout's watch is still heard of, by its latest heartbeat. */
import type { WatchProgress } from './status.ts';

/**
 * A heartbeat that is older says that nobody watches: longer than the longest time without one for which Temporal
 * leaves a watch to its worker, and than what it takes to be sent, by clocks that differ a little.
 */
const silentMs = 15_000;
/** How far the clocks of those who write a lease and look at it may be apart. */
const slackMs = 3_000;

/** `lapsed`: the lease that was renewed last has run out meanwhile, so the data plane has sent all traffic to stable. */
export type Silence = 'silent' | 'lapsed';

/** `atMs`: when the heartbeat was read. Null: the watch is heard of. */
export function silenceOf(live: Pick<WatchProgress, 'atMs' | 'leaseUntilMs'>, atMs: number): Silence | null {
  const { leaseUntilMs } = live;
  const silent = atMs - live.atMs > silentMs;
  // A watch that tolerates a lost data plane lives on beside a lease that is over.
  const held = leaseUntilMs > live.atMs;
  const over = leaseUntilMs > 0 && atMs > leaseUntilMs + slackMs;
  if (over && (silent || held)) return 'lapsed';
  return silent ? 'silent' : null;
}
