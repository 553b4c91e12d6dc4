/**
 * Whose turn it is to be looked at: what is new first, then what is in trouble, then whoever has waited longest. Pure.
 */
import type { RolloutRow } from '../contract.ts';

/** One look at a rollout in so much time at most, so that few rollouts are not asked without pause. */
const restMs = 2_000;

/** Null: nobody's. `lookedAtMs`: null for one that was never looked at, or has changed since. */
export function nextToLookAt(
  rows: readonly RolloutRow[],
  lookedAtMs: (runId: string) => number | null,
  nowMs: number,
): RolloutRow | null {
  let best: { readonly row: RolloutRow; readonly score: number } | null = null;
  for (const row of rows) {
    const at = lookedAtMs(row.runId);
    if (at !== null && nowMs - at < restMs) continue;
    const score = at === null ? Number.POSITIVE_INFINITY : (nowMs - at) * weightOf(row);
    if (best === null || score > best.score) best = { row, score };
  }
  return best?.row ?? null;
}

/** What is in trouble comes round so much more often. */
function weightOf({ attention }: RolloutRow): number {
  if (attention === 'restoring' || attention === 'failing') return 10;
  return attention === 'none' ? 1 : 4;
}
