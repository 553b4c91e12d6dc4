import { describe, expect, it } from 'vitest';
import { Poisson } from '../../../../bench/judge/poisson.ts';
import { Random } from '../../../../bench/judge/random.ts';

const draws = 40_000;

function drawn(mean: number): number[] {
  const poisson = new Poisson(mean);
  const random = Random.of(11, Math.round(mean * 1_000));
  return Array.from({ length: draws }, () => poisson.sample(random));
}

describe('Poisson numbers', () => {
  it.each([0.01, 0.3, 1, 4.95, 37.5, 475, 4_950])('have mean and variance %d', (mean) => {
    const values = drawn(mean);
    const average = values.reduce((sum, value) => sum + value, 0) / draws;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / draws;
    // Five standard errors each: of the mean, and of the variance (fourth central moment: mean + 3 mean²).
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / draws));
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((mean + 2 * mean ** 2) / draws));
  });

  it('have the frequencies of the formula', () => {
    const values = drawn(2);
    const expected = [0.1353352832, 0.2706705665, 0.2706705665, 0.1804470443, 0.0902235222, 0.0360894089];
    for (const [value, probability] of expected.entries()) {
      const frequency = values.filter((one) => one === value).length / draws;
      const error = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs(frequency - probability)).toBeLessThan(5 * error);
    }
  });

  it('are 0 for a mean of 0', () => {
    expect(new Poisson(0).sample(Random.of(1))).toBe(0);
  });
});
