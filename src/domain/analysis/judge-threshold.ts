/** Judges the canary by fixed bounds: its own value must lie within them. */
import { firstOf, limitProblem, unusable, verdictOf } from './evidence.ts';
import { amount, amountAgainst, ofSamples, spoken } from './format.ts';
import type { Reading, ThresholdCheck, Verdict } from './types.ts';

/** Bounds are inclusive. The stable arm plays no part. */
export function judgeThreshold(
  config: ThresholdCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(limitProblem(config, [config.min, config.max]), unusable(config, 'canary', canary));
  if (problem !== null || canary.kind !== 'value') {
    return verdictOf(config, problem?.kind ?? 'no-data', problem?.reason ?? 'no data', canary, null, atMs);
  }
  const { value, samples } = canary;
  const { min, max, unit } = config;
  const behind = ofSamples(samples, unit);
  const say = (shown: string, rest: string) => `${spoken(config.name)} ${shown}${behind} ${rest}`;
  if (max !== null && value > max) {
    const reason = say(amountAgainst(max, value, unit), `is above the limit of ${amount(max, unit)}`);
    return verdictOf(config, 'fail', reason, canary, null, atMs);
  }
  if (min !== null && value < min) {
    const reason = say(amountAgainst(min, value, unit), `is below the limit of ${amount(min, unit)}`);
    return verdictOf(config, 'fail', reason, canary, null, atMs);
  }
  return verdictOf(config, 'pass', say(amount(value, unit), within(min, max, unit)), canary, null, atMs);
}

function within(min: number | null, max: number | null, unit: string): string {
  if (min === null) return `is within the limit of at most ${amount(max ?? 0, unit)}`;
  if (max === null) return `is within the limit of at least ${amount(min, unit)}`;
  return `is within the limits of ${amount(min, unit)} and ${amount(max, unit)}`;
}
