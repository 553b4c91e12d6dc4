/** The shapes of the sequential test on counts: what a look counts, what is kept between looks, and what follows. */
import type { Spread } from './spread.ts';

/** Requests of one arm: how many there were, and how many of them were bad. */
export interface Counts {
  readonly bad: number;
  readonly total: number;
}

/** What both arms counted since the look before; nothing may be counted in two looks. */
export interface CountsSample {
  readonly canary: Counts;
  readonly stable: Counts;
}

/** The canary may have a share of bad requests of up to `ratio` × stable's + `difference` and is still no worse. */
export interface Margin {
  /** Above 0; 1: no relative margin. */
  readonly ratio: number;
  /** Fraction of requests (0.001 is 0.1 %), at least 0. */
  readonly difference: number;
}

/** A limit of the canary's own share of bad requests. */
export interface Guard {
  /** Fraction of requests. */
  readonly limit: number;
  /** `always`, or only in looks in which stable has too few requests to compare with, as after a promotion. */
  readonly when: 'always' | 'alone';
}

export interface SequentialSettings {
  /** Chance of calling a canary worse that is not, over all looks together. Above 0, below 1. */
  readonly alpha: number;
  readonly margin: Margin;
  readonly guard: Guard | null;
  /** The soak may end early once the canary is surely no worse than this; null: it never does. */
  readonly enough: Margin | null;
}

/** All that is kept between two looks. Plain JSON, of one size however many looks there were. */
export interface SequentialState {
  /** Looks in which any arm had requests. */
  readonly looks: number;
  /** Counts of all looks. */
  readonly canary: Counts;
  readonly stable: Counts;
  /** Log wealth of each bet on `worse than the margin`, its first stake included. */
  readonly worse: readonly number[];
  /** Log of the wealth that is not bet yet: it waits for a canary that turns bad later. */
  readonly reserve: number;
  /** Log wealth of each bet on `above the guard`; empty without a guard. */
  readonly above: readonly number[];
  /** Log wealth of each bet on `no worse than enough`; empty without `enough`. */
  readonly noWorse: readonly number[];
  readonly dispersion: DispersionState;
  /** What the instances said at the latest look; left out: the source does not tell them apart. */
  readonly spread?: Spread;
  /** Highest log e-value so far: what was rejected once stays rejected. */
  readonly peak: number;
  /** The same for `no worse than enough`. */
  readonly peakNoWorse: number;
  /** Tests of the same requests by other measures of what is bad, each with its margin; their evidence is averaged. */
  readonly others?: readonly OtherTest[];
}

/** Of a request that is slower than another bound. */
interface OtherTest {
  readonly margin: Margin;
  readonly state: SequentialState;
}

/** What the looks so far say about bursts. */
export interface DispersionState {
  /** The look before, from which the next one is expected to differ only by chance. */
  readonly before: CountsSample | null;
  /** Sum of the squared, standardised differences of neighbouring looks, each with its weight. */
  readonly squares: number;
  /** Sum of the weights: what independent requests would make of `squares`. */
  readonly weight: number;
}

type Decision = 'worse' | 'no-worse' | 'open';

export interface SequentialAnswer {
  /** `worse`: reject, for good. `no-worse`: enough is known to end early. `open`: look on. */
  readonly decision: Decision;
  /** Evidence against `no worse than the margin`: at most 1 on average while that is true; `1 / alpha` decides. */
  readonly eValue: number;
  /** The highest e-value of any look so far. */
  readonly peak: number;
  /** Evidence against `worse than enough`. */
  readonly eNoWorse: number;
  /** Variance of the counts as a multiple of that of independent requests, at least 1: of looks or of instances. */
  readonly dispersion: number;
  /** Which of the two limits the evidence speaks against. */
  readonly against: 'stable' | 'guard';
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Where the true shares lie, at a confidence of `1 - alpha` for all looks together. */
export interface Intervals {
  /** Canary's share of bad requests minus stable's, fractions. */
  readonly difference: Interval;
  /** Canary's share over stable's; `high` is null where there is no telling yet. */
  readonly ratio: { readonly low: number; readonly high: number | null };
}
