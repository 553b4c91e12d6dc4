/** Middle and spread of numbers that may have outliers: median and median absolute deviation. */
import { difference, medianOfSorted, sorted } from './ranks.ts';

/** Makes the median absolute deviation of normal data its standard deviation: 1 / Φ⁻¹(3/4). */
const toDeviation = 1.4826022185056018;

export interface Middle {
  readonly median: number;
  /** Median distance from the median. */
  readonly mad: number;
}

/** Null for an empty list. */
export function middleOf(values: readonly number[]): Middle | null {
  if (values.length === 0) return null;
  const median = medianOfSorted(sorted(values));
  const mad = medianOfSorted(sorted(values.map((value) => Math.abs(difference(value, median)))));
  return { median, mad };
}

/**
 * How many robust standard deviations `value` lies above the middle. `floor` is the least deviation that counts, so
 * that a history of equal values does not make an anomaly of every other value; must be above 0.
 */
export function deviationsFrom({ median, mad }: Middle, value: number, floor: number): number {
  return difference(value, median) / Math.max(mad * toDeviation, floor, Number.MIN_VALUE);
}
