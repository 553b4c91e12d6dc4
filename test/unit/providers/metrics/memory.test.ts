import { describe, expect, it } from 'vitest';
import { createMemoryMetrics } from '../../../../src/providers/metrics/memory.ts';

describe('memory metrics', () => {
  it('matches by text, pattern or function; the latest setting wins', async () => {
    const provider = createMemoryMetrics();
    provider.set(/a/g, 1);
    provider.set('ab', 2);
    provider.set((query) => query.length === 3, 3);
    const answerTo = async (query: string) => (await provider.instant(query))[0]?.points[0]?.[1];
    expect(await answerTo('a')).toBe(1);
    expect(await answerTo('a')).toBe(1);
    expect(await answerTo('ab')).toBe(2);
    expect(await answerTo('abc')).toBe(3);
    expect(await answerTo('x')).toBeUndefined();
    provider.clear();
    expect(await answerTo('a')).toBeUndefined();
  });

  it('works answers out for each step of a range and joins them by labels', async () => {
    const provider = createMemoryMetrics();
    provider.set('q', (atMs) => [
      { labels: { a: '1', b: '2' }, value: atMs },
      ...(atMs > 100 ? [{ labels: { b: '3' }, value: 0 }] : []),
    ]);
    expect(await provider.range('q', { fromMs: 100, toMs: 210, stepMs: 50 })).toEqual([
      {
        labels: { a: '1', b: '2' },
        points: [
          [100, 100],
          [150, 150],
          [200, 200],
        ],
      },
      {
        labels: { b: '3' },
        points: [
          [150, 0],
          [200, 0],
        ],
      },
    ]);
  });

  it.each([
    { fromMs: 0, toMs: 1e9, stepMs: 1 },
    { fromMs: 0, toMs: 10, stepMs: 0 },
    { fromMs: 0, toMs: 10, stepMs: Number.NaN },
    { fromMs: 10, toMs: 0, stepMs: 1 },
  ])('refuses the range %j', async (range) => {
    await expect(createMemoryMetrics().range('q', range)).rejects.toMatchObject({ code: 'metrics-query' });
  });
});
