/**
 * Bursts: how much more the counts of neighbouring looks differ than those of independent requests would.
 *
 * Given the sum k of two neighbouring looks of one arm, independent requests fall on the first with the chance of its
 * share of the requests, so z² = (difference)² / variance is 1 on average, whatever the rate and however it drifts;
 * retries, cascades and crashes make it larger by the factor φ of the quasi-binomial model (McCullagh and Nelder,
 * Generalized Linear Models, 1989, section 4.5). A pair with k = 1 says nothing, so pairs have weights of 1 - 1/k, to
 * which the information in z² is proportional: its variance is 2 (1 - 1/k).
 */
import type { Counts, CountsSample, DispersionState } from './types.ts';

/** So many pairs' worth of belief in independent requests there is before the first look. */
const prior = 2;
/** Standard deviations of chance that are not yet taken for bursts. */
const benefitOfDoubt = 0.2;

export const noDispersion: DispersionState = { before: null, squares: 0, weight: 0 };

export function withLook(state: DispersionState, look: CountsSample): DispersionState {
  const { before } = state;
  if (before === null) return { ...state, before: look };
  const pairs = [pairOf(before.canary, look.canary), pairOf(before.stable, look.stable)];
  return {
    before: look,
    squares: pairs.reduce((sum, { square, weight }) => sum + weight * square, state.squares),
    weight: pairs.reduce((sum, { weight }) => sum + weight, state.weight),
  };
}

/** φ, at least 1. */
export function dispersionOf({ squares, weight }: DispersionState): number {
  const chance = benefitOfDoubt * Math.sqrt(2 * weight);
  return Math.max(1, (prior + squares - chance) / (prior + weight));
}

function pairOf(first: Counts, second: Counts): { square: number; weight: number } {
  const bad = first.bad + second.bad;
  const total = first.total + second.total;
  // Where nearly all are bad, the good ones are the rare event that tells.
  const rare = Math.min(bad, total - bad);
  if (rare <= 1 || first.total <= 0 || second.total <= 0) return { square: 0, weight: 0 };
  const expected = bad * (first.total / total);
  const variance = expected * (second.total / total) * ((total - bad) / (total - 1));
  const square = (first.bad - expected) ** 2 / variance;
  // Arms of hardly any requests beside huge ones leave no variance that a number could hold.
  return Number.isFinite(square) ? { square, weight: 1 - 1 / rare } : { square: 0, weight: 0 };
}
