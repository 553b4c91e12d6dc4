/**
 * Where the true shares lie: confidence intervals that hold at all looks together, by the method of mixtures (Robbins
 * 1970; Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence sequences, 2021).
 *
 * For the true shares (p, q) the likelihood of both arms, averaged over a Beta(1/2, 1/2) prior of each, over the
 * likelihood at (p, q) is a martingale that begins at 1; the pairs for which it is below `1 / alpha` are the region of
 * confidence, and the intervals are its extent. Counts are divided by the dispersion. Sums of all looks decide, so it
 * plays no part how they were cut into looks; shares that change on the way are met only on average.
 */
import { variationOf } from './e-process.ts';
import { logBeta } from './log-gamma.ts';
import type { Counts, Intervals, SequentialSettings, SequentialState } from './types.ts';

const prior = 0.5;
/** Of Newton's method; a few do, but where the bound is at the mean each only halves what is left. */
const mostSteps = 60;
/** As a share of what is sought. */
const nearEnough = 1e-13;
/** Of a search that shrinks its range by the golden section. */
const cuts = 40;
const golden = (Math.sqrt(5) - 1) / 2;

export function intervalsOf(state: SequentialState, { alpha }: SequentialSettings): Intervals {
  const phi = variationOf(state);
  const canary = new Arm(state.canary, phi);
  const stable = new Arm(state.stable, phi);
  const room = -Math.log(alpha);
  // The less of the room one arm takes, the more is left to the other.
  const widest = (value: (mine: number, other: number) => number) =>
    highest((mine) => value(mine, room - mine), canary.least, room - stable.least);
  const difference = {
    low: -widest((mine, other) => stable.high(other) - canary.low(mine)),
    high: widest((mine, other) => canary.high(mine) - stable.low(other)),
  };
  const low = Math.exp(-widest((mine, other) => Math.log(stable.high(other)) - Math.log(canary.low(mine))));
  const high = Math.exp(widest((mine, other) => Math.log(canary.high(mine)) - Math.log(stable.low(other))));
  const telling = state.canary.total > 0 && state.stable.bad > 0;
  return { difference, ratio: { low, high: telling && Number.isFinite(high) ? high : null } };
}

/** One arm: the shares whose martingale is below a given level. */
class Arm {
  private readonly bad: number;
  private readonly good: number;
  private readonly average: number;

  constructor({ bad, total }: Counts, phi: number) {
    this.bad = bad / phi;
    this.good = (total - bad) / phi;
    this.average = logBeta(prior + this.bad, prior + this.good) - logBeta(prior, prior);
  }

  low(level: number): number {
    return this.bad > 0 ? Math.exp(this.lowestLog(this.bad, this.good, level)) : 0;
  }

  high(level: number): number {
    return this.good > 0 ? -Math.expm1(this.lowestLog(this.good, this.bad, level)) : 1;
  }

  /** The lowest level at which there is a share at all: that of the mean. */
  get least(): number {
    return this.bad + this.good > 0 ? this.evidenceAgainst(this.mean) : 0;
  }

  private get mean(): number {
    return this.bad / (this.bad + this.good);
  }

  /**
   * ln of the lowest share of `these` whose martingale is below the level. Of ln of a share the martingale's ln is convex
   * too, so Newton's method from below never passes the bound: what it ends with is never too narrow.
   */
  private lowestLog(these: number, others: number, level: number): number {
    // The bound without the others, which only add to the martingale.
    let at = (this.average - level) / these;
    for (let step = 0; step < mostSteps && others > 0; step++) {
      const odds = 1 / Math.expm1(-at);
      const excess = this.average - level - these * at + others * Math.log1p(odds);
      const slope = others * odds - these;
      const further = -excess / slope;
      if (slope >= 0 || !(further > nearEnough)) break;
      at += further;
    }
    return at;
  }

  /** ln of the martingale at this share; convex, least at the mean. */
  private evidenceAgainst(share: number): number {
    const bad = this.bad > 0 ? this.bad * Math.log(share) : 0;
    const good = this.good > 0 ? this.good * Math.log1p(-share) : 0;
    return this.average - bad - good;
  }
}

/** Of a function with one peak. */
function highest(value: (at: number) => number, begin: number, end: number): number {
  let [from, to] = [begin, end];
  const measured = (share: number) => {
    const at = from + share * (to - from);
    return { at, value: value(at) };
  };
  let [left, right] = [measured(1 - golden), measured(golden)];
  // By the golden section, one of the two places of each cut is one of the next.
  for (let cut = 0; cut < cuts; cut++) {
    if (left.value < right.value) {
      from = left.at;
      left = right;
      right = measured(golden);
    } else {
      to = right.at;
      right = left;
      left = measured(1 - golden);
    }
  }
  return Math.max(left.value, right.value);
}
