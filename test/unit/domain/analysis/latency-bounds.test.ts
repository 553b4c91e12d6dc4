import { describe, expect, it } from 'vitest';
import { boundsFor } from '../../../../src/domain/analysis/latency-bounds.ts';
import { answerOf, beginSeveral, stepSeveral } from '../../../../src/domain/analysis/sequential/index.ts';
import { fromCumulative, type Histogram } from '../../../../src/domain/analysis/stats/histogram.ts';
import { upperTail } from '../../../../src/domain/analysis/stats/normal.ts';
import { binomial, settings, uniform } from './sequential/support.ts';

const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, Number.POSITIVE_INFINITY];

/** A log-normal with a median of 100 ms and a sigma of 0.5, times a factor. */
const slower = (boundMs: number, factor = 1) =>
  boundMs === Infinity ? 0 : upperTail(Math.log(boundMs / (100 * factor)) / 0.5);

function histogram(bounds: readonly number[], factor = 1): Histogram {
  const read = fromCumulative(bounds.map((bound) => [bound, 10_000 * (1 - slower(bound, factor))] as const));
  if (read === null) throw new Error('it ends with infinity');
  return read;
}

describe('the bounds of a check of latencies', () => {
  it('are the one next to the quantile, and those that tell most beside it', () => {
    const chosen = boundsFor(histogram(boundsMs), histogram(boundsMs), 0.95, { ratio: 1.2, difference: 0 });
    expect(chosen?.bound).toBe(250);
    expect(chosen?.others.map(({ bound }) => bound)).toEqual([100]);
    const fine = [...Array.from({ length: 40 }, (_, at) => 10 * 1.13 ** at), Number.POSITIVE_INFINITY];
    const many = boundsFor(histogram(fine), histogram(fine), 0.95, { ratio: 1.2, difference: 0 });
    const shares = many?.others.map(({ bound }) => slower(bound)) ?? [];
    expect(shares).toHaveLength(3);
    expect(Math.max(...shares)).toBeCloseTo(0.5, 1);
    expect(Math.min(...shares)).toBeCloseTo(0.01, 2);
  });

  it('allow everywhere what makes all latencies slower by one factor', () => {
    const ratio = slower(250, 1.05) / slower(250);
    const chosen = boundsFor(histogram(boundsMs), histogram(boundsMs), 0.95, { ratio, difference: 0 });
    const [other] = chosen?.others ?? [];
    expect(other?.margin.ratio).toBeCloseTo(slower(100, 1.05) / slower(100), 6);
  });

  it('are none where the arms have none in common', () => {
    const margin = { ratio: 1.2, difference: 0 };
    expect(boundsFor(histogram([100, Infinity]), histogram([120, Infinity]), 0.95, margin)).toBeNull();
  });
});

/** Half an hour of 25 requests a look of the canary and 475 of stable, counted above 250 ms and above 100 ms. */
function rejectedAt(seed: number, factor: number): number | null {
  const random = uniform(seed);
  const chosen = boundsFor(histogram(boundsMs), histogram(boundsMs), 0.95, { ratio: 1.2, difference: 0 });
  const others = chosen?.others.map(({ margin }) => margin) ?? [];
  const by = { ...settings, margin: { ratio: 1.2, difference: 0 } };
  let state = beginSeveral(by, others);
  for (let look = 1; look <= 360; look++) {
    const arm = (total: number, times: number) => {
      const middling = binomial(total, slower(100, times), random);
      const slow = binomial(middling, slower(250, times) / slower(100, times), random);
      return { slow: { bad: slow, total }, middling: { bad: middling, total } };
    };
    const [canary, stable] = [arm(25, factor), arm(475, 1)];
    const first = { sample: { canary: canary.slow, stable: stable.slow }, spread: null };
    const other = { sample: { canary: canary.middling, stable: stable.middling }, spread: null };
    state = stepSeveral(state, first, [other], by);
    if (answerOf(state, by).decision === 'worse') return look;
  }
  return null;
}

describe('a test at several bounds', () => {
  it('lets canaries through that are as fast as stable, or slower by what is allowed', () => {
    for (const factor of [1, 1.04]) {
      const rejected = Array.from({ length: 100 }, (_, at) => rejectedAt(at + 1, factor));
      expect(rejected.filter((look) => look !== null).length).toBeLessThanOrEqual(1);
    }
  });

  it('finds one that is slower by a fifth within two and a half minutes in half of all cases', () => {
    const looks = Array.from({ length: 41 }, (_, at) => rejectedAt(at + 1, 1.2) ?? 360).sort((a, b) => a - b);
    expect(looks[20]).toBeLessThanOrEqual(30);
  });
});
