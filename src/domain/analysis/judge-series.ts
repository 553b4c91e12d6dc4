/**
 * Judges gauges (CPU, memory, queue length) by all points of the window: is the canary's level shifted against
 * stable's?
 */
import { firstOf, pointsOf, unusable, verdictOf } from './evidence.ts';
import { amount, ofSamples, spoken } from './format.ts';
import type { SeriesCheck } from './further-checks.ts';
import { type Classification, classify } from './stats/classify.ts';
import { inflationOf } from './stats/dependence.ts';
import { type MannWhitney, mannWhitney } from './stats/mann-whitney.ts';
import type { Reading, Verdict } from './types.ts';

/** Fails when the canary is classified as what is worse. A difference in the good direction passes. */
export function judgeSeries(
  config: SeriesCheck,
  canary: Reading,
  stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(unusable(config, 'canary', canary), unusable(config, 'stable', stable));
  const test = compared(valuesOf(canary), valuesOf(stable), config.confidence);
  if (problem !== null || canary.kind !== 'value' || stable?.kind !== 'value' || test === null) {
    const reason = problem?.reason ?? `${spoken(config.name)} has no points to compare`;
    return verdictOf(config, problem?.kind ?? 'no-data', reason, canary, stable, atMs);
  }
  const found = classify(test, { ofShift: config.tolerance, effect: config.minEffect });
  const bad = found !== 'pass' && (config.worse === 'either' || config.worse === direction(found));
  const show = (value: number) => amount(value, config.unit);
  const left = `${show(canary.value)}${ofSamples(canary.samples, '')}`;
  const right = `${show(stable.value)}${ofSamples(stable.samples, '')}`;
  const reason =
    `${spoken(config.name)} of the canary is ${left} against ${right} of stable, ` +
    `${told(config, test, found, show)}`;
  return verdictOf(config, bad ? 'fail' : 'pass', reason, canary, stable, atMs);
}

/** Each arm adds to the variance by 1 / its number of points, so that is how their dependence weighs. */
function compared(
  canary: readonly number[],
  stable: readonly number[],
  confidence: number,
): MannWhitney | null {
  const [m, n] = [canary.length, stable.length];
  const inflation = (inflationOf(canary) * n + inflationOf(stable) * m) / Math.max(1, m + n);
  return mannWhitney(canary, stable, confidence, Math.max(1, inflation));
}

function told(
  config: SeriesCheck,
  { shift, low, high, effect }: MannWhitney,
  found: Classification,
  show: (value: number) => string,
): string {
  const interval = `shifted by ${show(low)} to ${show(high)} with ${amount(config.confidence * 100, '%')} confidence`;
  const strength = `effect ${amount(effect, '')}`;
  if (found !== 'pass') return `${interval} (${strength}): ${direction(found)} than stable`;
  return `${interval} (${strength}): no difference beyond ${show(config.tolerance * Math.abs(shift))} is certain`;
}

function direction(found: 'high' | 'low'): 'higher' | 'lower' {
  return found === 'high' ? 'higher' : 'lower';
}

function valuesOf(reading: Reading | null): number[] {
  return pointsOf(reading).map(([, value]) => value);
}
