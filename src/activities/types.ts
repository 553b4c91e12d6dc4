/** What workflows and activities say to each other: plain JSON, imported by workflows as types only. */

import type { Approval, GatePlace, GateReport, Override } from '../domain/gates/types.ts';
import type { PhasedAction, Plan, SecondMeans, WebhookEvent } from '../domain/plan/types.ts';
import type {
  Arms,
  Cooldown,
  Force,
  Leniency,
  RampResult,
  Verification,
  WatchCarry,
  WatchMode,
  WatchResult,
} from '../domain/rollout/types.ts';

/** Gates that are asked at a place, and what they go by. */
export interface Asked {
  readonly place: GatePlace;
  /** Who started the rollout. */
  readonly author: string;
  readonly approvals: readonly Approval[];
  /** Digests that gates have found before in this rollout, by gate: what was approved must not be exchanged. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Since when they are asked, epoch milliseconds: from then on their time limits count. */
  readonly sinceMs: number;
  /** The latest that two people agreed on; windows heed it. */
  readonly override?: Override;
}

export interface GateInput {
  readonly plan: Plan;
  readonly asked: Asked;
}

export interface GateResult {
  /** All open, or at least one that refuses. */
  readonly reports: readonly GateReport[];
}

/** The heartbeat details of `gate`. */
export interface GateProgress {
  readonly gates: readonly GateReport[];
  readonly atMs: number;
}

export interface PrepareInput {
  readonly plan: Plan;
  readonly epoch: number;
  readonly force?: Force | null;
}

export interface PrepareResult {
  readonly arms: Arms;
  readonly epochBase: number;
  /** What people should know of the state that was found, such as a former stop. */
  readonly note: string | null;
  /** The cooldown of an earlier rollback that is in force and was passed over; null: none. */
  readonly cooldown?: Cooldown | null;
  /** What is wrong with the stable version by the first stage's own checks; null: nothing was found. */
  readonly stableProblem?: string | null;
}

interface ShiftInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly stage: number;
  readonly epoch: number;
}

/** Going on is forbidden by what the data plane says; nothing was written. */
export interface Blocked {
  readonly cause: 'stop' | 'lapse';
  readonly reason: string;
}

interface ShiftResult {
  readonly readWeightPercent: number;
  readonly blocked: Blocked | null;
}

export interface WatchInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly stage: number;
  readonly epoch: number;
  readonly mode: WatchMode;
  /** While held for drift, further drift is only reported. */
  readonly tolerateDrift: boolean;
  /** While held for something that both versions need: ends as soon as that is healthy again. */
  readonly awaitsRecovery: boolean;
  /** Null: nothing is let pass. */
  readonly leniency?: Leniency | null;
  readonly carry: WatchCarry;
  /** Gates before the next stage that are asked meanwhile; absent: none. */
  readonly asked?: Asked;
  /** Who started the rollout, for gates that must stay open; absent: the plan has none. */
  readonly author?: string;
  readonly digests?: Readonly<Record<string, string>>;
  readonly override?: Override;
}

export interface RampInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly stage: number;
  readonly epoch: number;
  readonly fromPercent: number;
  /** Time since the decision; so much of the ramp and of `rollback.timeout` is over. */
  readonly elapsedMs: number;
  readonly carry: WatchCarry;
}

export interface ActInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly action: PhasedAction;
  readonly epoch: number;
  readonly cause: string;
  /** The same for every attempt, so that a receiver can tell a repetition. */
  readonly actionId: string;
}

export interface VerifyInput {
  readonly plan: Plan;
  readonly arms: Arms;
}

export type VerifyResult = Pick<Verification, 'result' | 'reason' | 'looks'>;

interface PromoteInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly epoch: number;
}

export interface RestoreInput {
  readonly plan: Plan;
  /** Null when the rollout turned round before it knew its arms: stable is where the data plane says. */
  readonly arms: Arms | null;
  readonly epoch: number;
  /** The old version may have been stopped after a promotion and must be started first. */
  readonly fallbackCold: boolean;
}

export interface RestoreResult {
  readonly attempts: number;
  readonly tookMs: number;
}

interface CutOffInput {
  readonly plan: Plan;
  readonly arms: Arms;
  readonly means: SecondMeans;
}

export interface CleanInput {
  readonly plan: Plan;
  readonly arms: Arms | null;
  /** Which version goes: the canary after a rollback, the old one after a promotion. */
  readonly leaving: 'canary' | 'old';
  /** The version that stays may have been stopped: nothing is stopped before it is up. */
  readonly fallbackCold: boolean;
  /** Nobody but a newer owner holds a higher one. */
  readonly epoch: number;
}

export interface CleanResult {
  /** Traffic was found moving again: nothing was cleaned. */
  readonly unsafe: string | null;
  readonly problem: string | null;
}

/** Long work, on `sluice-watch`. */
interface TellInput {
  readonly plan: Plan;
  readonly hook: string;
  readonly timeoutMs: number;
  readonly call: {
    readonly id: string;
    readonly action: WebhookEvent;
    readonly version: string;
    readonly stableVersion: string;
    readonly cause: string;
    readonly stage?: string;
    readonly outcome?: string;
  };
}

export interface WatchActivities {
  tell(input: TellInput): Promise<void>;
  /** Asks until every gate is open or one refuses; errors of gates are answers. */
  gate(input: GateInput): Promise<GateResult>;
  prepare(input: PrepareInput): Promise<PrepareResult>;
  watch(input: WatchInput): Promise<WatchResult>;
  /** Never fails for the canary's sake: whatever goes wrong, it ends, and the restore follows. */
  ramp(input: RampInput): Promise<RampResult>;
  act(input: ActInput): Promise<void>;
  verify(input: VerifyInput): Promise<VerifyResult>;
  clean(input: CleanInput): Promise<CleanResult>;
}

/** Short traffic writes, on `sluice-restore`. */
export interface RestoreActivities {
  shift(input: ShiftInput): Promise<ShiftResult>;
  promote(input: PromoteInput): Promise<{ readonly blocked: Blocked | null }>;
  restore(input: RestoreInput): Promise<RestoreResult>;
  cutOff(input: CutOffInput): Promise<void>;
}
