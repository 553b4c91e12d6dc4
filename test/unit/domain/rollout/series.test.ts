/** Series of watches: small whatever happens, spread evenly, and never without the looks that tell most. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LookPoint } from '../../../../src/domain/analysis/look-point.ts';
import type { VerdictKind } from '../../../../src/domain/analysis/types.ts';
import {
  emptySeries,
  pointsIn,
  rowsFor,
  sharesIn,
  type WatchSeries,
  withLook,
  withShare,
} from '../../../../src/domain/rollout/series.ts';

const fromMs = 1_795_908_369_000;
const second = 1000;

function point(atMs: number, changes: Partial<LookPoint> = {}): LookPoint {
  const values = { canary: 12.345678, stable: 9.87654321, low: -0.123456789, high: 123.456789 };
  return { atMs, kind: 'pass', ...values, ...changes };
}

function filled(
  checks: number,
  looks: number,
  everyMs = 5 * second,
  kindAt = (_: number): VerdictKind => 'pass',
) {
  const names = Array.from({ length: checks }, (_, at) => `latency-of-the-way-${at}`);
  let series = emptySeries(fromMs, names, false);
  for (let look = 1; look <= looks; look++) {
    const atMs = fromMs + look * everyMs;
    for (const name of names) series = withLook(series, name, point(atMs, { kind: kindAt(look) }));
    series = withShare(series, atMs, 100 / 3);
  }
  return series;
}

const seen = (series: WatchSeries) => pointsIn(series, series.checks[0]?.name ?? '');

describe('a series', () => {
  it('gives back what was put in, to five digits and a tenth of a second', () => {
    const empty = emptySeries(fromMs, ['errors'], false);
    const put = [
      point(fromMs + 1_234),
      point(fromMs + 2_000, { kind: 'no-data', canary: null, low: null, high: null }),
    ];
    const series = put.reduce((before, one) => withLook(before, 'errors', one), empty);
    const [first, second] = pointsIn(series, 'errors');
    expect(first).toEqual({
      atMs: fromMs + 1_200,
      kind: 'pass',
      canary: 12.346,
      stable: 9.8765,
      low: -0.12346,
      high: 123.46,
    });
    expect(second).toEqual({ ...put[1], stable: 9.8765 });
    expect(sharesIn(withShare(series, fromMs + 3_000, 9.999999))).toEqual([
      { atMs: fromMs + 3_000, percent: 10 },
    ]);
  });

  it.each([1, 3, 12, 30])('of %i checks stays below 21 kB as JSON after many looks', (checks) => {
    expect(JSON.stringify(filled(checks, 200)).length).toBeLessThan(21_000);
  });

  it('keeps the first look, the latest, and every failure that is alone among passes', () => {
    const series = filled(1, 1_500, second, (look) => (look % 300 === 150 ? 'fail' : 'pass'));
    const points = seen(series);
    expect(points).toHaveLength(rowsFor(1));
    expect(points[0]?.atMs).toBe(fromMs + second);
    expect(points.at(-1)?.atMs).toBe(fromMs + 1_500 * second);
    expect(points.filter(({ kind }) => kind === 'fail').map(({ atMs }) => (atMs - fromMs) / second)).toEqual([
      150, 450, 750, 1050, 1350,
    ]);
  });

  it('is spread evenly: no gap is more than a few times the average', () => {
    fc.assert(
      fc.property(fc.integer({ min: 130, max: 1_500 }), (looks) => {
        const times = seen(filled(1, looks, second)).map(({ atMs }) => atMs);
        const gaps = times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
        expect(Math.max(...gaps)).toBeLessThanOrEqual((4 * looks * second) / rowsFor(1));
      }),
      { numRuns: 6 },
    );
  });
});
