/** Theil and Sen's line through a series: a trend that a few outliers cannot bend, with an interval for its slope. */
import { upperQuantile } from './normal.ts';
import { difference, medianOfSorted, ranked, sorted } from './ranks.ts';

/** A point of a series: a time, in any unit, and a value. */
export type SeriesPoint = readonly [at: number, value: number];

export interface Trend {
  /** Median of the slopes between all pairs of points, in value per unit of time. */
  readonly slope: number;
  /** Confidence interval of the slope. */
  readonly low: number;
  readonly high: number;
  /** The middle through which the line goes: medians of times and of values. */
  readonly middleAt: number;
  readonly middleValue: number;
  readonly points: number;
}

/**
 * Null with fewer than two times. `confidence` is that of the interval, e.g. 0.95. Slope after Theil (1950), interval
 * after Sen (1968) with ties, rounded as SciPy's `theilslopes` does it. It assumes that the points' deviations from the
 * line are independent; `inflation` is by how much their dependence widens the variance (Hamed and Rao 1998).
 */
export function theilSen(points: readonly SeriesPoint[], confidence: number, inflation = 1): Trend | null {
  const slopes: number[] = [];
  for (const [index, [at, value]] of points.entries()) {
    for (const [otherAt, otherValue] of points.slice(index + 1)) {
      if (otherAt !== at) slopes.push(bounded(difference(otherValue, value) / (otherAt - at)));
    }
  }
  if (slopes.length === 0) return null;
  slopes.sort((a, b) => a - b);
  const times = points.map(([at]) => at);
  const values = points.map(([, value]) => value);
  const spread = spreadOfConcordance(times, values) * Math.sqrt(inflation);
  const reach = upperQuantile((1 - confidence) / 2) * spread;
  const last = slopes.length - 1;
  const from = Math.max(0, Math.min(last, roundHalfEven((slopes.length - reach) / 2) - 1));
  const to = Math.max(0, Math.min(last, roundHalfEven((slopes.length + reach) / 2)));
  return {
    slope: medianOfSorted(slopes),
    low: slopes[from] ?? Number.NaN,
    high: slopes[to] ?? Number.NaN,
    middleAt: medianOfSorted(sorted(times)),
    middleValue: medianOfSorted(sorted(values)),
    points: points.length,
  };
}

/** Standard deviation of the number of rising pairs less that of falling ones, with ties: Sen (1968), equation 2.6. */
function spreadOfConcordance(times: readonly number[], values: readonly number[]): number {
  const n = times.length;
  const whole = n * (n - 1) * (2 * n + 5);
  return Math.sqrt(Math.max(0, (whole - tieTerm(times) - tieTerm(values)) / 18));
}

/** Sum of k (k − 1) (2k + 5) over groups of k equal values, from the ranks: a group of k shares each rank k times. */
function tieTerm(values: readonly number[]): number {
  const groups = new Map<number, number>();
  for (const rank of ranked(values).ranks) groups.set(rank, (groups.get(rank) ?? 0) + 1);
  return [...groups.values()].reduce((sum, k) => sum + k * (k - 1) * (2 * k + 5), 0);
}

function bounded(slope: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, slope));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
