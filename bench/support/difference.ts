/** How far apart the medians of two samples are, and between what bounds (95 %), by drawing from the samples again and again. */
import type { Random } from '../judge/random.ts';
import { round, summaryOf } from './report.ts';

export interface Difference extends Record<string, number> {
  readonly more: number;
  readonly from: number;
  readonly to: number;
}

const draws = 2_000;

/** How much more the median of `values` is than that of `usual`. */
export function differenceOf(
  values: readonly number[],
  usual: readonly number[],
  random: Random,
): Difference {
  const again = Array.from(
    { length: draws },
    () => medianOf(drawnFrom(values, random)) - medianOf(drawnFrom(usual, random)),
  ).sort((a, b) => a - b);
  const at = (share: number) => round(again[Math.floor(share * draws)] ?? Number.NaN);
  return { more: round(medianOf(values) - medianOf(usual)), from: at(0.025), to: at(0.975) };
}

function drawnFrom(values: readonly number[], random: Random): number[] {
  return values.map(() => values[Math.floor(random.next() * values.length)] ?? Number.NaN);
}

function medianOf(values: readonly number[]): number {
  return summaryOf(values).p50;
}
