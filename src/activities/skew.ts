/** Compares the data plane's clock with this worker's, where the provider can tell it. */
import { skewProblem } from '../domain/rollout/skew.ts';
import { callSignal } from './call-limit.ts';
import type { Clock } from './deps.ts';
import type { TrafficSide } from './targets.ts';

/**
 * What is wrong with the clocks, in one sentence; null: nothing, or not known. What the call took may explain a part of
 * the difference, which then does not count. Errors: those of the traffic provider.
 */
export async function clockProblem(
  { provider }: TrafficSide,
  clock: Clock,
  ttlMs: number,
): Promise<string | null> {
  const askedMs = clock.now();
  const theirsMs = await provider.clock?.(callSignal());
  if (theirsMs === undefined) return null;
  const tookMs = clock.now() - askedMs;
  const skewMs = theirsMs - askedMs - tookMs / 2;
  return skewProblem(Math.sign(skewMs) * Math.max(0, Math.abs(skewMs) - tookMs / 2), ttlMs);
}
