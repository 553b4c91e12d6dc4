import { describe, expect, it } from 'vitest';
import { Random } from '../../../../bench/judge/random.ts';
import { isGreater, shiftOf } from '../../../../bench/judge/rules/mann-whitney.ts';
import { mannWhitney } from '../../../../src/domain/analysis/stats/mann-whitney.ts';

const z98 = 2.3263478740408408;

describe('the shift of two series', () => {
  it("is the same as by Sluice's own test, which goes through all pairs", () => {
    const random = Random.of(21);
    for (const steps of [1_000_000, 20]) {
      // With few steps there are many ties.
      const value = () => Math.floor(random.next() ** 2 * steps) / steps;
      const first = Float64Array.from({ length: 60 }, () => value() + 0.1).sort();
      const second = Float64Array.from({ length: 80 }, value).sort();
      const known = mannWhitney([...first], [...second], 0.98);
      const shift = shiftOf(first, second, z98);
      expect(Math.abs(shift.estimate - (known?.shift ?? Number.NaN))).toBeLessThan(0.01);
      expect(Math.abs(shift.lower - (known?.low ?? Number.NaN))).toBeLessThan(0.01);
    }
  });

  it('is surely above 0 exactly when the interval is', () => {
    const series = (from: number) => Float64Array.from({ length: 50 }, (_, at) => from + at);
    for (const from of [-20, -5, 0, 5, 12, 20]) {
      const greater = isGreater(series(from), series(0), z98);
      expect(greater).toBe(shiftOf(series(from), series(0), z98).lower > 0);
    }
    expect(shiftOf(series(12), series(0), z98).estimate).toBeCloseTo(12, 9);
  });

  it('is exactly 0 for series that are mostly equal', () => {
    const zeros = new Float64Array(100);
    const some = Float64Array.from({ length: 100 }, (_, at) => (at < 80 ? 0 : 0.04));
    expect(shiftOf(some, zeros, z98)).toEqual({ estimate: 0, lower: 0 });
  });
});
