import { describe, expect, it } from 'vitest';
import { increaseIn } from '../../../../../src/domain/analysis/counter-increase.ts';
import type { Histogram } from '../../../../../src/domain/analysis/stats/histogram.ts';
import { countersOf } from '../../../../../src/domain/analysis/stats/native-counters.ts';

const of = (fast: number, slow: number): Histogram => [
  { lower: 0.0625, upper: 0.25, count: fast },
  { lower: 0.25, upper: 0.5, count: slow },
];

describe('native histograms as counters', () => {
  it('grow by what was counted from sample to sample', () => {
    const { slow, total } = countersOf(
      [
        [1, of(10, 1)],
        [2, of(15, 3)],
      ],
      0.25,
    );
    expect(slow).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect(total).toEqual([
      [1, 11],
      [2, 18],
    ]);
  });

  it('begin anew where the total falls, whatever the slow ones do', () => {
    const samples = [
      [1, of(100, 2)],
      [2, of(5, 3)],
    ] as const;
    const { slow, total } = countersOf(samples, 0.25);
    expect(increaseIn([slow], 1, 2, true)).toBe(3);
    expect(increaseIn([total], 1, 2, true)).toBe(8);
  });

  it('take wider buckets for no reset, and a part of one in which the bound lies', () => {
    const wide: Histogram = [{ lower: 0, upper: 0.5, count: 20 }];
    const { slow, total } = countersOf(
      [
        [1, of(10, 8)],
        [2, wide],
      ],
      0.25,
    );
    expect(total.at(-1)).toEqual([2, 20]);
    expect(slow.at(-1)).toEqual([2, 10]);
    const back = countersOf(
      [
        [1, of(2, 16)],
        [2, wide],
      ],
      0.25,
    );
    expect(back.slow.at(-1)?.[1]).toBe(16);
  });
});
