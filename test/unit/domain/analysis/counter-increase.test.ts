import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { increaseIn, seenBy } from '../../../../src/domain/analysis/counter-increase.ts';

type Point = readonly [number, number];
const grows: readonly Point[] = [
  [1_000, 10],
  [6_000, 12],
  [11_000, 20],
];

describe('the increase of counters', () => {
  it('is what samples taken in the time add to the one before it', () => {
    expect(increaseIn([grows], 1_000, 11_000, true)).toBe(10);
    expect(increaseIn([grows], 6_000, 10_999, true)).toBe(0);
    expect(increaseIn([grows, grows], 6_000, 11_000, true)).toBe(16);
  });

  it('counts a counter that was started anew from 0', () => {
    const restarted: readonly Point[] = [...grows, [16_000, 3], [21_000, 5]];
    expect(increaseIn([restarted], 1_000, 21_000, true)).toBe(15);
  });

  it('counts a new counter from 0 where the others were watched before, else from its first sample', () => {
    const fresh: readonly Point[] = [
      [6_000, 4],
      [11_000, 9],
    ];
    expect(increaseIn([fresh], 1_000, 11_000, true)).toBe(9);
    expect(increaseIn([fresh], 1_000, 11_000, false)).toBe(5);
    expect([seenBy([fresh, grows], 1_000), seenBy([fresh], 1_000)]).toEqual([true, false]);
  });

  it('loses nothing to missing scrapes, stale markers and vanished instances', () => {
    const gappy: readonly Point[] = [
      [1_000, 10],
      [6_000, Number.NaN],
      [60_000, 25],
    ];
    expect(increaseIn([gappy], 1_000, 60_000, true)).toBe(15);
    expect(increaseIn([grows], 11_000, 60_000, true)).toBe(0);
  });

  const steps = fc.array(
    fc.record({ waits: fc.integer({ min: 1, max: 9_000 }), adds: fc.nat(50), resets: fc.boolean() }),
    {
      maxLength: 40,
    },
  );

  it('is the same however the time is cut, and whether or not the counter was started anew on the way', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(400_000), { maxLength: 6 }), (all, cuts) => {
        let [atMs, plain, raw, expected] = [0, 7, 7, 0];
        const steady: Point[] = [[0, 7]];
        const torn: Point[] = [[0, 7]];
        for (const { waits, adds, resets } of all) {
          atMs += waits;
          plain += adds;
          expected += adds;
          // One that was started anew shows less than before, or it could not be told.
          raw = resets && adds < raw ? adds : raw + adds;
          steady.push([atMs, plain]);
          torn.push([atMs, raw]);
        }
        const times = [0, ...cuts.sort((a, b) => a - b), 500_000];
        const summed = (points: readonly Point[]) =>
          times.slice(1).reduce((sum, to, at) => sum + increaseIn([points], times[at] ?? 0, to, true), 0);
        expect(summed(steady)).toBe(expected);
        expect(summed(torn)).toBe(expected);
      }),
    );
  });
});
