/** The standard normal distribution: tail probability and quantile, both to about 1e-15. */

/** Above this the continued fraction converges fast; below, the series does. */
const seriesUpTo = 2;
const mostTerms = 500;

/** The chance of a value above `z`. Exact in the far tail too, where 1 minus the distribution function would be 0. */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const half = x < seriesUpTo ? (1 - erfSeries(x)) / 2 : erfcFraction(x) / 2;
  return z >= 0 ? half : 1 - half;
}

/** The value that is exceeded with the chance `p`, 0 < p < 1. Infinite at the ends. */
export function upperQuantile(p: number): number {
  if (p <= 0) return Number.POSITIVE_INFINITY;
  if (p >= 1) return Number.NEGATIVE_INFINITY;
  if (p > 0.5) return -upperQuantile(1 - p);
  if (p === 0.5) return 0;
  // Abramowitz and Stegun 26.2.23 begins within 4.5e-4; each of Halley's steps triples the digits.
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (density === 0) return z;
    const error = (upperTail(z) - p) / density;
    z += error / (1 + (z * error) / 2);
  }
  return z;
}

/** Abramowitz and Stegun 7.1.6: all terms have one sign, so nothing cancels. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < mostTerms && term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Abramowitz and Stegun 7.1.14, by Lentz's method. */
function erfcFraction(x: number): number {
  let fraction = x;
  let c = x;
  let d = 0;
  for (let n = 1; n < mostTerms; n++) {
    d = 1 / (x + (n / 2) * d);
    c = x + n / 2 / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
