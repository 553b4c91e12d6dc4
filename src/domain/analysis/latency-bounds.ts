/** At which bounds of a histogram the latencies of a check are compared, and how much may be slower at each of them. */
import type { Margin } from './sequential/index.ts';
import { boundNear, commonBounds, type Histogram, slowerThan, totalOf } from './stats/histogram.ts';
import { upperQuantile, upperTail } from './stats/normal.ts';

/** One beside the bound next to the quantile. */
export interface FurtherBound {
  /** As its bucket is labelled. */
  readonly bound: string;
  readonly margin: Margin;
}

interface LatencyBounds {
  /** The one next to the quantile. */
  readonly bound: number;
  readonly others: readonly { readonly bound: number; readonly margin: Margin }[];
}

/** Shares of slower requests at which further bounds are looked for, as multiples of that beyond the quantile. */
const elsewhere = [4, 10, 0.2] as const;
/** Bounds that nearly all requests exceed, or hardly any, tell nothing. */
const telling = { least: 0.001, most: 0.9 } as const;
/** Nobody goes by more. */
const mostShare = 0.5;

/** By what stable usually does; null: there is no bound that both arms know. */
export function boundsFor(
  usual: Histogram,
  other: Histogram,
  quantile: number,
  margin: Margin,
): LatencyBounds | null {
  const common = commonBounds(usual, other);
  const bound = boundNear(usual, quantile, common);
  if (bound === null) return null;
  const shareAt = (at: number) => (slowerThan(usual, at) ?? 0) / totalOf(usual);
  const places = common
    .map((at) => ({ at, share: shareAt(at) }))
    .filter(({ at, share }) => at !== bound && share >= telling.least && share <= telling.most);
  const wanted = elsewhere.map((times) => Math.min(mostShare, times * (1 - quantile)));
  const nearest = wanted.flatMap((share) =>
    nearestTo(share, [...places, { at: bound, share: shareAt(bound) }]),
  );
  const others = [...new Set(nearest)].filter((at) => at !== bound).sort((a, b) => a - b);
  const shift = shiftOf(shareAt(bound), margin);
  return { bound, others: others.map((at) => ({ bound: at, margin: marginAt(shareAt(at), shift) })) };
}

function nearestTo(share: number, places: readonly { at: number; share: number }[]): number[] {
  const distance = (one: { share: number }) => Math.abs(deviate(one.share) - deviate(share));
  const [first, ...rest] = places;
  if (first === undefined) return [];
  return [rest.reduce((best, one) => (distance(one) < distance(best) ? one : best), first).at];
}

/**
 * How many standard deviations of the logarithm a canary may be slower that reaches the margin at this bound: on a
 * log-normal distribution, where all latencies longer by one factor are a shift.
 */
function shiftOf(share: number, { ratio, difference }: Margin): number {
  const limit = Math.min(0.999, ratio * share + difference);
  return Math.max(0, deviate(share) - deviate(limit));
}

/** The margin that the same shift makes elsewhere. */
function marginAt(share: number, shift: number): Margin {
  return { ratio: Math.max(1, upperTail(deviate(share) - shift) / share), difference: 0 };
}

/** The standard normal deviate that is exceeded with this chance. */
function deviate(share: number): number {
  return upperQuantile(Math.min(0.999, Math.max(1e-6, share)));
}
