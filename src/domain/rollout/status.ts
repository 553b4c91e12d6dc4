/** What a rollout tells of itself: the answer of the `status` query, and the live progress that `watch` heartbeats. */
import type { Verdict } from '../analysis/types.ts';
import { questionOf } from '../gates/approval-link.ts';
import type { Approval, GateReport, Override, OverrideRequest } from '../gates/types.ts';
import { type TargetId, targetOf } from '../plan/types.ts';
import { legalCommands } from './commands.ts';
import type { SeenInstances } from './instances.ts';
import { isRamping, rampPercent } from './ramp.ts';
import { type RollbackRecord, rollbackRecordOf } from './rollback-record.ts';
import type { WatchSeries } from './series.ts';
import {
  type Arms,
  type CommandName,
  type Outcome,
  type Phase,
  type RollbackCause,
  type RolloutState,
  type StageReport,
  type TimelineEntry,
  terminalPhases,
  type WatchCarry,
  type WatchMode,
} from './types.ts';

interface PlanTimes {
  /** Between two looks at the checks. */
  readonly lookEveryMs: number;
  readonly leaseMs: number;
  /** The watch after the promotion. */
  readonly watchAfterMs: number;
}

/** Answer of the `status` query. */
export interface RolloutStatus {
  readonly target: TargetId;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly stage: number;
  readonly stages: readonly {
    readonly name: string;
    readonly weightPercent: number;
    readonly soakMs: number;
    readonly warmUpMs: number;
    /** A person must approve after the soak; absent: nobody must. */
    readonly approval?: true;
    /** Somebody else than the author must; absent: anybody may. */
    readonly notAuthor?: true;
  }[];
  /** The share that Sluice asks for now, percent; 100 after promotion. */
  readonly askedPercent: number;
  /** The latest answer of each gate; absent: none was asked. */
  readonly gates?: readonly GateReport[];
  /** Who has approved what gates ask; absent: nobody. */
  readonly approvals?: readonly Approval[];
  /** What waits for a yes or a no now, by name; absent: nothing does. */
  readonly question?: string;
  /** Ids of the approval links that were used; absent: none. */
  readonly usedLinks?: readonly string[];
  /** Who asks to go on in spite of windows; absent: nobody. */
  readonly overrideAsked?: OverrideRequest;
  /** The latest override of windows; absent: there was none. */
  readonly override?: Override;
  /** The policies that the plan was checked against; absent: there were none. */
  readonly policies?: { readonly sha256: string; readonly names: readonly string[] };
  /** Who started it; absent: not kept. */
  readonly author?: string;
  /** Why a gate refused before anything was touched. */
  readonly refusal?: string;
  readonly paused: boolean;
  readonly holdReason: string | null;
  readonly arms: Arms | null;
  readonly cause: RollbackCause | null;
  readonly reports: readonly StageReport[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly restoredAtMs: number | null;
  /** The record of the rollback; null while nothing has turned the rollout round. */
  readonly rollback: RollbackRecord | null;
  /** When `maxDuration` strikes. */
  readonly limitAtMs: number;
  /** From a decision to roll back until the canary's share must read 0; absent: an earlier version did not say. */
  readonly rollbackTimeoutMs?: number;
  /** Further times of the plan that people reckon with; absent: the workflow is of a version that did not tell them. */
  readonly times?: PlanTimes;
  /** Commands that are legal now. */
  readonly legal: readonly CommandName[];
  readonly timeline: readonly TimelineEntry[];
  readonly droppedEntries: number;
}

/** The heartbeat details of `watch`: live, not in history; also what a second attempt starts from. */
export interface WatchProgress {
  readonly stage: number;
  /** What the watch waits for; absent: of an earlier version. */
  readonly mode?: WatchMode;
  readonly epoch: number;
  readonly carry: WatchCarry;
  /** Watched time that ends the stage, warm-up included. */
  readonly plannedMs: number;
  readonly verdicts: readonly Verdict[];
  readonly askedPercent: number;
  /** The canary's part of the requests counted by the data plane since the last pulse or so; null: not known. */
  readonly measuredPercent: number | null;
  readonly leaseUntilMs: number;
  /** The latest answers of the gates that are asked beside; absent: none are. */
  readonly gates?: readonly GateReport[];
  /** What runs the two versions; null: the provider of the workload does not tell; absent: not looked at yet. */
  readonly instances?: SeenInstances | null;
  /** What stands in the way now (data plane or metrics or Temporal away), for people. */
  readonly trouble: string | null;
  /** As in the result. */
  readonly series?: WatchSeries;
  readonly atMs: number;
}

export function statusOf(state: RolloutState): RolloutStatus {
  const { plan } = state;
  const question = questionOf(state);
  return {
    target: targetOf(plan),
    service: plan.service,
    environment: plan.environment,
    version: plan.version,
    phase: state.phase,
    outcome: outcomeOf(state),
    ...(state.gates === undefined ? {} : { gates: state.gates }),
    ...(state.approvals === undefined ? {} : { approvals: state.approvals }),
    ...(question === null ? {} : { question }),
    ...(state.usedLinks === undefined ? {} : { usedLinks: state.usedLinks }),
    ...(state.overrideAsked ? { overrideAsked: state.overrideAsked } : {}),
    ...(state.override === undefined ? {} : { override: state.override }),
    ...(plan.policies === undefined ? {} : { policies: plan.policies }),
    ...(state.author === undefined ? {} : { author: state.author }),
    ...(state.refusal === undefined ? {} : { refusal: state.refusal }),
    stage: state.stage,
    stages: plan.stages.map(({ name, weightPercent, soakMs, warmUpMs, approval, notAuthor }) => ({
      name,
      weightPercent,
      soakMs,
      warmUpMs,
      ...(approval ? { approval: true as const } : {}),
      ...(notAuthor ? { notAuthor: true as const } : {}),
    })),
    askedPercent: askedPercent(state),
    paused: state.paused,
    holdReason: holdReasonOf(state),
    arms: state.arms,
    cause: state.cause,
    reports: state.reports,
    startedAtMs: state.startedAtMs,
    endedAtMs: state.endedAtMs,
    restoredAtMs: state.restoredAtMs,
    rollback: rollbackRecordOf(state),
    limitAtMs: state.startedAtMs + plan.maxDurationMs,
    rollbackTimeoutMs: plan.rollback.timeoutMs,
    times: {
      lookEveryMs: plan.analysis.intervalMs,
      leaseMs: plan.lease.ttlMs,
      watchAfterMs: plan.watchAfterMs,
    },
    legal: legalCommands(state),
    timeline: state.timeline,
    droppedEntries: state.droppedEntries,
  };
}

export function outcomeOf({ phase }: Pick<RolloutState, 'phase'>): Outcome | null {
  return terminalPhases.find((one) => one === phase) ?? null;
}

function holdReasonOf({ hold, asked, parked }: RolloutState): string | null {
  if (hold) return hold.reason;
  if (asked) return `the rollback waits for an approval: ${asked.reason}`;
  return parked === 'waiting' ? 'parked at 0 %: a second rollback by itself within a cooldown' : null;
}

export function askedPercent(state: RolloutState): number {
  const { ramp } = state.plan.rollback;
  if (isRamping(state) && state.ramp && ramp) return rampPercent(state.ramp.fromPercent, ramp, 0);
  if (state.cause) return 0;
  if (state.promotedAtMs !== null) return 100;
  if (state.phase === 'gating') return state.plan.stages[state.reports.length - 1]?.weightPercent ?? 0;
  return state.phase === 'preparing' ? 0 : (state.plan.stages[state.stage]?.weightPercent ?? 0);
}
