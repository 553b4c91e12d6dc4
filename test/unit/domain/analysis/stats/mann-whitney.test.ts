import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../../../src/domain/analysis/stats/classify.ts';
import { type MannWhitney, mannWhitney } from '../../../../../src/domain/analysis/stats/mann-whitney.ts';
import { expectClose, expectRelative, reference } from './reference.ts';

const kayenta = { ofShift: 0.25, effect: 0 };
const sample = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 35 });
/** Few different values, so that ties are frequent. */
const tied = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 35 });

function test(first: readonly number[], second: readonly number[], confidence = 0.98): MannWhitney {
  const found = mannWhitney(first, second, confidence);
  if (found === null) throw new Error('both samples have values');
  return found;
}

describe('the Mann-Whitney test', () => {
  it.each(reference.mannWhitney.map((one, at) => [at, one.method, one] as const))(
    'agrees with SciPy: sample %i, %s',
    (_at, method, expected) => {
      for (const [confidence, interval] of [
        [0.95, expected.interval95],
        [0.98, expected.interval98],
      ] as const) {
        const found = test(expected.first, expected.second, confidence);
        expect(found.method).toBe(method);
        expect(found.u).toBe(expected.u);
        expectRelative(found.pValue, expected.p, 'p');
        expectClose(found.effect, expected.effect, 'effect');
        expectClose(found.shift, expected.shift, 'shift');
        expectClose(found.low, interval[0], 'low');
        expectClose(found.high, interval[1], 'high');
      }
    },
  );

  it('has the published values of Hollander and Wolfe, permeability of membranes (1973, page 69)', () => {
    const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const earlier = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, pValue } = test(atTerm, earlier);
    // One-sided 0.1272 in the book; the greater side is the rarer one here.
    expect(u).toBe(35);
    expect(pValue / 2).toBeCloseTo(0.1272, 4);
  });

  it("has the interval and estimate of Kayenta's own test", () => {
    expect(test([10, 20, 30, 40], [1, 2, 3, 4])).toMatchObject({ low: 6, high: 39, shift: 22.5 });
  });

  it('has nothing to say of an empty sample', () => {
    expect(mannWhitney([], [1], 0.98)).toBeNull();
    expect(mannWhitney([1], [], 0.98)).toBeNull();
  });

  it.each([
    ['any', sample],
    ['tied', tied],
  ])('never makes NaN, and an interval holds its estimate: %s', (_name, values) => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const { u, pValue, effect, shift, low, high } = test(first, second);
        for (const number of [u, pValue, effect, shift, low, high]) expect(number).not.toBeNaN();
        expect(pValue).toBeGreaterThan(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(Math.abs(effect)).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(shift);
        expect(high).toBeGreaterThanOrEqual(shift);
      }),
    );
  });

  it.each([
    ['any', sample],
    ['tied', tied],
  ])('flips its signs when the samples swap: %s', (_name, values) => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const one = test(first, second);
        const other = test(second, first);
        expect(other.u).toBe(first.length * second.length - one.u);
        expect(other.effect).toBeCloseTo(-one.effect, 12);
        expect(other.pValue).toBeCloseTo(one.pValue, 9);
        expect([other.low + 0, other.high + 0]).toEqual([-one.high + 0, -one.low + 0]);
        const swapped = { high: 'low', low: 'high', pass: 'pass' } as const;
        expect(classify(other, kayenta)).toBe(swapped[classify(one, kayenta)]);
      }),
    );
  });
});

describe('the classification', () => {
  it('never calls a sample higher or lower than itself', () => {
    fc.assert(
      fc.property(fc.oneof(sample, tied), (values) => {
        const found = test(values, values);
        expect(classify(found, kayenta)).toBe('pass');
        expect(found.effect).toBe(0);
      }),
    );
  });

  const stable = Array.from({ length: 50 }, (_, at) => 10 + Math.sin(at * 7) * 2);

  it('sees a clear shift in either direction', () => {
    expect(
      classify(
        test(
          stable.map((value) => value + 3),
          stable,
        ),
        kayenta,
      ),
    ).toBe('high');
    expect(
      classify(
        test(
          stable.map((value) => value - 3),
          stable,
        ),
        kayenta,
      ),
    ).toBe('low');
  });

  it('tolerates a shift that is uncertain by more than the tolerance', () => {
    const found = test(
      stable.map((value) => value + 0.8),
      stable,
    );
    expect(found.low).toBeGreaterThan(0);
    expect(classify(found, { ofShift: 0, effect: 0 })).toBe('high');
    expect(classify(found, kayenta)).toBe('pass');
  });

  it('tolerates a certain difference whose effect is too small', () => {
    const found = test(
      stable.map((value) => value + 3),
      stable,
    );
    expect(classify(found, { ofShift: 0.25, effect: found.effect })).toBe('high');
    expect(classify(found, { ofShift: 0.25, effect: found.effect + 0.01 })).toBe('pass');
  });
});
