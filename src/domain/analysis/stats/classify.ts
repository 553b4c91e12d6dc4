/** Kayenta's reading of a Mann-Whitney test: is the canary higher, lower, or close enough? */
import type { MannWhitney } from './mann-whitney.ts';

export type Classification = 'pass' | 'high' | 'low';

interface Tolerance {
  /** The interval must be further from 0 than this part of the estimated shift; Kayenta: 0.25. */
  readonly ofShift: number;
  /** Least size of Cliff's delta, 0 to 1; below, a difference that is certain is still too small to matter. */
  readonly effect: number;
}

/** High when even the interval's near end lies above the tolerance, low when it lies below; symmetrical. */
export function classify({ shift, low, high, effect }: MannWhitney, tolerance: Tolerance): Classification {
  const bound = tolerance.ofShift * Math.abs(shift);
  if (Math.abs(effect) < tolerance.effect) return 'pass';
  if (low > bound) return 'high';
  return high < -bound ? 'low' : 'pass';
}
