import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialAtMost, binomialQuantile } from '../../../../../src/domain/analysis/stats/binomial.ts';
import { upperQuantile, upperTail } from '../../../../../src/domain/analysis/stats/normal.ts';
import {
  atMost,
  rankSumDistribution,
} from '../../../../../src/domain/analysis/stats/rank-sum-distribution.ts';
import { expectRelative, reference } from './reference.ts';

describe('the normal distribution', () => {
  it('agrees with SciPy, far tails included', () => {
    for (const [z, p] of reference.normal.upperTail) expectRelative(upperTail(z), p, `tail above ${z}`);
    for (const [p, z] of reference.normal.upperQuantile)
      expectRelative(upperQuantile(p), z, `quantile of ${p}`);
  });

  it('has quantiles that undo its tails', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 30, noNaN: true }), (z) => {
        expect(upperQuantile(upperTail(z))).toBeCloseTo(z, 6);
      }),
    );
    expect(upperQuantile(0)).toBe(Number.POSITIVE_INFINITY);
    expect(upperQuantile(1)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('the binomial distribution', () => {
  it('agrees with SciPy', () => {
    for (const [n, q, k, p] of reference.binomial.atMost) {
      expectRelative(binomialAtMost(n, q, k), p, `at most ${k} of ${n} at ${q}`);
    }
    for (const [n, q, a, low, high] of reference.binomial.ranks) {
      expect(binomialQuantile(n, q, a), `${a} of ${n} at ${q}`).toBe(low);
      expect(binomialQuantile(n, q, 1 - a), `${1 - a} of ${n} at ${q}`).toBe(high);
    }
  });

  it('goes from 0 to 1', () => {
    const chance = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), chance, (n, q) => {
        const chances = Array.from({ length: n + 2 }, (_, at) => binomialAtMost(n, q, at - 1));
        expect(chances[0]).toBe(0);
        expect(chances.at(-1)).toBe(1);
        for (const [at, p] of chances.slice(1).entries())
          expect(p).toBeGreaterThanOrEqual((chances[at] ?? 2) - 1e-12);
      }),
    );
  });
});

describe('the distribution of the rank sum', () => {
  it('is symmetrical and sums to 1', () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(size, size, (m, n) => {
        const chances = rankSumDistribution(m, n);
        expect(chances).toHaveLength(m * n + 1);
        expect(atMost(chances, m * n)).toBeCloseTo(1, 12);
        for (const [u, p] of chances.entries()) expect(chances[m * n - u]).toBeCloseTo(p, 12);
      }),
    );
  });

  it('has the published values of m = 3, n = 4', () => {
    // Mann and Whitney (1947), table I, n = 4 and m = 3: of 35 arrangements 1, 2, 4, 7, 11, 15 and 20.
    const chances = rankSumDistribution(3, 4);
    expect([0, 1, 2, 3, 4, 5, 6].map((u) => atMost(chances, u).toFixed(3))).toEqual([
      '0.029',
      '0.057',
      '0.114',
      '0.200',
      '0.314',
      '0.429',
      '0.571',
    ]);
  });
});
