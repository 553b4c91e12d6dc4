/** What a rollback was: why, how fast at each step, and what it cost users. Derived from the state alone. */
import type { Verdict } from '../analysis/types.ts';
import { type RollbackStrategy, type TargetId, targetOf } from '../plan/types.ts';
import type {
  ActionReport,
  EventFacts,
  RollbackCause,
  RolloutState,
  TimelineEntry,
  TimelineKind,
  Verification,
} from './types.ts';

export interface RollbackRecord {
  readonly target: TargetId;
  readonly version: string;
  readonly stableVersion: string | null;
  readonly trigger: RollbackCause['kind'];
  readonly reason: string;
  readonly actor: string | null;
  /** The event from outside that was the trigger, if one was. */
  readonly event?: EventFacts;
  /** The looks that failed, one per check; empty when no check was the cause. */
  readonly evidence: readonly Verdict[];
  /** The first look of the failing run that led to the decision; null: no check was the cause. */
  readonly firstBadAtMs: number | null;
  readonly decidedAtMs: number;
  /** When the data plane read 0; null: not yet. */
  readonly restoredAtMs: number | null;
  /** From the first bad look to the decision. */
  readonly decideMs: number | null;
  /** From the decision to the read-back of 0. */
  readonly restoreMs: number | null;
  /** From the first shift to the read-back: how long the canary could meet users. */
  readonly exposedMs: number | null;
  /** Requests that reached the canary while it was watched; null: the data plane does not count. */
  readonly canaryRequests: number | null;
  readonly actions: readonly RollbackAction[];
  /** The plan's strategy, and what it came to: only a canary whose users may wait goes down step by step. */
  readonly strategy?: { readonly planned: RollbackStrategy; readonly ramped: boolean };
  /** What was done after the restore, in order. */
  readonly steps?: readonly (ActionReport & { readonly durationMs: number | null })[];
  /** Null: not asked for, or not ended. */
  readonly verification?: Verification | null;
  readonly impact?: RollbackImpact;
}

/** What users met. Estimates come from the canary's own error rate, where a check measured it in percent. */
interface RollbackImpact {
  readonly requests: number | null;
  /** Null: no check says how many of the canary's answers were errors. */
  readonly estimatedErrors: number | null;
  /** The highest share that the canary was given, percent. */
  readonly highestPercent: number;
}

export interface RollbackAction {
  readonly kind: TimelineKind;
  readonly text: string;
  readonly atMs: number;
  /** Since the decision. */
  readonly afterMs: number;
}

/** Null while nothing has turned the rollout round. */
export function rollbackRecordOf(state: RolloutState): RollbackRecord | null {
  const { cause, plan, restoredAtMs, reports } = state;
  if (cause === null) return null;
  const failing = failingChecks(state);
  const firstBadAtMs = least(failing.flatMap(({ failingSinceMs }) => failingSinceMs ?? []));
  const shiftedAtMs = reports[0]?.startedAtMs ?? null;
  return {
    target: targetOf(plan),
    version: plan.version,
    stableVersion: state.arms?.stableVersion ?? null,
    trigger: cause.kind,
    reason: cause.reason,
    actor: cause.actor,
    ...(cause.event === undefined ? {} : { event: cause.event }),
    evidence: failing.flatMap(({ last }) => last ?? []),
    firstBadAtMs,
    decidedAtMs: cause.atMs,
    restoredAtMs,
    decideMs: between(firstBadAtMs, cause.atMs),
    restoreMs: between(cause.atMs, restoredAtMs),
    exposedMs: between(shiftedAtMs, restoredAtMs),
    canaryRequests: sum(reports.map(({ canaryRequests }) => canaryRequests)),
    strategy: { planned: plan.rollback.strategy, ramped: state.ramp !== null },
    steps: state.actions.map((action) => ({
      ...action,
      durationMs: between(action.startedAtMs, action.endedAtMs),
    })),
    verification: state.verification,
    impact: impactOf(state),
    actions: state.timeline
      .filter(({ kind }) => wayBackKinds.includes(kind))
      .map((entry) => actionOf(entry, cause.atMs)),
  };
}

function failingChecks(state: RolloutState) {
  if (state.cause?.kind !== 'check') return [];
  return (state.reports.at(-1)?.checks ?? []).filter(({ failingSinceMs }) => failingSinceMs !== null);
}

/** What the way back consists of, in the timeline. */
export const wayBackKinds: readonly TimelineKind[] = [
  'restore-started',
  'ramp',
  'second-means',
  'restore-late',
  'restored',
  'action-started',
  'action-ended',
  'verified',
  'cleaned',
  'clean-up-failed',
];

function actionOf({ kind, text, atMs }: TimelineEntry, decidedAtMs: number): RollbackAction {
  return { kind, text, atMs, afterMs: atMs - decidedAtMs };
}

/** Checks of shares of errors, by their names as presets; the last look of a stage stands for all of it. */
const errorShareOf: Readonly<Record<string, (percent: number) => number>> = {
  'error-rate': (percent) => percent / 100,
  'success-rate': (percent) => 1 - percent / 100,
};

function impactOf({ reports, promotedAtMs }: RolloutState): RollbackImpact {
  const errors = reports.map(({ checks, canaryRequests }) => {
    const shares = checks.flatMap(({ name, last }) => {
      const share = last?.canary == null ? undefined : errorShareOf[name]?.(last.canary);
      return share === undefined ? [] : [share];
    });
    return canaryRequests === null || shares.length === 0
      ? null
      : Math.round(canaryRequests * Math.max(0, ...shares));
  });
  const shares = reports.map(({ weightPercent }) => weightPercent);
  return {
    requests: sum(reports.map(({ canaryRequests }) => canaryRequests)),
    estimatedErrors: sum(errors),
    highestPercent: promotedAtMs === null ? Math.max(0, ...shares) : 100,
  };
}

function between(fromMs: number | null, toMs: number | null): number | null {
  return fromMs === null || toMs === null ? null : toMs - fromMs;
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
