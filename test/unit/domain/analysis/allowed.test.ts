/** The region that charts show as allowed is the one by which checks judge. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedOf, regionAt } from '../../../../src/domain/analysis/allowed.ts';
import { judgeBaseline } from '../../../../src/domain/analysis/judge-baseline.ts';
import { judgeThreshold } from '../../../../src/domain/analysis/judge-threshold.ts';
import type { BaselineCheck, CheckConfig, Reading } from '../../../../src/domain/analysis/types.ts';
import { successCheck } from '../../../support/plan.ts';

const value = (value: number): Reading => ({ kind: 'value', value, samples: 1000 });
const numbers = fc.double({ min: 0.01, max: 1000, noNaN: true });

function within(config: CheckConfig, canary: number, stable: number | null): boolean {
  const allowed = allowedOf(config);
  const { low, high } = allowed === null ? { low: null, high: null } : regionAt(allowed, stable);
  return (low === null || canary >= low) && (high === null || canary <= high);
}

/** So near to a limit that rounding decides. */
function onEdge(config: CheckConfig, canary: number, stable: number): boolean {
  const near = [canary * (1 - 1e-9), canary * (1 + 1e-9)];
  return near.some((one) => within(config, one, stable) !== within(config, canary, stable));
}

const { min: _, max: __, ...base } = successCheck;
const baseline: BaselineCheck = {
  ...base,
  kind: 'baseline',
  worse: 'higher',
  maxRatio: 1.5,
  maxDifference: null,
};
const counts: Extract<CheckConfig, { kind: 'counts' }> = {
  name: 'errors',
  kind: 'counts',
  unit: '%',
  onNoData: 'hold',
  failure: { consecutive: 1, kOfN: null },
  maxConsecutiveErrors: 4,
  counters: { part: 'bad', partIs: 'bad', total: 'all' },
  minSamples: 50,
  margin: { ratio: 1.5, difference: 0.001 },
  guard: { limit: 0.05, when: 'always' },
  shows: 'bad',
  enough: null,
  alpha: 0.01,
  rollbackAlpha: 0.01,
};

describe('the allowed region', () => {
  it('is what a threshold passes', () => {
    const config = { ...successCheck, min: 10, max: 90 };
    fc.assert(
      fc.property(numbers, (canary) => {
        const { kind } = judgeThreshold(config, value(canary), null, 0);
        expect(within(config, canary, null)).toBe(kind === 'pass');
      }),
    );
  });

  it('is what a comparison with stable passes, by ratio, by difference and by the more lenient of both', () => {
    const limit = fc.option(fc.double({ min: 1.01, max: 10, noNaN: true }), { nil: null });
    const worse = fc.constantFrom('higher' as const, 'lower' as const);
    fc.assert(
      fc.property(numbers, numbers, limit, limit, worse, (canary, stable, maxRatio, maxDifference, worse) => {
        if (maxRatio === null && maxDifference === null) return;
        const config = { ...baseline, maxRatio, maxDifference, worse };
        if (onEdge(config, canary, stable)) return;
        const { kind } = judgeBaseline(config, value(canary), value(stable), 0);
        expect(within(config, canary, stable)).toBe(kind === 'pass');
      }),
    );
  });

  it('of counts is the margin beside stable, and never beyond the guard', () => {
    const allowed = allowedOf(counts);
    expect(allowed && regionAt(allowed, 2)).toEqual({ low: null, high: 3.1 });
    expect(allowed && regionAt(allowed, 40)).toEqual({ low: null, high: 5 });
  });

  it('of counts that show what goes well is the same, seen from the other side', () => {
    const allowed = allowedOf({ ...counts, shows: 'good' });
    expect(allowed && regionAt(allowed, 98)).toEqual({ low: expect.closeTo(96.9, 9), high: null });
    expect(allowed && regionAt(allowed, 60)).toEqual({ low: 95, high: null });
  });

  it('of a guard for lonely canaries counts only where there is no stable value', () => {
    const allowed = allowedOf({ ...counts, guard: { limit: 0.05, when: 'alone' } });
    expect(allowed && regionAt(allowed, 40)).toEqual({ low: null, high: expect.closeTo(60.1, 9) });
    expect(allowed && regionAt(allowed, null)).toEqual({ low: null, high: 5 });
  });
});
