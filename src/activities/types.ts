/** What workflows and activities say to each other: plain JSON, imported by workflows as types only. */

import type { Plan, SecondMeans } from '../domain/plan/types.ts';
import type { Arms, WatchCarry, WatchMode, WatchResult } from '../domain/rollout/types.ts';

export interface PrepareInput {
  readonly plan: Plan;
  readonly epoch: number;
}

export interface PrepareResult {
  readonly arms: Arms;
  readonly epochBase: number;
  /** What people should know of the state that was found, such as a former stop. */
  readonly note: string | null;
}

export interface ShiftInput {
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

export interface ShiftResult {
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
  readonly carry: WatchCarry;
}

export interface PromoteInput {
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

export interface CutOffInput {
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
export interface WatchActivities {
  prepare(input: PrepareInput): Promise<PrepareResult>;
  watch(input: WatchInput): Promise<WatchResult>;
  clean(input: CleanInput): Promise<CleanResult>;
}

/** Short traffic writes, on `sluice-restore`. */
export interface RestoreActivities {
  shift(input: ShiftInput): Promise<ShiftResult>;
  promote(input: PromoteInput): Promise<{ readonly blocked: Blocked | null }>;
  restore(input: RestoreInput): Promise<RestoreResult>;
  cutOff(input: CutOffInput): Promise<void>;
}
