import { describe, expect, it } from 'vitest';
import { Random } from '../../../bench/judge/random.ts';
import { differenceOf } from '../../../bench/support/difference.ts';

const values = (count: number, more: number, seed: number) => {
  const random = Random.of(seed);
  // What others do on the machine strikes neighbours alike, and is much more than what is looked for.
  return Array.from({ length: count }, (_, at) => 200 + 500 * Math.sin(at) + more + 40 * random.next());
};
const between = (count: number, more: number) =>
  differenceOf(values(count, more, 1), values(count, 0, 2), Random.of(7));

describe('the difference of what was measured by turns', () => {
  it('is what was added, within its bounds', () => {
    const { more, from, to } = between(200, 20);
    expect(more).toBeGreaterThan(15);
    expect(more).toBeLessThan(25);
    expect(from).toBeGreaterThan(0);
    expect([from < more, more < to]).toEqual([true, true]);
  });

  it('has bounds on both sides of nothing where there is none', () => {
    const { from, to } = between(200, 0);
    expect([from < 0, to > 0]).toEqual([true, true]);
  });

  it('is surer of more values', () => {
    const [few, many] = [between(20, 20), between(500, 20)];
    expect(many.to - many.from).toBeLessThan((few.to - few.from) / 3);
  });
});
