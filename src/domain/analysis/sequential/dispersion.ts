/**
 * Bursts: how much more the counts of neighbouring looks differ than those of independent requests would.
 *
 * Given the sum k of two neighbouring looks of one arm, independent requests fall on the first with the chance of its
 * share of the requests, so z² = (difference)² / variance is 1 on average, whatever the rate and however it drifts;
 * retries, cascades and crashes make it larger by the factor φ of the quasi-binomial model (McCullagh and Nelder,
 * Generalized Linear Models, 1989, 4.5). A pair with k = 1 says nothing, so pairs are weighted with 1 - 1/k, to which
 * the information in z² is proportional.
 */
import type { Counts, CountsSample, DispersionState } from './types.ts';

/** This much belief in independent requests is there before the first look, as a number of pairs. */
export const D = { prior: 3, c: 1, phi0: 1 };

export const noDispersion: DispersionState = { before: null, squares: 0, weight: 0 };

export function withLook(state: DispersionState, look: CountsSample): DispersionState {
  const { before } = state;
  let { squares, weight } = state;
  for (const arm of ['canary', 'stable'] as const) {
    const pair = before === null ? null : pairOf(before[arm], look[arm]);
    if (pair === null) continue;
    squares += pair.weight * pair.square;
    weight += pair.weight;
  }
  return { before: look, squares, weight };
}

/** φ, at least 1. */
export function dispersionOf({ squares, weight }: DispersionState): number {
  const size = D.prior + weight;
  return Math.max(1, (D.prior * D.phi0 + squares - D.c * Math.sqrt(2 * weight)) / size);
}

function pairOf(first: Counts, second: Counts): { square: number; weight: number } | null {
  const bad = first.bad + second.bad;
  const total = first.total + second.total;
  const good = total - bad;
  if (bad <= 1 || good <= 1 || first.total <= 0 || second.total <= 0) return null;
  const expected = (bad * first.total) / total;
  const variance = (expected * (second.total / total) * good) / (total - 1);
  return { square: (first.bad - expected) ** 2 / variance, weight: 1 - 1 / Math.min(bad, good) };
}
