import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundNear,
  commonBounds,
  fromCumulative,
  type Histogram,
  meanAsCounts,
  quantileInterval,
  quantileOf,
  slowerThan,
  totalOf,
} from '../../../../../src/domain/analysis/stats/histogram.ts';
import { fromNative } from '../../../../../src/domain/analysis/stats/native-histogram.ts';

const inf = Number.POSITIVE_INFINITY;
const bounds = [0.1, 0.25, 0.5, 1];

function classic(...counts: readonly number[]): Histogram {
  let sum = 0;
  const found = fromCumulative(
    [...bounds, inf].map((le, at) => {
      sum += counts[at] ?? 0;
      return [le, sum] as const;
    }),
  );
  if (found === null) throw new Error('it has a bucket for everything');
  return found;
}

const latencies = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 200 });
const binned = (values: readonly number[]) =>
  classic(
    ...[...bounds, inf].map(
      (le, at) => values.filter((value) => value <= le && value > (bounds[at - 1] ?? -1)).length,
    ),
  );

describe('a classic histogram', () => {
  it('is read from its growing buckets, in any order', () => {
    expect(
      fromCumulative([
        [inf, 10],
        [0.5, 9],
        [0.1, 6],
      ]),
    ).toEqual([
      { lower: -inf, upper: 0.1, count: 6 },
      { lower: 0.1, upper: 0.5, count: 3 },
      { lower: 0.5, upper: inf, count: 1 },
    ]);
  });

  it('is none without a bucket for everything', () => {
    expect(fromCumulative([[0.1, 6]])).toBeNull();
    expect(fromCumulative([])).toBeNull();
    expect(fromCumulative([[inf, Number.NaN]])).toBeNull();
  });

  it('has no negative counts when a scrape caught its buckets at different moments', () => {
    const found = fromCumulative([
      [0.1, 6],
      [0.5, 5],
      [inf, 8],
    ]);
    expect(found?.map(({ count }) => count)).toEqual([6, 0, 2]);
  });

  it('knows what is slower than a bound of its own, and nothing of others', () => {
    const histogram = classic(90, 5, 3, 1, 1);
    expect(slowerThan(histogram, 0.25)).toBe(5);
    expect(slowerThan(histogram, 1)).toBe(1);
    expect(slowerThan(histogram, 0.3)).toBeNull();
    expect(slowerThan(histogram, inf)).toBe(0);
  });
});

describe('two histograms', () => {
  it('are compared at bounds that both know', () => {
    const other =
      fromCumulative([
        [0.2, 5],
        [0.5, 8],
        [inf, 9],
      ]) ?? [];
    expect(commonBounds(classic(1, 1, 1, 1, 1), other)).toEqual([0.5]);
    // Nothing of the first lies between 0.25 and 0.5, so it knows every bound there.
    expect(commonBounds(classic(5, 1, 0, 0, 0), classic(1, 1, 1, 1, 1))).toEqual([0.1, 0.25, 0.5, 1]);
  });

  it('are compared near the usual quantile', () => {
    const usual = classic(900, 60, 30, 5, 5);
    expect(boundNear(usual, 0.95, bounds)).toBe(0.25);
    expect(boundNear(usual, 0.5, bounds)).toBe(0.1);
    expect(boundNear(usual, 0.999, bounds)).toBe(1);
    expect(boundNear(usual, 0.95, [])).toBeNull();
    expect(boundNear(classic(), 0.95, bounds)).toBeNull();
  });
});

