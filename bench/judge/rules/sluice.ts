/** Sluice's judge, by the functions and with the settings that the product uses. */
import { boundsFor } from '../../../src/domain/analysis/latency-bounds.ts';
import { presets } from '../../../src/domain/analysis/presets.ts';
import {
  answerOf,
  begin,
  beginSeveral,
  type Counts,
  type Look,
  type SequentialSettings,
  spreadOf,
  step,
  stepSeveral,
} from '../../../src/domain/analysis/sequential/index.ts';
import type { Histogram } from '../../../src/domain/analysis/stats/histogram.ts';
import { countsDefaults } from '../../../src/domain/plan/defaults.ts';
import type { ErrorTraffic } from '../error-traffic.ts';
import { InstanceSums } from '../instance-traffic.ts';
import {
  bucketBoundsMs,
  bucketCount,
  emptyLatencyTraffic,
  LatencySimulator,
  type LatencyTraffic,
} from '../latency-traffic.ts';
import { Random } from '../random.ts';
import type { Rule } from './rule.ts';

const { confidence, marginRatio, marginDifference } = countsDefaults;

/** One check in one stage has the whole rollout's chance of error. A limit or an early end is what a plan may add. */
const settings: SequentialSettings = {
  alpha: 1 - confidence,
  margin: { ratio: marginRatio, difference: marginDifference / 100 },
  guard: null,
  enough: null,
};

const margin = presets['latency-p95'].counts?.margin ?? settings.margin;
const byLatency: SequentialSettings = { ...settings, margin };
/** What the product chooses for p95 by what stable usually does. */
const usual = usualHistogram();
export const latencyBounds = boundsFor(usual, usual, 0.95, margin) ?? { bound: 0, others: [] };
const furtherMs = latencyBounds.others.map(({ bound }) => bound);

export const sluiceErrors: Rule<ErrorTraffic> = {
  id: 'sluice',
  says:
    `Sluice: the sequential test on counts with the defaults of a plan that has one check and one stage (confidence ${confidence}, ` +
    `margin ${marginRatio} times), looked at after every sample.`,
  firesAt: firstWorse,
};

export const sluiceLatency: Rule<LatencyTraffic> = {
  id: 'sluice',
  says:
    `Sluice: the same test on the requests slower than ${latencyBounds.bound} ms, the bound that it chooses near stable's p95, and ` +
    `on those slower than ${furtherMs.join(' and ')} ms, with the margin of latency-p95 (${margin.ratio} times at the first bound).`,
  firesAt: ({ canary, stable }) => {
    let state = beginSeveral(
      byLatency,
      latencyBounds.others.map((other) => other.margin),
    );
    const lookAt = (boundMs: number, sample: number): Look => ({
      sample: { canary: slowOf(canary, sample, boundMs), stable: slowOf(stable, sample, boundMs) },
      spread: null,
    });
    for (let sample = 0; sample < canary.length / bucketCount; sample += 1) {
      const others = furtherMs.map((boundMs) => lookAt(boundMs, sample));
      state = stepSeveral(state, lookAt(latencyBounds.bound, sample), others, byLatency);
      if (answerOf(state, byLatency).decision === 'worse') return sample + 1;
    }
    return 0;
  },
};

function firstWorse({ canaryTotal, canaryBad, stableTotal, stableBad, instances }: ErrorTraffic): number {
  let state = begin(settings);
  const seen = instances === null ? null : new InstanceSums(instances);
  for (let sample = 0; sample < canaryTotal.length; sample += 1) {
    const look = {
      canary: { bad: canaryBad[sample] ?? 0, total: canaryTotal[sample] ?? 0 },
      stable: { bad: stableBad[sample] ?? 0, total: stableTotal[sample] ?? 0 },
    };
    const spread = seen === null ? null : spreadOf(seen.upTo(sample));
    state = step(state, look, settings, spread);
    if (answerOf(state, settings).decision === 'worse') return sample + 1;
  }
  return 0;
}

function slowOf(counts: Int32Array, sample: number, boundMs: number): Counts {
  const offset = sample * bucketCount;
  let [bad, total] = [0, 0];
  for (let place = 0; place < bucketCount; place += 1) {
    const count = counts[offset + place] ?? 0;
    total += count;
    if ((bucketBoundsMs[place - 1] ?? 0) >= boundMs) bad += count;
  }
  return { bad, total };
}

/** Of a healthy stable. */
function usualHistogram(): Histogram {
  const simulator = new LatencySimulator({ shape: 'poisson', rate: 100, sharePercent: 5 }, 1, 2);
  const traffic = emptyLatencyTraffic();
  simulator.run(Random.of(3), traffic);
  return bucketBoundsMs.map((upper, at) => ({
    lower: bucketBoundsMs[at - 1] ?? Number.NEGATIVE_INFINITY,
    upper,
    count: traffic.stable.reduce((sum, count, place) => sum + (place % bucketCount === at ? count : 0), 0),
  }));
}
