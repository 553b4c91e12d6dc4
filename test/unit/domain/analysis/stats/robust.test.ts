import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviationsFrom, middleOf } from '../../../../../src/domain/analysis/stats/robust.ts';
import { expectClose, reference } from './reference.ts';

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 });

describe('median and median absolute deviation', () => {
  it('agree with SciPy', () => {
    for (const expected of reference.middle) {
      const found = middleOf(expected.values);
      expectClose(found?.median ?? Number.NaN, expected.median, 'median');
      expectClose(found?.mad ?? Number.NaN, expected.mad, 'mad');
    }
  });

  it('never make NaN', () => {
    fc.assert(
      fc.property(values, fc.double({ noNaN: true, noDefaultInfinity: true }), (list, value) => {
        const middle = middleOf(list);
        if (middle === null) throw new Error('there are values');
        for (const number of Object.values(middle)) expect(number).not.toBeNaN();
        expect(deviationsFrom(middle, value, 0)).not.toBeNaN();
        expect(deviationsFrom(middle, middle.median, 0)).toBe(0);
      }),
    );
    expect(middleOf([])).toBeNull();
  });

  it('count in standard deviations, at least in those of the floor', () => {
    expect(deviationsFrom({ median: 10, mad: 1 }, 14.4478066555, 0)).toBeCloseTo(3, 9);
    expect(deviationsFrom({ median: 10, mad: 0 }, 11, 0.5)).toBe(2);
  });
});
