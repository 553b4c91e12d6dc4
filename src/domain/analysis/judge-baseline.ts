/**
 * Judges the canary by stable, measured in the same window: it must be no worse by more than a ratio or a difference.
 */
import { firstOf, limitProblem, unusable, type Value, verdictOf } from './evidence.ts';
import { amount, amountAgainst, ofSamples, spoken } from './format.ts';
import type { BaselineCheck, Reading, Verdict } from './types.ts';

/**
 * Fails only beyond every bound that is set, so that a ratio of tiny values or a difference of huge ones harms nobody.
 */
export function judgeBaseline(
  config: BaselineCheck,
  canary: Reading,
  stable: Reading | null,
  atMs: number,
): Verdict {
  const problem = firstOf(
    limitProblem(config, [config.maxRatio, config.maxDifference]),
    unusable(config, 'canary', canary),
    unusable(config, 'stable', stable),
  );
  if (problem !== null || canary.kind !== 'value' || stable?.kind !== 'value') {
    return verdictOf(config, problem?.kind ?? 'no-data', problem?.reason ?? 'no data', canary, stable, atMs);
  }
  const { beyond, text } = compare(config, canary.value, stable.value);
  const reason = `${sides(config, canary, stable)}: ${text}`;
  return verdictOf(config, beyond ? 'fail' : 'pass', reason, canary, stable, atMs);
}

interface Comparison {
  readonly beyond: boolean;
  readonly text: string;
}

function compare(config: BaselineCheck, canary: number, stable: number): Comparison {
  const worseBy = config.worse === 'higher' ? canary - stable : stable - canary;
  if (worseBy <= 0)
    return { beyond: false, text: canary === stable ? 'no difference' : 'better than stable' };
  const bounds: Comparison[] = [];
  if (config.maxRatio !== null) bounds.push(byRatio(config, config.maxRatio, canary, stable));
  if (config.maxDifference !== null) bounds.push(byDifference(config, config.maxDifference, worseBy));
  const saving = bounds.find((bound) => !bound.beyond);
  return saving ?? { beyond: true, text: bounds.map((bound) => bound.text).join(', and ') };
}

/** Called for a worse canary only. To a stable value of 0 or below there is no ratio: any worse value is beyond it. */
function byRatio(config: BaselineCheck, limit: number, canary: number, stable: number): Comparison {
  if (stable <= 0) {
    return {
      beyond: true,
      text: `worse than a stable value of ${amount(stable, config.unit)}, to which no ratio can be taken`,
    };
  }
  const beyond = config.worse === 'higher' ? canary > stable * limit : canary * limit < stable;
  if (canary <= 0)
    return { beyond, text: 'the canary is at or below 0, which is lower than stable by any ratio' };
  const ratio = config.worse === 'higher' ? canary / stable : stable / canary;
  const shown = `${amountAgainst(limit, ratio, '')} times ${config.worse}`;
  return { beyond, text: `${shown} than stable, ${placed(beyond)} the limit of ${amount(limit, '')} times` };
}

function byDifference(config: BaselineCheck, limit: number, worseBy: number): Comparison {
  const beyond = worseBy > limit;
  const shown = `${amountAgainst(limit, worseBy, config.unit)} ${config.worse}`;
  return {
    beyond,
    text: `${shown} than stable, ${placed(beyond)} the limit of ${amount(limit, config.unit)}`,
  };
}

function placed(beyond: boolean): string {
  return beyond ? 'beyond' : 'within';
}

function sides(config: BaselineCheck, canary: Value, stable: Value): string {
  const { unit } = config;
  const left = `${amount(canary.value, unit)}${ofSamples(canary.samples, unit)}`;
  const right = `${amount(stable.value, unit)}${ofSamples(stable.samples, unit)}`;
  return `${spoken(config.name)} of the canary is ${left} against ${right} of stable`;
}
