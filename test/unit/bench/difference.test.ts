import { describe, expect, it } from 'vitest';
import { Random } from '../../../bench/judge/random.ts';
import { differenceOf } from '../../../bench/support/difference.ts';

const random = () => Random.of(7);
const around = (middle: number) => Array.from({ length: 101 }, (_, at) => middle + at - 50);

describe('the difference of two medians', () => {
  it('is what was added, within its bounds', () => {
    const { more, from, to } = differenceOf(around(220), around(200), random());
    expect(more).toBe(20);
    expect(from).toBeGreaterThan(0);
    expect(from).toBeLessThan(more);
    expect(to).toBeGreaterThan(more);
  });

  it('has bounds on both sides of nothing where there is none', () => {
    const { more, from, to } = differenceOf(around(200), around(200), random());
    expect(more).toBe(0);
    expect(from).toBeLessThan(0);
    expect(to).toBeGreaterThan(0);
  });

  it('is surer of more values', () => {
    const width = ({ from, to }: { from: number; to: number }) => to - from;
    const many = Array.from({ length: 16 }, () => around(200)).flat();
    expect(width(differenceOf(many, many, random()))).toBeLessThan(
      width(differenceOf(around(200), around(200), random())) / 2,
    );
  });
});
