/** The logarithm of the gamma function, by Stirling's series (NIST DLMF 5.11.1) after shifting the argument upwards. */

/** From here on the series below is exact to the last digits. */
const far = 15;
const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188] as const;

/** Of a number above 0. */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < far; y += 1) shift += Math.log(y);
  const tail = coefficients.reduceRight((sum, coefficient) => sum / (y * y) + coefficient, 0) / y;
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + tail - shift;
}

export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
