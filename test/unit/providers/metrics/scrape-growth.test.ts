import { describe, expect, it } from 'vitest';
import { grownIn, parseGrowth } from '../../../../src/providers/metrics/scrape-growth.ts';
import type { Series } from '../../../../src/providers/metrics/types.ts';

const series = (le: string, instance: string, ...points: [number, number][]): Series => ({
  labels: { le, instance },
  points,
});

describe('growth on pages of metrics', () => {
  it('is understood in the words of presets', () => {
    const query = 'sum by (le) (increase(http_request_duration_seconds_bucket{version="v1"}[600s]))';
    expect(parseGrowth(query)).toMatchObject({
      selector: { name: 'http_request_duration_seconds_bucket', rangeMs: null },
      rangeMs: 600_000,
      by: ['le'],
    });
    expect(parseGrowth('sum(increase(requests{status=~"5..|(4|2).."}[5s]))')).toMatchObject({ by: [] });
  });

  it.each([
    'requests{version="v1"}',
    'sum(rate(requests[5s]))',
    'sum by (le) (increase(requests))',
    'sum(increase(requests[5s])) / 2',
  ])('is not what %s asks for', (query) => {
    expect(parseGrowth(query)).toBeNull();
  });

  it('adds up what counters grew in the time, by the labels that are asked for', () => {
    const growth = { selector: { name: 'x', matchers: [], rangeMs: null }, rangeMs: 10_000, by: ['le'] };
    const found = grownIn(
      [
        series('0.1', 'a', [1_000, 5], [8_000, 9], [14_000, 12]),
        // Restarted on the way.
        series('0.1', 'b', [1_000, 50], [8_000, 3]),
        series('+Inf', 'a', [1_000, 10], [8_000, 20]),
        series('0.5', 'gone', [1_000, 10]),
      ],
      growth,
      12_000,
    );
    expect(found).toEqual([
      { labels: { le: '0.1' }, points: [[12_000, 7]] },
      { labels: { le: '+Inf' }, points: [[12_000, 10]] },
    ]);
  });
});
