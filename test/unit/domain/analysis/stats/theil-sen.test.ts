import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast } from '../../../../../src/domain/analysis/stats/forecast.ts';
import { type SeriesPoint, theilSen } from '../../../../../src/domain/analysis/stats/theil-sen.ts';
import { expectClose, reference } from './reference.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const series: fc.Arbitrary<SeriesPoint[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 30 })
  .chain((times) =>
    fc
      .array(number, { minLength: times.length, maxLength: times.length })
      .map((values) => times.map((at, index): SeriesPoint => [at, values[index] ?? 0])),
  );

function trendOf(points: readonly SeriesPoint[], confidence = 0.95) {
  const found = theilSen(points, confidence);
  if (found === null) throw new Error('there are two times');
  return found;
}

const rising = Array.from({ length: 20 }, (_, at): SeriesPoint => [at, 100 + 2 * at]);

describe('the Theil-Sen line', () => {
  it.each(reference.theilSen)(
    'agrees with SciPy at $confidence',
    ({ points, confidence, slope, low, high }) => {
      const found = trendOf(points, confidence);
      expectClose(found.slope, slope, 'slope');
      expectClose(found.low, low, 'low');
      expectClose(found.high, high, 'high');
    },
  );

  it('is not bent by outliers', () => {
    const wild = rising.map(([at, value]): SeriesPoint => [at, at % 7 === 3 ? 5_000 : value]);
    expect(trendOf(wild).slope).toBeCloseTo(2, 9);
  });

  it('needs two times', () => {
    expect(theilSen([], 0.95)).toBeNull();
    expect(
      theilSen(
        [
          [1, 2],
          [1, 3],
        ],
        0.95,
      ),
    ).toBeNull();
  });

  it('never makes NaN, and its interval holds the slope', () => {
    fc.assert(
      fc.property(
        series,
        number,
        fc.constantFrom('higher' as const, 'lower' as const),
        (points, limit, worse) => {
          const trend = trendOf(points);
          for (const value of Object.values(trend)) expect(value).not.toBeNaN();
          expect(trend.low).toBeLessThanOrEqual(trend.slope);
          expect(trend.high).toBeGreaterThanOrEqual(trend.slope);
          for (const time of Object.values(forecast(trend, limit, worse, 1_000))) {
            if (time !== null) expect(time).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  it('turns around with its values', () => {
    fc.assert(
      fc.property(series, (points) => {
        const one = trendOf(points);
        const other = trendOf(points.map(([at, value]): SeriesPoint => [at, -value]));
        expect(other.slope + 0).toBe(-one.slope + 0);
      }),
    );
  });
});

describe('the forecast', () => {
  it('says when a rising series crosses the limit', () => {
    const trend = trendOf(rising);
    // 138 at 19, 2 per step: 150 after 6 more.
    expect(forecast(trend, 150, 'higher', 19).likely).toBeCloseTo(6, 9);
    expect(forecast(trend, 130, 'higher', 19)).toEqual({ likely: 0, earliest: 0, latest: 0 });
    expect(forecast(trend, 50, 'lower', 19)).toEqual({ likely: null, earliest: null, latest: null });
  });

  it('says the same of a falling series', () => {
    const falling = rising.map(([at, value]): SeriesPoint => [at, -value]);
    expect(forecast(trendOf(falling), -150, 'lower', 19).likely).toBeCloseTo(6, 9);
  });

  it('promises no crossing while noise may explain the slope', () => {
    const noisy = rising.map(([at]): SeriesPoint => [at, 100 + ((at * 7919) % 13)]);
    const found = forecast(trendOf(noisy, 0.98), 120, 'higher', 19);
    expect(found.latest).toBeNull();
    expect(found.earliest).not.toBeNull();
  });
});
