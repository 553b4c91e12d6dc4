/**
 * What a list tells of a rollout's plan without asking the rollout: who started it, its stages and its limits. Kept in
 * the memo.
 */
import type { Plan } from '../plan/types.ts';

export interface Outline {
  readonly startedBy: string;
  readonly stages: readonly {
    readonly name: string;
    readonly weightPercent: number;
    /** Warm-up and soak. */
    readonly plannedMs: number;
  }[];
  readonly watchAfterMs: number;
  /** From the decision to roll back until the canary's share has to read 0. */
  readonly restoreMs: number;
}

/** The memo's key. Kept by continue-as-new. */
export const outlineMemo = 'outline';

export function outlineOf({ stages, watchAfterMs, rollback }: Plan, startedBy: string): Outline {
  return {
    startedBy,
    stages: stages.map(({ name, weightPercent, warmUpMs, soakMs }) => ({
      name,
      weightPercent,
      plannedMs: warmUpMs + soakMs,
    })),
    watchAfterMs,
    restoreMs: rollback.timeoutMs,
  };
}
