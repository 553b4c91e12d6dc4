/**
 * How far one thing is from another that was measured beside it, and between what bounds (95 %), by drawing pairs again
 * and again.
 */
import type { Random } from '../judge/random.ts';
import { round, summaryOf } from './report.ts';

interface Difference extends Record<string, number> {
  readonly more: number;
  readonly from: number;
  readonly to: number;
}

const draws = 2_000;

/** The median of how much more each value is than its neighbour in `usual`: what struck both, strikes nothing here. */
export function differenceOf(
  values: readonly number[],
  usual: readonly number[],
  random: Random,
): Difference {
  const pairs = values.map((value, at) => value - (usual[at] ?? Number.NaN));
  const again = Array.from({ length: draws }, () => medianOf(drawnFrom(pairs, random))).sort((a, b) => a - b);
  const at = (share: number) => round(again[Math.floor(share * draws)] ?? Number.NaN);
  return { more: round(medianOf(pairs)), from: at(0.025), to: at(0.975) };
}

function drawnFrom(values: readonly number[], random: Random): number[] {
  return values.map(() => values[Math.floor(random.next() * values.length)] ?? Number.NaN);
}

function medianOf(values: readonly number[]): number {
  return summaryOf(values).p50;
}