describe('a quantile', () => {
  it('is reckoned as Prometheus does it', () => {
    const histogram = classic(6, 0, 3, 1, 0);
    expect(quantileOf(histogram, 0.5)).toBeCloseTo(0.1 * (5 / 6), 12);
    expect(quantileOf(histogram, 0.95)).toBeCloseTo(0.75, 12);
    expect(quantileOf(classic(0, 0, 0, 0, 5), 0.5)).toBe(1);
    expect(quantileOf(classic(), 0.5)).toBeNull();
  });

  it('lies in its interval, which holds the order statistics of the raw values', () => {
    const q = fc.constantFrom(0.5, 0.95, 0.99);
    fc.assert(
      fc.property(latencies, q, (values, quantile) => {
        const histogram = binned(values);
        const interval = quantileInterval(histogram, quantile, 0.95);
        const found = quantileOf(histogram, quantile);
        if (interval === null || found === null) throw new Error('there are values');
        const raw = [...values].sort((a, b) => a - b)[Math.ceil(quantile * values.length) - 1] ?? Number.NaN;
        expect(raw).toBeGreaterThanOrEqual(interval.low);
        expect(raw).toBeLessThanOrEqual(interval.high);
        expect(found).toBeGreaterThanOrEqual(interval.low);
        expect(found).toBeLessThanOrEqual(interval.high);
      }),
    );
  });

  it('has a narrower interval with more observations', () => {
    const few = quantileInterval(classic(18, 1, 1, 0, 0), 0.9, 0.95);
    const many = quantileInterval(classic(18_000, 1_000, 1_000, 0, 0), 0.91, 0.95);
    expect(few).toEqual({ low: -inf, high: inf });
    expect(many).toEqual({ low: 0.1, high: 0.25 });
    expect(quantileInterval(classic(), 0.5, 0.95)).toBeNull();
  });
});

describe('a mean as counts', () => {
  it('is the mean of bucket ends as part of the cap', () => {
    expect(meanAsCounts(classic(5, 0, 3, 0, 2), 1)).toEqual({ bad: 5 * 0.1 + 3 * 0.5 + 2, total: 10 });
  });

  it('never counts more than there is, and grows with each slower value', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 10, noNaN: true }), (values, cap) => {
        const { bad, total } = meanAsCounts(binned(values), cap);
        expect(total).toBe(values.length);
        expect(bad).toBeGreaterThanOrEqual(0);
        expect(bad).toBeLessThanOrEqual(total);
        const slower = meanAsCounts(binned(values.map((value) => value + 0.3)), cap);
        expect(slower.bad).toBeGreaterThanOrEqual(bad - 1e-9);
      }),
    );
  });
});

describe('a native histogram', () => {
  it('is read from the JSON of Prometheus', () => {
    expect(
      fromNative([
        [3, '-0.001', '0.001', '2'],
        [0, '0.0625', '0.08838834764831845', '10'],
        [0, '1', '1.4142135623730951', '1.5'],
      ]),
    ).toEqual([
      { lower: -0.001, upper: 0.001, count: 2 },
      { lower: 0.0625, upper: 0.08838834764831845, count: 10 },
      { lower: 1, upper: Math.SQRT2, count: 1.5 },
    ]);
    expect(fromNative([])).toEqual([]);
  });

  it.each([
    ['an unknown rule', [[4, '0', '1', '1']]],
    ['ends in the wrong order', [[0, '1', '0', '1']]],
    ['a negative count', [[0, '0', '1', '-1']]],
    ['no number', [[0, '0', '1', '']]],
    [
      'buckets that overlap',
      [
        [0, '0', '2', '1'],
        [0, '1', '3', '1'],
      ],
    ],
  ] as const)('is none with %s', (_what, buckets) => {
    expect(fromNative(buckets)).toBeNull();
  });

  it('is compared with a coarser one of another resolution at the bounds of the coarser', () => {
    const fine =
      fromNative([
        [0, '0.25', '0.35', '3'],
        [0, '0.35', '0.5', '2'],
        [0, '0.5', '0.7', '1'],
      ]) ?? [];
    const coarse =
      fromNative([
        [0, '0.25', '0.5', '5'],
        [0, '0.5', '1', '1'],
      ]) ?? [];
    expect(commonBounds(fine, coarse)).toEqual([0.25, 0.5, 1]);
    expect(totalOf(fine)).toBe(6);
    expect(slowerThan(fine, 0.5)).toBe(1);
  });
});
