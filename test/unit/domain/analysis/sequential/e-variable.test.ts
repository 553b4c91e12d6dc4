import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gainOf, limitOf } from '../../../../../src/domain/analysis/sequential/e-variable.ts';
import type { Margin } from '../../../../../src/domain/analysis/sequential/types.ts';

const margin = fc.record({
  ratio: fc.double({ min: 1, max: 3, noNaN: true }),
  difference: fc.double({ min: 0, max: 0.1, noNaN: true }),
});
const share = fc.double({ min: 0.0001, max: 0.4, noNaN: true });

/** The average over everything that can be counted, with binomial counts. */
function mean(
  n: number,
  m: number,
  p: number,
  q: number,
  bet: { canary: number; stable: number },
  by: Margin,
) {
  let sum = 0;
  for (let canary = 0; canary <= n; canary++) {
    for (let stable = 0; stable <= m; stable++) {
      const sample = { canary: { bad: canary, total: n }, stable: { bad: stable, total: m } };
      sum += chance(canary, n, p) * chance(stable, m, q) * Math.exp(gainOf(sample, bet, by).log);
    }
  }
  return sum;
}

function chance(bad: number, total: number, p: number): number {
  let ways = 1;
  for (let one = 0; one < bad; one++) ways *= (total - one) / (one + 1);
  return ways * p ** bad * (1 - p) ** (total - bad);
}

describe('the e-variable of one look', () => {
  it('is 1 on average at the point of the null that is nearest to the bet', () => {
    const equal = { ratio: 1, difference: 0 };
    const nearest = (3 * 0.4 + 9 * 0.1) / 12;
    expect(mean(3, 9, nearest, nearest, { canary: 0.4, stable: 0.1 }, equal)).toBeCloseTo(1, 12);
  });

  it('is at most 1 on average wherever the canary is no worse than the margin, whatever was bet', () => {
    fc.assert(
      fc.property(
        margin,
        share,
        share,
        share,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (by, a, b, q, at) => {
          const bet = { canary: limitOf(b, by) + a * (1 - limitOf(b, by)), stable: b };
          const p = at * limitOf(q, by);
          expect(mean(3, 7, p, q, bet, by)).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });

  it('is at most 1 on average wherever the canary is worse, for a bet that it is not', () => {
    fc.assert(
      fc.property(margin, share, share, fc.double({ min: 0, max: 1, noNaN: true }), (by, b, q, at) => {
        const limit = limitOf(q, by);
        fc.pre(by.ratio * q + by.difference < 1);
        const p = limit + at * (1 - limit);
        expect(mean(3, 7, p, q, { canary: limitOf(b, by) / 2, stable: b }, by)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('adds up: a look and its two halves say the same', () => {
    const half = { canary: { bad: 3, total: 50 }, stable: { bad: 4, total: 950 } };
    const whole = { canary: { bad: 6, total: 100 }, stable: { bad: 8, total: 1900 } };
    const bet = { canary: 0.05, stable: 0.004 };
    const by = { ratio: 1.2, difference: 0.001 };
    expect(2 * gainOf(half, bet, by).log).toBeCloseTo(gainOf(whole, bet, by).log, 9);
  });

  it('says nothing without requests in both arms', () => {
    const bet = { canary: 0.05, stable: 0.004 };
    const one = { bad: 3, total: 50 };
    const none = { bad: 0, total: 0 };
    const by = { ratio: 1, difference: 0 };
    expect(gainOf({ canary: one, stable: none }, bet, by).log).toBe(0);
    expect(gainOf({ canary: none, stable: one }, bet, by).log).toBe(0);
  });
});
