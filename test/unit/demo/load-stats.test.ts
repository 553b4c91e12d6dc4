/** The load generator's books: nothing lost, errors by version, a window that slides. */
import { describe, expect, it } from 'vitest';
import { LoadTally, type Sample } from '../../../src/demo/load-stats.ts';

const sample = (over: Partial<Sample>): Sample => ({
  version: 'v1',
  slot: 'blue',
  status: 200,
  sentAtMs: 1000,
  endedAtMs: 1010,
  latencyMs: 10,
  ...over,
});

describe('LoadTally', () => {
  it('counts by version, status and slot, with first and last times', () => {
    const tally = new LoadTally(0);
    tally.add(sample({}));
    tally.add(sample({ version: 'v3', slot: 'green', status: 500, sentAtMs: 1100, endedAtMs: 1120 }));
    tally.add(sample({ version: 'v3', slot: 'green', sentAtMs: 1200, endedAtMs: 1220 }));
    tally.add(sample({ version: 'v3', slot: 'green', status: 503, sentAtMs: 1300, endedAtMs: 1320 }));
    const stats = tally.stats(1400, 200);
    expect(stats).toMatchObject({
      requests: 4,
      errors: 2,
      networkFailures: 0,
      byStatus: { 200: 2, 500: 1, 503: 1 },
    });
    expect(stats.versions.v3).toEqual({
      requests: 3,
      errors: 2,
      byStatus: { 200: 1, 500: 1, 503: 1 },
      bySlot: { green: 3 },
      firstSeenAtMs: 1120,
      lastSeenAtMs: 1320,
      firstErrorAtMs: 1120,
      lastErrorAtMs: 1320,
      recentSentAtMs: [1100, 1200, 1300],
    });
    expect(stats.versions.v1).toMatchObject({ errors: 0, firstErrorAtMs: null, lastErrorAtMs: null });
  });

  it('counts a missing answer as an error of no version', () => {
    const tally = new LoadTally(0);
    tally.add(sample({ version: null, slot: null, status: null }));
    const stats = tally.stats(1100, 1);
    expect(stats).toMatchObject({ errors: 1, networkFailures: 1, byStatus: { network: 1 } });
    expect(stats.versions.none).toMatchObject({ requests: 1, errors: 1 });
  });

  it('forgets in its window what is older than 5 seconds, but not in its totals', () => {
    const tally = new LoadTally(0);
    for (let i = 1; i <= 100; i++)
      tally.add(sample({ endedAtMs: 10_000 + i, latencyMs: i, status: i > 90 ? 500 : 200 }));
    expect(tally.stats(10_200, 1).last5s).toEqual({
      seconds: 5,
      requests: 100,
      errors: 10,
      errorPercent: 10,
      versions: { v1: { requests: 100, errors: 10 } },
      latencyMs: { p50: 50, p95: 95, p99: 99 },
    });
    expect(tally.stats(20_000, 1).last5s).toMatchObject({
      requests: 0,
      errorPercent: 0,
      latencyMs: { p99: 0 },
    });
    expect(tally.stats(20_000, 1).requests).toBe(100);
  });

  it('keeps what it remembers bounded', () => {
    const tally = new LoadTally(0);
    for (let i = 0; i < 500; i++) tally.add(sample({ version: `v${i}`, sentAtMs: i }));
    for (let i = 0; i < 500; i++) tally.add(sample({ version: 'v1', sentAtMs: i }));
    const stats = tally.stats(1, 1);
    expect(Object.keys(stats.versions)).toHaveLength(101);
    expect(stats.versions.v1?.recentSentAtMs).toHaveLength(100);
    expect(stats.versions.v1?.recentSentAtMs.at(-1)).toBe(499);
  });
});
