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
const halvings = 60;
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
    if (this.bad <= 0) return 0;
    return this.bound(level, 0, this.mean);
  }

  high(level: number): number {
    if (this.good <= 0) return 1;
    return this.bound(level, 1, this.mean);
  }

  /** The lowest level at which there is a share at all: that of the mean. */
  get least(): number {
    return this.bad + this.good > 0 ? this.evidenceAgainst(this.mean) : 0;
  }

  private get mean(): number {
    return this.bad / (this.bad + this.good);
  }

  private bound(level: number, outside: number, inside: number): number {
    let [out, within] = [outside, inside];
    for (let step = 0; step < halvings; step++) {
      const middle = (out + within) / 2;
      if (this.evidenceAgainst(middle) >= level) out = middle;
      else within = middle;
    }
    return out;
  }

  /** ln of the martingale at this share; convex, least at the mean. */
  private evidenceAgainst(share: number): number {
    const bad = this.bad > 0 ? this.bad * Math.log(share) : 0;
    const good = this.good > 0 ? this.good * Math.log1p(-share) : 0;
    return this.average - bad - good;
  }
}

function highest(value: (at: number) => number, begin: number, end: number): number {
  let [from, to] = [begin, end];
  for (let cut = 0; cut < cuts; cut++) {
    const left = to - golden * (to - from);
    const right = from + golden * (to - from);
    if (value(left) < value(right)) from = left;
    else to = right;
  }
  return value((from + to) / 2);
}
