/** What kinds of checks ask of a reading before they judge it, and how they write a verdict. */
import { counted, spoken } from './format.ts';
import { isProbe } from './kinds.ts';
import type { CheckConfig, Reading, Verdict, VerdictKind } from './types.ts';

export type Arm = 'canary' | 'stable';
export type Value = Extract<Reading, { kind: 'value' }>;

/** Why nothing can be concluded from a reading. */
interface Unusable {
  readonly kind: 'no-data' | 'error';
  readonly reason: string;
}

/** Null when the reading can be judged. Nothing that is missing, not finite or too thin ever can. */
export function unusable(config: CheckConfig, arm: Arm, reading: Reading | null): Unusable | null {
  const what = `${spoken(config.name)} of ${arm === 'canary' ? 'the canary' : 'stable'}`;
  if (reading === null) return noData(`${what} was not measured`);
  if (reading.kind === 'error')
    return { kind: 'error', reason: `${what} could not be read: ${reading.reason}` };
  if (reading.kind === 'no-data') return noData(`${what} has no data: ${reading.reason}`);
  if (!Number.isFinite(reading.value)) return noData(`${what} is not a number`);
  return tooFew(config, what, reading.samples);
}

/** The finite points of a reading; a gap in a series is no value. */
export function pointsOf(reading: Reading | null): readonly (readonly [number, number])[] {
  if (reading?.kind !== 'value') return [];
  return (reading.points ?? []).filter(([, value]) => Number.isFinite(value));
}

/** The worse of two: an error says more than missing data. */
export function firstOf(...found: readonly (Unusable | null)[]): Unusable | null {
  return found.find((one) => one?.kind === 'error') ?? found.find((one) => one !== null) ?? null;
}

/** A limit of NaN or infinity binds nothing; a check that has one, or none at all, must not seem to pass. */
export function limitProblem(config: CheckConfig, limits: readonly (number | null)[]): Unusable | null {
  const set = limits.filter((limit) => limit !== null);
  if (set.length > 0 && set.every((limit) => Number.isFinite(limit))) return null;
  return { kind: 'error', reason: `${spoken(config.name)} has no limit to be judged by` };
}

export function verdictOf(
  config: CheckConfig,
  kind: VerdictKind,
  reason: string,
  canary: Reading,
  stable: Reading | null,
  atMs: number,
): Verdict {
  return {
    check: config.name,
    kind,
    reason,
    canary: finite(canary, 'value'),
    stable: finite(stable, 'value'),
    canarySamples: finite(canary, 'samples'),
    stableSamples: finite(stable, 'samples'),
    atMs,
  };
}

function tooFew(config: CheckConfig, what: string, samples: number | null): Unusable | null {
  if (isProbe(config) || config.kind === 'composite') return null;
  if (samples === null) {
    if (config.minSamples <= 0) return null;
    return noData(`${what} has an unknown number of samples, and at least ${config.minSamples} are needed`);
  }
  if (!Number.isFinite(samples) || samples < 0) return noData(`${what} has no valid number of samples`);
  // A value that nobody observed is nothing, also where the plan asks for no minimum.
  const needed = Math.max(1, config.minSamples);
  if (samples >= needed) return null;
  return noData(`${what} has ${counted(samples)}, and at least ${needed} are needed`);
}

function noData(reason: string): Unusable {
  return { kind: 'no-data', reason };
}

/** Verdicts are kept as JSON, which has no NaN, no infinity and no negative zero. */
function finite(reading: Reading | null, field: 'value' | 'samples'): number | null {
  if (reading?.kind !== 'value') return null;
  const number = reading[field];
  return number !== null && Number.isFinite(number) ? number + 0 : null;
}
