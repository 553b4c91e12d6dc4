import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflationOf } from '../../../../../src/domain/analysis/stats/dependence.ts';
import { mannWhitney } from '../../../../../src/domain/analysis/stats/mann-whitney.ts';
import { theilSen } from '../../../../../src/domain/analysis/stats/theil-sen.ts';

describe('the inflation by dependence', () => {
  it('is none where neighbours are unlike, and grows the more they are alike', () => {
    expect(inflationOf([1, 9, 2, 8, 3, 7, 4, 6])).toBe(1);
    const slow = Array.from({ length: 60 }, (_, at) => Math.sin(at));
    const slower = Array.from({ length: 60 }, (_, at) => Math.sin(at / 10));
    expect(inflationOf(slow)).toBeGreaterThan(3);
    expect(inflationOf(slower)).toBeGreaterThan(inflationOf(slow));
    expect(inflationOf(slower)).toBeLessThanOrEqual(19.001);
  });

  it('is none for few or equal values', () => {
    expect(inflationOf([1, 2, 3])).toBe(1);
    expect(inflationOf([5, 5, 5, 5, 5])).toBe(1);
    expect(inflationOf([])).toBe(1);
  });

  it('is a number of at least 1, whatever the values and their direction', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        const found = inflationOf(values);
        expect(found).toBeGreaterThanOrEqual(1);
        expect(inflationOf(values.toReversed())).toBeCloseTo(found, 9);
      }),
    );
  });

  it('widens intervals and never narrows them', () => {
    const one = Array.from({ length: 40 }, (_, at) => 10 + Math.sin(at * 7));
    const other = one.map((value) => value + 2);
    const narrow = mannWhitney(other, one, 0.98);
    const wide = mannWhitney(other, one, 0.98, 4);
    expect(wide?.shift).toBe(narrow?.shift);
    expect(wide?.low).toBeLessThan(narrow?.low ?? 0);
    expect(wide?.high).toBeGreaterThan(narrow?.high ?? 0);
    expect(wide?.pValue).toBeGreaterThan(narrow?.pValue ?? 1);
    const points = one.map((value, at) => [at, value + at] as const);
    const [steep, steeper] = [theilSen(points, 0.98), theilSen(points, 0.98, 4)];
    expect(steeper?.slope).toBe(steep?.slope);
    expect(steeper?.low).toBeLessThan(steep?.low ?? 0);
  });
});
