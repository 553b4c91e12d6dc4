/** The binomial distribution, for the ranks between which a quantile lies: exact also for a million observations. */
import { upperQuantile } from './normal.ts';

/** Above so many observations the normal approximation is off by less than one rank in a thousand. */
const countedUpTo = 1_000_000;
/** Terms smaller than this part of the sum no longer change it. */
const negligible = 1e-18;

/** The chance of at most `k` hits in `n` trials that each hit with the chance `q`, 0 < q < 1. */
export function binomialAtMost(n: number, q: number, k: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  // Summed from the greater terms to the smaller ones, on the side where those are.
  return k + 1 <= n * q ? sumDown(n, q, k) : 1 - sumDown(n, 1 - q, n - k - 1);
}

/** The smallest k for which at most `k` hits have the chance `p` or more. */
export function binomialQuantile(n: number, q: number, p: number): number {
  const guess = Math.round(n * q - upperQuantile(p) * Math.sqrt(n * q * (1 - q)));
  let k = Math.max(0, Math.min(n, guess));
  if (n > countedUpTo) return k;
  while (k > 0 && binomialAtMost(n, q, k - 1) >= p) k--;
  while (k < n && binomialAtMost(n, q, k) < p) k++;
  return k;
}

function sumDown(n: number, q: number, k: number): number {
  let term = density(n, q, k);
  let sum = 0;
  for (let at = k; at >= 0 && term > sum * negligible; at--) {
    sum += term;
    term *= (at / (n - at + 1)) * ((1 - q) / q);
  }
  return Math.min(1, sum);
}

/**
 * Loader's way (2000, "Fast and accurate computation of binomial probabilities"), which loses no digits for large n.
 */
function density(n: number, q: number, k: number): number {
  if (k === 0) return Math.exp(n * Math.log1p(-q));
  if (k === n) return Math.exp(n * Math.log(q));
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * q) -
    deviance(n - k, n * (1 - q));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** ln n! less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n < 16) {
    let factorial = 1;
    for (let at = 2; at <= n; at++) factorial *= at;
    return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - Math.log(2 * Math.PI) / 2;
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x / mean) + mean − x, by a series where the two are close and the terms would cancel. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
  return sum;
}
