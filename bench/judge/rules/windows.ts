/** What rules need that look at sums over a window of samples. */
import { sampleSeconds } from '../surroundings.ts';

/** Whole samples in a duration. */
export function samplesIn(seconds: number): number {
  return Math.round(seconds / sampleSeconds);
}

/** The sum of the `length` places that end before `end`; fewer at the beginning. */
export function sumBefore(counts: Int32Array, end: number, length: number): number {
  let sum = 0;
  for (let sample = Math.max(0, end - length); sample < end; sample += 1) sum += counts[sample] ?? 0;
  return sum;
}

/**
 * Counts the failed measurements, one each `every` samples, and gives the sample of failure number `failures`; 0: never
 * within `most` measurements.
 */
export function nthFailure(
  samples: number,
  every: number,
  failures: number,
  failed: (end: number) => boolean,
  most = Number.POSITIVE_INFINITY,
): number {
  let count = 0;
  for (let end = every; end <= samples && end <= every * most; end += every) {
    if (failed(end)) count += 1;
    if (count >= failures) return end;
  }
  return 0;
}
