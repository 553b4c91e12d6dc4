/**
 * Kayenta's judge on one metric (spinnaker/kayenta MannWhitneyClassifier and NetflixACAJudge: 98 % confidence,
 * tolerance 25 % of the estimate; spinnaker.io "Best practices": at least 50 points per metric and run).
 */
import { upperQuantile } from '../../../src/domain/analysis/stats/normal.ts';
import type { ErrorTraffic } from '../error-traffic.ts';
import { bucketCount, type LatencyTraffic } from '../latency-traffic.ts';
import { samplesPerRun } from '../surroundings.ts';
import { isGreater, shiftOf } from './mann-whitney.ts';
import { quantileMs } from './quantile.ts';
import type { Rule } from './rule.ts';

/** 98 % between both tails. */
const Z = upperQuantile((1 - 0.98) / 2);
const TOLERANCE = 0.25;
const LEAST_POINTS = 50;

/**
 * When it judges: once, at the end of the rollout, or whenever 50 more samples are there, over all there are
 * ("growing").
 */
type Schedule = 'once' | 'growing';

const judgements: { readonly [S in Schedule]: { readonly every: number; readonly says: string } } = {
  once: { every: samplesPerRun, says: 'one judgement of the whole 30 minutes' },
  growing: { every: LEAST_POINTS, says: 'a judgement each 250 s of all points until then' },
};

/** `points(traffic, arm, end)` gives the points of an arm; samples without requests (NaN) have been left out. */
function kayenta<Traffic>(
  schedule: Schedule,
  metric: string,
  samples: (traffic: Traffic) => number,
  points: (traffic: Traffic, arm: 'canary' | 'stable', end: number) => Float64Array,
): Rule<Traffic> {
  const { every, says } = judgements[schedule];
  return {
    id: `kayenta-${schedule}`,
    says: `Kayenta: Mann-Whitney at 98 %, tolerance 25 %, on ${metric} per sample, 50 points or more per arm; ${says}.`,
    firesAt: (traffic) => {
      const last = samples(traffic);
      for (let end = Math.min(every, last); end <= last; end += every) {
        if (isHigh(points(traffic, 'canary', end), points(traffic, 'stable', end))) return end;
      }
      return 0;
    },
  };
}

export function kayentaErrors(schedule: Schedule): Rule<ErrorTraffic> {
  return kayenta(
    schedule,
    'the error rate',
    ({ canaryTotal }) => canaryTotal.length,
    (traffic, arm, end) => {
      const total = arm === 'canary' ? traffic.canaryTotal : traffic.stableTotal;
      const bad = arm === 'canary' ? traffic.canaryBad : traffic.stableBad;
      return series(end, (sample) => (bad[sample] ?? 0) / (total[sample] ?? 0));
    },
  );
}

export function kayentaLatency(schedule: Schedule): Rule<LatencyTraffic> {
  return kayenta(
    schedule,
    'p95',
    ({ canary }) => canary.length / bucketCount,
    (traffic, arm, end) => series(end, (sample) => quantileMs(traffic[arm], sample * bucketCount, 0.95)),
  );
}

function series(end: number, valueAt: (sample: number) => number): Float64Array {
  const values = new Float64Array(end);
  let length = 0;
  for (let sample = 0; sample < end; sample += 1) {
    const value = valueAt(sample);
    if (Number.isNaN(value)) continue;
    values[length] = value;
    length += 1;
  }
  return values.subarray(0, length).sort();
}

/** Both ascending. Kayenta also asks that the mean is not smaller, which follows. */
function isHigh(canary: Float64Array, stable: Float64Array): boolean {
  if (canary.length < LEAST_POINTS || stable.length < LEAST_POINTS) return false;
  // The lower end must be above 0 anyway, and that is quick to tell.
  if (!isGreater(canary, stable, Z)) return false;
  const { estimate, lower } = shiftOf(canary, stable, Z);
  return lower > TOLERANCE * Math.abs(estimate);
}
