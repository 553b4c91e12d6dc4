/** The shapes of checks, measurements and verdicts. */
import type { CountsCheck, CountsEvidence, Statistics } from './counts-check.ts';
import type {
  AnomalyCheck,
  CompositeCheck,
  ErrorBudgetCheck,
  SeriesCheck,
  TrendCheck,
} from './further-checks.ts';

export type VerdictKind = 'pass' | 'fail' | 'no-data' | 'error';

/**
 * Where a check gets its numbers. Each text is a query template with `{{service}} {{environment}} {{canary}}
 * {{stable}} {{version}} {{window}}`; `{{version}}` is the version of the arm that is being measured.
 */
export interface CheckQuery {
  /** The measured value of one arm. */
  readonly value: string;
  /** The number of observations behind the value in the window; null: not known, so `minSamples` must be 0. */
  readonly samples: string | null;
}

export interface CheckBase {
  /** Unique within its stage. */
  readonly name: string;
  /** Shown beside values: `%`, `s`, `1/s` or empty. */
  readonly unit: string;
  /** What the check says at a stage's end while it has no data. `pass` never counts as evidence. */
  readonly onNoData: 'hold' | 'fail' | 'pass';
  readonly failure: FailureLimit;
  /** This many query errors in a row count as no data; fewer are only noted. */
  readonly maxConsecutiveErrors: number;
}

/** A check of numbers from the plan's metrics source. */
export interface MetricCheckBase extends CheckBase {
  readonly query: CheckQuery;
  readonly windowMs: number;
  /** Fewer observations than this in an arm's window is no-data. */
  readonly minSamples: number;
}

/** The check fails when either limit is reached. */
export interface FailureLimit {
  /** Failing looks in a row. */
  readonly consecutive: number;
  /** `failures` failing looks among the last `of`; null: only `consecutive` counts. */
  readonly kOfN: { readonly failures: number; readonly of: number } | null;
}

/** The canary's own value must lie within bounds (inclusive). At least one bound is set. */
export interface ThresholdCheck extends MetricCheckBase {
  readonly kind: 'threshold';
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * The canary must be no worse than stable by more than a ratio or a difference; fails only beyond every bound that is
 * set.
 */
export interface BaselineCheck extends MetricCheckBase {
  readonly kind: 'baseline';
  readonly worse: 'higher' | 'lower';
  /** Worse than stable times this ratio (higher is worse) or stable divided by it (lower is worse). */
  readonly maxRatio: number | null;
  /** Worse than stable by more than this, in the unit of the value. */
  readonly maxDifference: number | null;
}

/** What a failed probe or a firing alert does: takes the canary back, or holds the stage until it is over. */
export type OnFail = 'rollback' | 'hold';

/** Something that the operator named must be healthy: the app, its database, another dependency. */
export interface HealthCheck extends CheckBase {
  readonly kind: 'health';
  /** The operator's health instance. */
  readonly probe: string;
  /** `canary`: what only the canary uses. `shared`: what both arms need, so its failure says nothing of the canary. */
  readonly scope: 'canary' | 'shared';
  readonly onFail: OnFail;
  /** A probe without an answer for so long has failed. */
  readonly timeoutMs: number;
}

/** No alert that matches may fire. */
export interface AlertCheck extends CheckBase {
  readonly kind: 'alert';
  /** The operator's alerts instance. */
  readonly source: string;
  /** The label values that an alert must have, templates as in queries; any of a list will do. */
  readonly match: Readonly<Record<string, readonly string[]>>;
  readonly onFail: OnFail;
  readonly timeoutMs: number;
}

export type MetricCheck =
  | ThresholdCheck
  | BaselineCheck
  | SeriesCheck
  | TrendCheck
  | AnomalyCheck
  | ErrorBudgetCheck;
/** A check that asks the operator's own instances rather than the plan's metrics source. */
export type ProbeCheck = HealthCheck | AlertCheck;

/** A check that needs no second version to compare with, so that it can judge the stable one as well. */
export type StableCheck = ThresholdCheck | HealthCheck;
export type CheckConfig = MetricCheck | CompositeCheck | CountsCheck | ProbeCheck;

/** What a metrics source said of one arm: numbers, nothing, or an error. */
export type Reading =
  | {
      readonly kind: 'value';
      readonly value: number;
      readonly samples: number | null;
      /** What stands behind the value, in words, where the source can say so. */
      readonly note?: string;
      /** Oldest first, for kinds that judge more than the value: times and values, or window lengths and values. */
      readonly points?: readonly (readonly [at: number, value: number])[];
      /** What the parts of a composite check said, in their order. */
      readonly parts?: readonly Verdict[];
    }
  | { readonly kind: 'no-data'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

/** One look of one check. */
export interface Verdict {
  readonly check: string;
  readonly kind: VerdictKind;
  /** One plain sentence with the numbers. */
  readonly reason: string;
  readonly canary: number | null;
  readonly stable: number | null;
  readonly canarySamples: number | null;
  readonly stableSamples: number | null;
  /** Time of the look, epoch milliseconds. */
  readonly atMs: number;
  /** The numbers of a test, for kinds that make one. */
  readonly statistics?: Statistics;
  /** What the next look goes on from; it moves into the record. */
  readonly evidence?: CountsEvidence;
}

/** What a check has accumulated over a stage; survives pauses, retries and dead workers. Plain JSON, bounded. */
export interface CheckRecord {
  readonly name: string;
  readonly looks: number;
  readonly passes: number;
  readonly failures: number;
  readonly noData: number;
  readonly errors: number;
  readonly consecutiveFailures: number;
  readonly consecutiveErrors: number;
  /** Time of the first failing look since the last pass; null: the latest conclusive look passed. */
  readonly failingSinceMs: number | null;
  /** Latest looks, newest last, at most `kOfN.of` (or 1), true = failed; errors and no-data are left out. */
  readonly recent: readonly boolean[];
  /** What the latest look that was not an error said; null: every look so far was an error. */
  readonly answer: Exclude<VerdictKind, 'error'> | null;
  readonly last: Verdict | null;
  /** The most telling failing look, kept for the report. */
  readonly worst: Verdict | null;
  /** What the sequential test of counters has gathered since the stage began. */
  readonly evidence?: CountsEvidence;
}

/** Where a check stands: `failed` ends the canary; `open` has no conclusive pass yet. */
export type CheckStanding = 'passed' | 'failed' | 'open';
