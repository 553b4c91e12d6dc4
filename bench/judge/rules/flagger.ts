/**
 * Flagger's built-in checks (docs.flagger.app "Metrics Analysis" and "How it works"; fluxcd/flagger
 * pkg/controller/scheduler.go and scheduler_metrics.go).
 */
import type { ErrorTraffic } from '../error-traffic.ts';
import { bucketCount, type LatencyTraffic } from '../latency-traffic.ts';
import { quantileMs } from './quantile.ts';
import type { Rule } from './rule.ts';
import { nthFailure, samplesIn, sumBefore } from './windows.ts';

const INTERVAL = samplesIn(60);
const LEAST_SUCCESS_PERCENT = 99;
const MOST_P99_MS = 500;

/**
 * `threshold` failed checks in all; a check that passes takes none of them back. Its default is 1, its examples say 5
 * and 10.
 */
export function flaggerErrors(threshold: number): Rule<ErrorTraffic> {
  return {
    id: `flagger-${threshold}`,
    says:
      `Flagger: request-success-rate min 99 over 1m, interval 60s (default), threshold ${threshold}; a minute without ` +
      'requests is a failed check, as in its code. Rolls back at the failed check, although Flagger does so one interval later.',
    firesAt: ({ canaryTotal, canaryBad }) =>
      nthFailure(canaryTotal.length, INTERVAL, threshold, (end) => {
        const total = sumBefore(canaryTotal, end, INTERVAL);
        const good = total - sumBefore(canaryBad, end, INTERVAL);
        return total === 0 || (good / total) * 100 < LEAST_SUCCESS_PERCENT;
      }),
  };
}

export function flaggerLatency(threshold: number): Rule<LatencyTraffic> {
  return {
    id: `flagger-${threshold}`,
    says: `Flagger: request-duration max 500 (p99, ms) over 1m, interval 60s, threshold ${threshold}; the rest as for errors.`,
    firesAt: ({ canary }) => {
      const counts = new Int32Array(bucketCount);
      return nthFailure(canary.length / bucketCount, INTERVAL, threshold, (end) => {
        counts.fill(0);
        for (let place = (end - INTERVAL) * bucketCount; place < end * bucketCount; place += 1)
          counts[place % bucketCount] = (counts[place % bucketCount] ?? 0) + (canary[place] ?? 0);
        const p99 = quantileMs(counts, 0, 0.99);
        return Number.isNaN(p99) || p99 > MOST_P99_MS;
      });
    },
  };
}
