/**
 * The shapes of checks that ask for more than one number: series, trends, own history, error budgets, and other checks.
 */
import type { CheckBase, MetricCheck, MetricCheckBase, OnFail } from './types.ts';

type Direction = 'higher' | 'lower';

interface SteppedCheck extends MetricCheckBase {
  /** Time between two points; `{{window}}` is as long, so that no observation counts in two of them. */
  readonly stepMs: number;
  /** Of the interval, a fraction: 0.98. It holds for each look. */
  readonly confidence: number;
}

/**
 * The canary's points of the window must not be shifted against stable's: Mann and Whitney's test, as Kayenta uses it.
 */
export interface SeriesCheck extends SteppedCheck {
  readonly kind: 'series';
  readonly worse: Direction | 'either';
  /** The shift must surely be more than this part of its estimate; Kayenta: 0.25. */
  readonly tolerance: number;
  /** Least Cliff's delta, 0 to 1, that matters. */
  readonly minEffect: number;
}

/** The canary's trend over the window must not lead it across the limit soon: Theil and Sen's line. */
export interface TrendCheck extends SteppedCheck {
  readonly kind: 'trend';
  readonly limit: number;
  readonly worse: Direction;
  /** Fails when even the flattest trend that the data allow crosses the limit within this time. */
  readonly withinMs: number;
  readonly onFail: OnFail;
}

/** The canary must be no outlier among the stable version's own latest windows. */
export interface AnomalyCheck extends MetricCheckBase {
  readonly kind: 'anomaly';
  readonly worse: Direction | 'either';
  readonly historyMs: number;
  /** Time between two windows of the history. A day: the same hour of the days before. */
  readonly everyMs: number;
  /** Fewer windows with a value are no history. */
  readonly minHistory: number;
  /** Robust standard deviations from the median that are still normal. */
  readonly maxDeviations: number;
  /** The least deviation that counts, in the unit of the value: for histories that hardly vary. */
  readonly minDifference: number;
}

/** A burn rate that must not be exceeded over the long window and over the short one, which tells that it goes on. */
export interface BurnLimit {
  readonly longMs: number;
  readonly shortMs: number;
  /** 1 uses the whole budget up in exactly the period. */
  readonly rate: number;
}

/**
 * What an objective allows to fail must not be used up, nor be used up too fast. The query's value is % of failures.
 */
export interface ErrorBudgetCheck extends MetricCheckBase {
  readonly kind: 'errorBudget';
  /** The objective: % of requests that must succeed over the period. */
  readonly slo: number;
  readonly periodMs: number;
  /** % of the period's budget that must be left; null: not asked, which saves a query over the whole period. */
  readonly minLeft: number | null;
  readonly burn: readonly BurnLimit[];
  readonly onFail: OnFail;
}

export interface CompositePart {
  readonly check: MetricCheck;
  /** Share of the score, relative to the other parts. */
  readonly weight: number;
  /** Its failure makes the score 0. */
  readonly critical: boolean;
}

/** Several checks that give one answer. */
export interface CompositeCheck extends CheckBase {
  readonly kind: 'composite';
  readonly mode: 'all' | 'any' | 'score';
  readonly parts: readonly CompositePart[];
  /** A score of at least this passes. */
  readonly pass: number;
  /** A score below this fails; between the two lines nothing is concluded. */
  readonly marginal: number;
}
