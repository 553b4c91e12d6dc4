/** Sluice's judge, by the functions and with the settings that the product uses. */
import {
  answerOf,
  begin,
  type Counts,
  type SequentialSettings,
  step,
} from '../../../src/domain/analysis/sequential/index.ts';
import { countsDefaults } from '../../../src/domain/plan/defaults.ts';
import type { ErrorTraffic } from '../error-traffic.ts';
import { bucketBoundsMs, bucketCount, type LatencyTraffic } from '../latency-traffic.ts';
import type { Rule } from './rule.ts';

const { confidence, marginRatio, marginDifference } = countsDefaults;

/** One check in one stage has the whole rollout's chance of error. A limit or an early end is what a plan may add. */
const settings: SequentialSettings = {
  alpha: 1 - confidence,
  margin: { ratio: marginRatio, difference: marginDifference / 100 },
  guard: null,
  enough: null,
};

/** The bucket bound that the product chooses for p95 by what stable usually does (`boundNear`). */
export const slowMs = 250;
const slowFrom = bucketBoundsMs.indexOf(slowMs) + 1;

export const sluiceErrors: Rule<ErrorTraffic> = {
  id: 'sluice',
  says:
    `Sluice: the sequential test on counts with the defaults of a plan that has one check and one stage (confidence ${confidence}, ` +
    `margin ${marginRatio} times), looked at after every sample.`,
  firesAt: ({ canaryTotal, canaryBad, stableTotal, stableBad }) =>
    firstWorse(
      canaryTotal.length,
      (sample) => ({ bad: canaryBad[sample] ?? 0, total: canaryTotal[sample] ?? 0 }),
      (sample) => ({ bad: stableBad[sample] ?? 0, total: stableTotal[sample] ?? 0 }),
    ),
};

export const sluiceLatency: Rule<LatencyTraffic> = {
  id: 'sluice',
  says: `Sluice: the same test on the requests slower than ${slowMs} ms, the bound that it chooses near stable's p95.`,
  firesAt: ({ canary, stable }) =>
    firstWorse(
      canary.length / bucketCount,
      (sample) => slowOf(canary, sample),
      (sample) => slowOf(stable, sample),
    ),
};

function firstWorse(
  samples: number,
  canary: (sample: number) => Counts,
  stable: (sample: number) => Counts,
): number {
  let state = begin(settings);
  for (let sample = 0; sample < samples; sample += 1) {
    state = step(state, { canary: canary(sample), stable: stable(sample) }, settings);
    if (answerOf(state, settings).decision === 'worse') return sample + 1;
  }
  return 0;
}

function slowOf(counts: Int32Array, sample: number): Counts {
  const offset = sample * bucketCount;
  let [bad, total] = [0, 0];
  for (let place = 0; place < bucketCount; place += 1) {
    const count = counts[offset + place] ?? 0;
    total += count;
    if (place >= slowFrom) bad += count;
  }
  return { bad, total };
}
