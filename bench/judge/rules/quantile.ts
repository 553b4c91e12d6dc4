/** A quantile of a histogram, as Prometheus' `histogram_quantile` gives it. */
import { bucketBoundsMs, bucketCount } from '../latency-traffic.ts';

/** Reads the `bucketCount` counts from `offset` on; interpolates within a bucket; NaN without observations. */
export function quantileMs(counts: Int32Array, offset: number, quantile: number): number {
  let total = 0;
  for (let place = 0; place < bucketCount; place += 1) total += counts[offset + place] ?? 0;
  if (total === 0) return Number.NaN;
  const rank = quantile * total;
  let below = 0;
  for (let place = 0; place < bucketCount - 1; place += 1) {
    const count = counts[offset + place] ?? 0;
    const low = place === 0 ? 0 : (bucketBoundsMs[place - 1] ?? 0);
    if (count > 0 && below + count >= rank)
      return low + (((bucketBoundsMs[place] ?? 0) - low) * (rank - below)) / count;
    below += count;
  }
  return bucketBoundsMs[bucketCount - 2] ?? Number.NaN;
}
