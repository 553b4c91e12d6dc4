/** How far the clocks of worker and data plane may be apart: the lease is written by the one and ends by the other. */

/** Part of the lease that a difference may take or add. */
const share = 0.1;
/** Clocks that are kept by NTP are nearer than this. */
const leastMs = 1_000;

export function toleratedSkewMs(ttlMs: number): number {
  return Math.max(leastMs, ttlMs * share);
}

/**
 * One sentence if the data plane's clock is `skewMs` ahead (negative: behind) and that is too much; null: it is not.
 */
export function skewProblem(skewMs: number, ttlMs: number): string | null {
  const toleratedMs = toleratedSkewMs(ttlMs);
  if (Math.abs(skewMs) <= toleratedMs) return null;
  const seconds = (ms: number) => `${Number((Math.abs(ms) / 1000).toFixed(1))} s`;
  const effect =
    skewMs < 0 ? 'a canary without a lease would serve longer by that' : 'leases end earlier by that';
  const way = skewMs < 0 ? 'behind' : 'ahead of';
  return `the data plane's clock is ${seconds(skewMs)} ${way} this worker's, so ${effect}; a lease of ${seconds(ttlMs)} allows for ${seconds(toleratedMs)}`;
}
