/** Judges the canary by the target's own past, for times in which stable has too little traffic to be compared with. */
import { firstOf, pointsOf, unusable, verdictOf } from './evidence.ts';
import { amount, ofSamples, spoken } from './format.ts';
import type { AnomalyCheck } from './further-checks.ts';
import { deviationsFrom, type Middle, middleOf } from './stats/robust.ts';
import type { Reading, Verdict } from './types.ts';

/**
 * The stable reading holds the history. Fails only when the canary is both further from the median than the limit and
 * beyond every window of the history, so that a history with a few wild windows excuses another one.
 */
export function judgeAnomaly(
  config: AnomalyCheck,
  canary: Reading,
  stable: Reading | null,
  atMs: number,
): Verdict {
  const history = pointsOf(stable).map(([, value]) => value);
  const problem = firstOf(unusable(config, 'canary', canary), pastProblem(config, stable, history.length));
  const middle = middleOf(history);
  if (problem !== null || canary.kind !== 'value' || middle === null) {
    const reason = problem?.reason ?? `${spoken(config.name)} has no history`;
    return verdictOf(config, problem?.kind ?? 'no-data', reason, canary, stable, atMs);
  }
  const bad = isAnomalous(config, canary.value, middle, history);
  const shown = `${amount(canary.value, config.unit)}${ofSamples(canary.samples, config.unit)}`;
  const past = `the median of ${history.length} earlier windows is ${amount(middle.median, config.unit)}`;
  const away = deviationsFrom(middle, canary.value, config.minDifference);
  const limit = amount(config.maxDeviations, '');
  const distance = Math.abs(away) > 1e6 ? 'far off' : `${amount(Math.abs(away), '', 3)} deviations away`;
  const reason = `${spoken(config.name)} is ${shown}; ${past}, ${distance}, and ${bad ? `more than the limit of ${limit}` : `the limit is ${limit}`}`;
  return verdictOf(config, bad ? 'fail' : 'pass', reason, canary, stable, atMs);
}

function isAnomalous(
  { worse, maxDeviations, minDifference }: AnomalyCheck,
  value: number,
  middle: Middle,
  history: readonly number[],
): boolean {
  const away = deviationsFrom(middle, value, minDifference);
  const above = worse !== 'lower' && away > maxDeviations && history.every((past) => value > past);
  const below = worse !== 'higher' && -away > maxDeviations && history.every((past) => value < past);
  return above || below;
}

function pastProblem({ name, minHistory }: AnomalyCheck, stable: Reading | null, windows: number) {
  if (stable?.kind === 'error') {
    return {
      kind: 'error' as const,
      reason: `the history of ${spoken(name)} could not be read: ${stable.reason}`,
    };
  }
  if (windows >= Math.max(1, minHistory)) return null;
  const reason = `${spoken(name)} has a history of ${windows} windows, and at least ${minHistory} are needed`;
  return { kind: 'no-data' as const, reason };
}
