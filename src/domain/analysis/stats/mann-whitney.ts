/** Mann and Whitney's test of two samples: is one of them shifted, by how much, and how far do they overlap? */
import { upperQuantile, upperTail } from './normal.ts';
import {
  atMost,
  quantileOf,
  type RankSumDistribution,
  rankSumDistribution,
} from './rank-sum-distribution.ts';
import { difference, medianOfSorted, ranked } from './ranks.ts';

/** Up to so many values per sample, none of them equal, the distribution of U is counted out. */
const exactUpTo = 30;

export interface MannWhitney {
  /** Pairs in which the first sample's value is the greater one; equal ones count half. */
  readonly u: number;
  /** Two-sided: the chance of a difference like this, or a greater one, between samples of one distribution. */
  readonly pValue: number;
  readonly method: 'exact' | 'normal';
  /**
   * Cliff's delta, which is the rank-biserial correlation: 1 when every value of the first sample is above the whole
   * second one, -1 when below, 0 when they overlap evenly.
   */
  readonly effect: number;
  /** Hodges and Lehmann's estimate of how much greater the first sample is: the median of all differences. */
  readonly shift: number;
  /** Confidence interval of the shift. */
  readonly low: number;
  readonly high: number;
}

/**
 * Compares `first` with `second`; null when either is empty. `confidence` is that of the interval, e.g. 0.98.
 *
 * Small samples without ties are judged by the exact distribution, others by the normal approximation with corrections
 * for ties and continuity, as R's `wilcox.test` does it. There the interval's ends are found by root search; here they
 * are the differences at which the search would end, without its tolerance. `inflation` is by how much the values'
 * dependence widens the variance, 1 for independent ones.
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  confidence: number,
  inflation = 1,
): MannWhitney | null {
  const pairs = first.length * second.length;
  if (pairs === 0) return null;
  const { ranks, tieSum } = ranked([...first, ...second]);
  const rankSum = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (first.length * (first.length + 1)) / 2;
  const small = Math.max(first.length, second.length) <= exactUpTo;
  const exact =
    small && tieSum === 0 && inflation <= 1 ? rankSumDistribution(first.length, second.length) : null;
  const gaps = first.flatMap((a) => second.map((b) => difference(a, b))).sort((a, b) => a - b);
  const cut = exact
    ? Math.max(1, quantileOf(exact, (1 - confidence) / 2))
    : normalCut(first, second, confidence, inflation);
  return {
    u,
    pValue: exact ? exactP(exact, u) : normalP(u, first.length, second.length, tieSum, inflation),
    method: exact ? 'exact' : 'normal',
    effect: (2 * u) / pairs - 1,
    shift: medianOfSorted(gaps),
    low: gaps[cut - 1] ?? Number.NaN,
    high: gaps[pairs - cut] ?? Number.NaN,
  };
}

function exactP(distribution: RankSumDistribution, u: number): number {
  const rarer = Math.min(u, distribution.length - 1 - u);
  return Math.min(1, 2 * atMost(distribution, rarer));
}

function normalP(u: number, m: number, n: number, tieSum: number, inflation: number): number {
  const spread = spreadOfU(m, n, tieSum) * Math.sqrt(inflation);
  if (spread === 0) return 1;
  const beyond = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(beyond / spread));
}

/** How many of the sorted differences lie outside the interval on each side, plus one; at least 1. */
function normalCut(
  first: readonly number[],
  second: readonly number[],
  confidence: number,
  inflation: number,
): number {
  // A shift breaks all ties between the samples, so only those within one of them matter.
  const ties = ranked(first).tieSum + ranked(second).tieSum;
  const spread = spreadOfU(first.length, second.length, ties) * Math.sqrt(inflation);
  const reach = upperQuantile((1 - confidence) / 2) * spread;
  const pairs = first.length * second.length;
  return Math.min(Math.max(1, Math.ceil(pairs / 2 - 0.5 - reach)), Math.ceil(pairs / 2));
}

/** Standard deviation of U, e.g. Hollander, Wolfe and Chicken (2014), equation 4.13. 0: all values are equal. */
function spreadOfU(m: number, n: number, tieSum: number): number {
  const all = m + n;
  if (all < 2) return 0;
  return Math.sqrt(Math.max(0, ((m * n) / 12) * (all + 1 - tieSum / (all * (all - 1)))));
}
