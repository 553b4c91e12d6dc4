/** The rollouts of a target before and after one of them. Pure. */
import type { RolloutSummary } from '../../../../api/contract.ts';

export interface Neighbours {
  readonly earlier: RolloutSummary | null;
  readonly later: RolloutSummary | null;
  /** Null: the one that is shown. */
  readonly latest: RolloutSummary | null;
}

/** `rollouts`: those that the API lists first. Where the shown one is not among them, nothing is known of those beside it. */
export function neighboursOf(
  { runId, startedAtMs }: Pick<RolloutSummary, 'runId' | 'startedAtMs'>,
  rollouts: readonly RolloutSummary[],
): Neighbours {
  const sorted = rollouts.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  const latest = sorted.find((one) => one.startedAtMs > startedAtMs) ?? null;
  const at = sorted.findIndex((one) => one.runId === runId);
  if (at < 0) return { earlier: null, later: null, latest };
  return { earlier: sorted[at + 1] ?? null, later: sorted[at - 1] ?? null, latest };
}
