/**
 * Shares the chance of a wrong rollback out over a rollout. Each stage begins its tests anew, so that a canary that
 * only a larger share makes bad is found as fast as any. The chance that any of several tests is wrong is at most the
 * sum of their chances, whatever they have in common (Boole's inequality); the first stage gets most of it, since it
 * has the least traffic.
 */
import type { Stage } from './types.ts';

interface Confidence {
  /** Of the whole rollout: 0.99. */
  readonly fails: number;
  /** Below it a failure asks people; null: a failure is enough. */
  readonly rollsBack: number | null;
  /** Whether the last stage's checks go on after the promotion. */
  readonly watchedAfter: boolean;
}

/** The stages with each check's own part. */
export function withShares(stages: readonly Stage[], confidence: Confidence): readonly Stage[] {
  const weights = stages.map((_, at) => 1 / (at + 1) ** 2);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return stages.map((stage, at) => {
    const twice = confidence.watchedAfter && at === stages.length - 1 ? 2 : 1;
    const tests = twice * stage.checks.filter(({ kind }) => kind === 'counts').length;
    const part = (weights[at] ?? 0) / all / Math.max(1, tests);
    const alpha = part * (1 - confidence.fails);
    const rollbackAlpha = part * (1 - (confidence.rollsBack ?? confidence.fails));
    const checks = stage.checks.map((check) =>
      check.kind === 'counts' ? { ...check, alpha, rollbackAlpha } : check,
    );
    return { ...stage, checks };
  });
}
