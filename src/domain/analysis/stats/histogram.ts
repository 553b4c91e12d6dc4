/**
 * Histograms of latencies, classic and native: what is slower than a bound, quantiles with intervals, and means as
 * counts.
 */
import { binomialQuantile } from './binomial.ts';

/** Observations above `lower` and up to `upper`; either may be infinite. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** Sorted buckets that do not overlap. */
export type Histogram = readonly Bucket[];

/** Observations up to a bound; `le` may be infinite. */
type Cumulative = readonly (readonly [le: number, count: number])[];

/**
 * From how much each bucket of a classic histogram grew. Buckets are scraped one by one, so that a bound may seem to
 * hold fewer observations than the one below it; then none lie between the two. Without a bucket for everything, null.
 */
export function fromCumulative(cumulative: Cumulative): Histogram | null {
  const bounds = cumulative.filter(([le, count]) => !Number.isNaN(le) && Number.isFinite(count));
  const sorted = [...new Map(bounds)].sort(([a], [b]) => a - b);
  if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) return null;
  let lower = Number.NEGATIVE_INFINITY;
  let below = 0;
  return sorted.map(([upper, count]) => {
    const bucket = { lower, upper, count: Math.max(0, count - below) };
    lower = upper;
    below = Math.max(below, count);
    return bucket;
  });
}

export function totalOf(histogram: Histogram): number {
  return histogram.reduce((sum, { count }) => sum + count, 0);
}

/** The finite bounds at which both histograms know exactly how much is slower, in order. */
export function commonBounds(one: Histogram, other: Histogram): number[] {
  const all = [...one, ...other].flatMap(({ lower, upper }) => [lower, upper]);
  const bounds = [...new Set(all)].filter(Number.isFinite).sort((a, b) => a - b);
  return bounds.filter((bound) => slowerThan(one, bound) !== null && slowerThan(other, bound) !== null);
}

/** How many observations lie above a bound; null when it lies inside a bucket that has some. */
export function slowerThan(histogram: Histogram, bound: number): number | null {
  const split = histogram.some(({ lower, upper, count }) => count > 0 && lower < bound && bound < upper);
  return split ? null : totalOf(histogram.filter(({ lower }) => lower >= bound));
}

/**
 * The bound to compare two arms at: the first of `bounds` that at least the share `quantile` of `usual` does not
 * exceed, or the last one. Null: there is no bound or nothing to go by. It must be chosen before what is judged by it
 * is counted, or the test would not keep its error rate.
 */
export function boundNear(usual: Histogram, quantile: number, bounds: readonly number[]): number | null {
  const total = totalOf(usual);
  if (total <= 0) return null;
  const enough = (bound: number) => (slowerThan(usual, bound) ?? total) <= (1 - quantile) * total;
  return bounds.find(enough) ?? bounds.at(-1) ?? null;
}

/**
 * A quantile, linear within its bucket as Prometheus reckons it. In the last bucket its finite end; null without data.
 */
export function quantileOf(histogram: Histogram, quantile: number): number | null {
  const rank = quantile * totalOf(histogram);
  let below = 0;
  for (const { lower, upper, count } of histogram) {
    if (count > 0 && below + count >= rank) {
      if (!Number.isFinite(upper)) return Number.isFinite(lower) ? lower : null;
      const start = Number.isFinite(lower) ? lower : Math.min(0, upper);
      return start + (upper - start) * Math.min(1, Math.max(0, (rank - below) / count));
    }
    below += count;
  }
  return null;
}

interface QuantileInterval {
  readonly low: number;
  /** Infinite when the quantile may lie in the last bucket. */
  readonly high: number;
}

/**
 * Where the true quantile lies with the given confidence, whatever the distribution is: between two order statistics
 * (e.g. Conover, Practical Nonparametric Statistics, 1999, chapter 3.2), widened to the ends of their buckets. It holds
 * for one look.
 */
export function quantileInterval(
  histogram: Histogram,
  quantile: number,
  confidence: number,
): QuantileInterval | null {
  const total = Math.round(totalOf(histogram));
  if (total < 1) return null;
  const tail = (1 - confidence) / 2;
  const first = binomialQuantile(total, quantile, tail);
  const last = binomialQuantile(total, quantile, 1 - tail) + 1;
  return {
    low:
      first < 1
        ? Number.NEGATIVE_INFINITY
        : (bucketOfRank(histogram, first)?.lower ?? Number.NEGATIVE_INFINITY),
    high:
      last > total
        ? Number.POSITIVE_INFINITY
        : (bucketOfRank(histogram, last)?.upper ?? Number.POSITIVE_INFINITY),
  };
}

/**
 * The mean as counts for a test of shares: each observation, taken as the end of its bucket and at most `cap`, counts
 * as that part of a bad one. A test of bad requests stays valid for such parts, since its bets are convex in them; see
 * docs/analysis.md.
 */
export function meanAsCounts(
  histogram: Histogram,
  cap: number,
): { readonly bad: number; readonly total: number } {
  const part = (upper: number) => Math.max(0, Math.min(1, upper / cap));
  const bad = histogram.reduce((sum, { upper, count }) => sum + count * part(upper), 0);
  const total = totalOf(histogram);
  return { bad: Math.min(bad, total), total };
}

function bucketOfRank(histogram: Histogram, rank: number): Bucket | undefined {
  let below = 0;
  return histogram.find(({ count }) => {
    below += count;
    return count > 0 && Math.round(below) >= rank;
  });
}
