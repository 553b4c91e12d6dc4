/** Native histograms as counters of requests: all, and those slower than a bound. */
import type { CounterPoints } from '../counter-increase.ts';
import { type Histogram, totalOf } from './histogram.ts';

/** Samples of one series, epoch milliseconds and histogram, oldest first. */
export type HistogramPoints = readonly (readonly [number, Histogram])[];

interface LatencyCounters {
  readonly slow: CounterPoints;
  readonly total: CounterPoints;
}

/**
 * Both grow by what the histogram counted from sample to sample. It began anew where its total falls. Where it makes
 * its buckets wider on the way, a bound may come to lie within one: a part of it counts then, and that is no reset.
 */
export function countersOf(samples: HistogramPoints, bound: number): LatencyCounters {
  const slow: [number, number][] = [];
  const total: [number, number][] = [];
  let before = { slow: 0, total: 0 };
  let sums = { slow: 0, total: 0 };
  for (const [atMs, histogram] of samples) {
    const now = { slow: above(histogram, bound), total: totalOf(histogram) };
    const from = now.total >= before.total ? before : { slow: 0, total: 0 };
    const all = now.total - from.total;
    sums = { slow: sums.slow + Math.min(all, Math.max(0, now.slow - from.slow)), total: sums.total + all };
    slow.push([atMs, sums.slow]);
    total.push([atMs, sums.total]);
    before = now;
  }
  return { slow, total };
}

function above(histogram: Histogram, bound: number): number {
  return histogram.reduce((sum, { lower, upper, count }) => {
    if (lower >= bound) return sum + count;
    if (upper <= bound || !Number.isFinite(upper)) return sum;
    const start = Math.max(0, lower);
    return sum + (count * (upper - bound)) / (upper - start);
  }, 0);
}
