/** Native histograms as Prometheus writes them in JSON: buckets with their rules of what belongs to which. */
import type { Bucket, Histogram } from './histogram.ts';

/**
 * Rule of which ends belong to it (0 the upper one, 1 the lower one, 2 neither, 3 both, around zero), lower end, upper
 * end, count; numbers as texts, `+Inf` for infinity.
 */
export type NativeBucket = readonly [rule: number, lower: string, upper: string, count: string];

/**
 * Empty when there are no buckets; null when it is none. Latencies are continuous and never negative, so which end
 * belongs to a bucket does not matter, but what a bucket around zero holds counts as up to its upper end.
 */
export function fromNative(buckets: readonly NativeBucket[]): Histogram | null {
  const read = buckets.map(([rule, lower, upper, count]): Bucket | null => {
    const bucket = { lower: numberOf(lower), upper: numberOf(upper), count: numberOf(count) };
    const known = [0, 1, 2, 3].includes(rule);
    const sound = bucket.lower < bucket.upper && bucket.count >= 0 && Number.isFinite(bucket.count);
    return known && sound ? bucket : null;
  });
  const sound = read.filter((bucket) => bucket !== null).sort((a, b) => a.lower - b.lower);
  const overlaps = sound.some(({ lower }, at) => lower < (sound[at - 1]?.upper ?? Number.NEGATIVE_INFINITY));
  return sound.length < buckets.length || overlaps ? null : sound;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return text.trim() === '' ? Number.NaN : Number(text);
}
