/** The arithmetic of bets: sums of wealth in logarithms, and how much of a look's gain is believed. */
import { dispersionOf } from './dispersion.ts';
import type { Gain } from './e-variable.ts';
import type { Counts, DispersionState } from './types.ts';

/** Wealth below this is as good as none; JSON has no minus infinity. */
const least = -700;
/** Sums of counts stay whole numbers. */
const most = Number.MAX_SAFE_INTEGER / 4;
/** So many bad requests of one look count in full before bursts can be told from independent failures. */
const unproven = 1.5;
/** How many more do, for each pair of looks that show no bursts. */
const perPair = 0.25;
/** What a look may gain for each such pair, where single bad requests are worth little because many are usual. */
const trustPerPair = 0.25;

export const none: Counts = { bad: 0, total: 0 };

/**
 * What of a look's gain counts. Losses and gains are divided by the dispersion φ, as quasi-likelihood has it: φ bad
 * requests that come together are one event. And no look may gain more than a few single bad requests would, nor alone
 * decide: with a gain of at most one event a burst of any size in one look is harmless, whatever φ turns out to be.
 * Only gains are made smaller by what this very look shows, so the e-value stays one.
 */
export function temper(known: DispersionState, now: DispersionState, alpha: number): (gain: Gain) => number {
  const before = dispersionOf(known);
  const after = Math.max(before, dispersionOf(now));
  const pairs = now.weight / after ** 2;
  const events = unproven + perPair * pairs;
  const decisive = 0.8 - 0.6 * Math.log(alpha);
  return ({ log, perBad }) =>
    log > 0
      ? Math.min(decisive, Math.max(events * Math.abs(perBad), trustPerPair * pairs), log / after)
      : log / before;
}

/** ln of a sum of wealths, each given as its logarithm. */
export function logSum(logs: readonly number[]): number {
  const highest = Math.max(least, ...logs);
  return highest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - highest), 0));
}

export function floored(log: number): number {
  return Math.max(least, log);
}

/** Counts as they can be: a source may send anything. */
export function counted({ bad, total }: Counts): Counts {
  const all = within(total);
  return { bad: Math.min(within(bad), all), total: all };
}

export function plus(one: Counts, other: Counts): Counts {
  return counted({ bad: one.bad + other.bad, total: one.total + other.total });
}

function within(count: number): number {
  return count > 0 ? Math.min(count, most) : 0;
}
