import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalsOf } from '../../../../../src/domain/analysis/sequential/index.ts';
import { logBeta, logGamma } from '../../../../../src/domain/analysis/sequential/log-gamma.ts';
import type { Counts } from '../../../../../src/domain/analysis/sequential/types.ts';
import { binomial, fed, looks, settings, uniform } from './support.ts';

describe('the confidence intervals', () => {
  it('contain the true difference at every look of nearly every run, and narrow', () => {
    let missed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = uniform(seed);
      const seen = Array.from({ length: 40 }, () => ({
        canary: { bad: binomial(500, 0.05, random), total: 500 },
        stable: { bad: binomial(1500, 0.02, random), total: 1500 },
      }));
      const all = [1, 5, 10, 20, 40].map((count) => intervalsOf(fed(seen.slice(0, count)), settings));
      const outside = all.some(({ difference: { low, high } }) => low > 0.03 || high < 0.03);
      missed += outside ? 1 : 0;
      const widths = all.map(({ difference: { low, high } }) => high - low);
      expect(widths.at(-1) ?? 1).toBeLessThan((widths[0] ?? 0) / 3);
    }
    expect(missed).toBeLessThanOrEqual(1);
  });

  it('turn round when the arms are swapped', () => {
    fc.assert(
      fc.property(looks, (samples) => {
        const there = intervalsOf(fed(samples), settings).difference;
        const swapped = samples.map(({ canary, stable }) => ({ canary: stable, stable: canary }));
        const back = intervalsOf(fed(swapped), settings).difference;
        expect(back.low).toBeCloseTo(-there.high, 6);
        expect(back.high).toBeCloseTo(-there.low, 6);
      }),
    );
  });

  it('are numbers in order, around what was counted, whatever was counted', () => {
    fc.assert(
      fc.property(looks, (samples) => {
        const state = fed(samples);
        const { difference, ratio } = intervalsOf(state, settings);
        expect(difference.low).toBeGreaterThanOrEqual(-1);
        expect(difference.high).toBeLessThanOrEqual(1);
        expect(ratio.low).toBeGreaterThanOrEqual(0);
        if (ratio.high !== null) expect(ratio.high).toBeGreaterThanOrEqual(ratio.low);
        const { canary, stable } = state;
        if (canary.total === 0 || stable.total === 0) return;
        const counted = canary.bad / canary.total - stable.bad / stable.total;
        expect(difference.low).toBeLessThanOrEqual(counted);
        expect(difference.high).toBeGreaterThanOrEqual(counted);
      }),
    );
  });

  it('hold every pair of shares that the martingale leaves, and go up to them', () => {
    const room = -Math.log(settings.alpha);
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    const size = fc.integer({ min: 1, max: 100_000 });
    const dispersion = fc.constantFrom(1, 1.7, 12);
    const away = fc.constantFrom(0, 0.01, 0.3);
    fc.assert(
      fc.property(share, share, size, size, away, dispersion, (p, q, n, m, spread, phi) => {
        const counts = (total: number, at: number) => ({ bad: Math.round(total * at), total });
        const seen = (canary: Counts, stable: Counts) => ({
          ...fed([{ canary, stable }]),
          spread: { phi, rest: null },
        });
        const state = seen(counts(n, p), counts(m, q));
        const { difference, ratio } = intervalsOf(state, settings);
        const against = (x: number, y: number) =>
          evidence(state.canary, x, phi) + evidence(state.stable, y, phi);
        const [x, y] = [p * (1 - spread), q * (1 + spread / 2)];
        if (y < 1 && against(x, y) < room) {
          expect(x - y).toBeGreaterThanOrEqual(difference.low - 1e-9);
          expect(x - y).toBeLessThanOrEqual(difference.high + 1e-9);
          expect(x / y).toBeGreaterThanOrEqual(ratio.low * (1 - 1e-9));
          if (ratio.high !== null) expect(x / y).toBeLessThanOrEqual(ratio.high * (1 + 1e-9));
        }
        // With the same counts in both arms the edge is where both have used half of the room; next to 1, where few
        // counts lead, numbers are too far apart to tell.
        const even = intervalsOf(seen(counts(n, p), counts(n, 1 - p)), settings);
        const edge = (1 + even.difference.high) / 2;
        if (counts(n, p).bad + counts(n, 1 - p).bad === n && edge < 1 - 1e-6) {
          expect(2 * evidence(counts(n, p), edge, phi)).toBeCloseTo(room, 6);
        }
      }),
    );
  });

  it('know nothing before the first look', () => {
    const { difference, ratio } = intervalsOf(fed([]), settings);
    expect(difference).toEqual({ low: -1, high: 1 });
    expect(ratio).toEqual({ low: 0, high: null });
  });
});

/** ln of the martingale of one arm at a share, of its counts as so many independent requests would tell. */
function evidence(counts: Counts, share: number, phi: number): number {
  const [bad, good] = [counts.bad / phi, (counts.total - counts.bad) / phi];
  const average = logBeta(0.5 + bad, 0.5 + good) - logBeta(0.5, 0.5);
  return average - bad * Math.log(share) - good * Math.log1p(-share);
}

describe('the logarithm of the gamma function', () => {
  it.each([
    // ln((n - 1)!) and ln(sqrt(pi)), exact to the digits shown (NIST DLMF 5.4.1, 5.4.6).
    [1, 0],
    [0.5, 0.5723649429247001],
    [11, 15.104412573075516],
    [171, 706.5730622457874],
  ])('of %d is %d', (x, value) => {
    expect(logGamma(x)).toBeCloseTo(value, 10);
  });
});
