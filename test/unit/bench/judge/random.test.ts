import { describe, expect, it } from 'vitest';
import { Random } from '../../../../bench/judge/random.ts';

describe('random numbers', () => {
  it('are those of the reference implementation', () => {
    // xoshiro128starstar.c 1.1 from the state {1, 2, 3, 4}, as the rand_xoshiro crate's test has them.
    const random = new Random([1, 2, 3, 4]);
    const reference = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    expect(reference.map(() => random.nextUint32())).toEqual(reference);
  });

  it('repeat for the same keys and differ for neighbouring ones', () => {
    const first = (...keys: number[]) => Random.of(...keys).next();
    expect(first(1, 2, 3)).toBe(first(1, 2, 3));
    const keys = Array.from({ length: 40 }, (_, key) => key);
    const all = keys.flatMap((a) => keys.map((b) => first(a, b)));
    expect(new Set(all).size).toBe(all.length);
  });

  it('are even: each tenth of [0, 1) gets a tenth of the first numbers of many sequences', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let run = 0; run < 20_000; run += 1) {
      const tenth = Math.floor(Random.of(7, run).next() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom: above 27.9 once in 1,000.
    expect(tenths.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0)).toBeLessThan(27.9);
  });

  it('count failures before a success with the mean of the geometric distribution', () => {
    const random = Random.of(3);
    let sum = 0;
    for (let draw = 0; draw < 100_000; draw += 1) sum += random.failuresBefore(1 / 3);
    // Mean 2, standard error 0.0077.
    expect(sum / 100_000).toBeCloseTo(2, 1);
    expect(random.failuresBefore(1)).toBe(0);
  });
});
