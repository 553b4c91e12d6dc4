import { describe, expect, it } from 'vitest';
import { ErrorSimulator, emptyErrorTraffic } from '../../../../bench/judge/error-traffic.ts';
import {
  bucketBoundsMs,
  bucketCount,
  emptyLatencyTraffic,
  LatencySimulator,
} from '../../../../bench/judge/latency-traffic.ts';
import { Random } from '../../../../bench/judge/random.ts';
import { quantileMs } from '../../../../bench/judge/rules/quantile.ts';
import { bursty, drawStates, type Shape, samplesPerRun } from '../../../../bench/judge/surroundings.ts';

const runs = 200;

/** Every sample of many runs: [canary total, canary bad, stable total, stable bad]. */
function errorSamples(shape: Shape, baseErrors: number, factor: number): number[][] {
  const simulator = new ErrorSimulator({ shape, baseErrors, rate: 100, sharePercent: 5 }, factor, 10);
  const traffic = emptyErrorTraffic();
  const { canaryTotal, canaryBad, stableTotal, stableBad } = traffic;
  return Array.from({ length: runs }, (_, run) => run).flatMap((run) => {
    simulator.run(Random.of(5, run), traffic);
    return [...canaryTotal].map((total, at) =>
      [total, canaryBad[at], stableTotal[at], stableBad[at]].map((count) => count ?? Number.NaN),
    );
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const average = mean(values);
  return mean(values.map((value) => (value - average) ** 2));
}

function column(rows: readonly (readonly number[])[], place: number): number[] {
  return rows.map((row) => row[place] ?? Number.NaN);
}

describe('Poisson traffic', () => {
  const samples = errorSamples('poisson', 0.01, 5);

  it('has the requests of its rate and share, and the errors of its base and factor', () => {
    expect(mean(column(samples, 0))).toBeCloseTo(25, 0);
    expect(mean(column(samples, 2)) / 475).toBeCloseTo(1, 2);
    expect(mean(column(samples, 1)) / 25).toBeCloseTo(0.05, 3);
    expect(mean(column(samples, 3)) / 475).toBeCloseTo(0.01, 4);
  });

  it('has errors that vary as independent ones do', () => {
    for (const place of [1, 3]) {
      const bad = column(samples, place);
      expect(variance(bad) / mean(bad)).toBeGreaterThan(0.97);
      expect(variance(bad) / mean(bad)).toBeLessThan(1.03);
    }
  });

  it('is the same for the same seed, and no count is ever impossible', () => {
    expect(errorSamples('poisson', 0.01, 5)).toEqual(samples);
    expect(samples.every(([total = 0, bad = 0]) => bad >= 0 && bad <= total)).toBe(true);
  });
});

describe('bursty traffic', () => {
  it('keeps the rate of requests in the long run, and is in trouble for its share of the time', () => {
    const states = new Uint8Array(samplesPerRun * 1_000);
    drawStates('bursty', Random.of(9), states);
    const factors = [bursty.calm.factor, bursty.busy.factor];
    expect(mean([...states].map((state) => factors[state % 2] ?? 0))).toBeCloseTo(1, 1);
    expect(mean([...states].map((state) => (state >= 2 ? 1 : 0)))).toBeCloseTo(30 / 630, 2);
  });

  it('is as bad on a healthy canary as on stable, and comes in bursts on both', () => {
    const samples = errorSamples('bursty', 0.01, 1);
    const [canaryTotal, canaryBad, stableTotal, stableBad] = [0, 1, 2, 3].map((at) =>
      mean(column(samples, at)),
    );
    expect((canaryBad ?? 0) / (canaryTotal ?? 1) / ((stableBad ?? 0) / (stableTotal ?? 1))).toBeCloseTo(1, 1);
    const bad = column(samples, 1);
    // Retries alone give 2 x 3 - 1 = 5; busy times and troubles add to it.
    expect(variance(bad) / mean(bad)).toBeGreaterThan(5);
  });

  it('has the variance of its retries where nothing else varies', () => {
    // With no trouble and one rate, as in a single state: a compound of Poisson operations and geometric retries.
    const random = Random.of(2);
    const requests = Array.from(
      { length: 200_000 },
      () => 1 + random.failuresBefore(1 / bursty.requestsPerFailure),
    );
    expect(mean(requests)).toBeCloseTo(3, 1);
    expect(mean(requests.map((size) => size * size)) / mean(requests)).toBeCloseTo(5, 0);
  });
});

describe('latency traffic', () => {
  it.each([1, 1.2, 2])('has the quantiles of a log-normal distribution, %d times as slow', (factor) => {
    const simulator = new LatencySimulator({ shape: 'poisson', rate: 1_000, sharePercent: 25 }, factor, 2);
    const traffic = emptyLatencyTraffic();
    simulator.run(Random.of(4), traffic);
    const sum = (arm: Int32Array, upToMs: number) =>
      arm.reduce(
        (all, count, at) => all + ((bucketBoundsMs[at % bucketCount] ?? 0) <= upToMs ? count : 0),
        0,
      );
    const share = (arm: Int32Array, upToMs: number) => sum(arm, upToMs) / sum(arm, Infinity);
    // Of stable, half are within 100 ms and 96.657 % within 250 ms: ln 2.5 / 0.5 = 1.8326 sigma.
    expect(share(traffic.stable, 100)).toBeCloseTo(0.5, 2);
    expect(share(traffic.stable, 250)).toBeCloseTo(0.96657, 3);
    const canary = new Map([
      [1, 0.96657],
      [1.2, 0.92885],
      [2, 0.67231],
    ]);
    expect(share(traffic.canary, 250)).toBeCloseTo(canary.get(factor) ?? Number.NaN, 2);
    expect(sum(traffic.canary, Infinity) / 450_000).toBeCloseTo(1, 2);
  });

  it('gives quantiles as histogram_quantile does', () => {
    const counts = new Int32Array(bucketCount);
    expect(quantileMs(counts, 0, 0.95)).toBeNaN();
    counts[4] = 50;
    counts[5] = 50;
    expect(quantileMs(counts, 0, 0.5)).toBe(100);
    expect(quantileMs(counts, 0, 0.95)).toBeCloseTo(235, 9);
    counts[bucketCount - 1] = 900;
    expect(quantileMs(counts, 0, 0.95)).toBe(10_000);
  });
});
