/** What SciPy says: `reference/statistics.json`, made by `statistics.py` beside it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

type Pairs = readonly (readonly [number, number])[];

interface Reference {
  readonly normal: { readonly upperTail: Pairs; readonly upperQuantile: Pairs };
  readonly mannWhitney: readonly {
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly method: string;
    readonly u: number;
    readonly p: number;
    readonly effect: number;
    readonly shift: number;
    readonly interval95: readonly [number, number];
    readonly interval98: readonly [number, number];
  }[];
  readonly theilSen: readonly {
    readonly points: Pairs;
    readonly confidence: number;
    readonly slope: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly binomial: {
    /** n, q, k and the chance of at most k. */
    readonly atMost: readonly (readonly [number, number, number, number])[];
    /** n, q, alpha, and the quantiles of alpha and 1 − alpha. */
    readonly ranks: readonly (readonly [number, number, number, number, number])[];
  };
  readonly middle: readonly {
    readonly values: readonly number[];
    readonly median: number;
    readonly mad: number;
  }[];
}

export const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/statistics.json', import.meta.url), 'utf8'),
);

/** Equal to 1e-9 of the value, or to 1e-9 near 0. */
export function expectClose(actual: number, expected: number, what = ''): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );
}

/** Equal to 1e-9 of the value however small it is: what tail probabilities need. */
export function expectRelative(actual: number, expected: number, what = ''): void {
  expect(Math.abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected),
  );
}
