/** Why a rollout goes back, and how that went. */
import type { PhasedAction } from '../plan/types.ts';
import type { OutsideEvent } from './outside-event.ts';
import type { WatchCarry } from './watch-types.ts';

/** What a record keeps of an event from outside. */
export type EventFacts = Pick<OutsideEvent, 'id' | 'type' | 'severity' | 'title' | 'source'>;

export const rollbackTriggers = [
  'check',
  'command',
  'cancel',
  'limit',
  'lapse',
  'drift',
  'stop',
  'fenced',
  'inconclusive',
  'failure',
  'rejected',
  'event',
  'gate',
] as const;

export interface RollbackCause {
  readonly kind: (typeof rollbackTriggers)[number];
  readonly reason: string;
  readonly actor: string | null;
  readonly atMs: number;
  /** The event from outside that was the cause. */
  readonly event?: EventFacts;
}

/** A share that goes down in steps from the decision on, until the restore takes over. */
export interface Ramp {
  readonly fromPercent: number;
  /** Null: it is under way. */
  readonly endedAtMs: number | null;
}

/** How a ramp went: the shares that were set, and what cut it short. */
export interface RampResult {
  readonly steps: readonly { readonly percent: number; readonly atMs: number }[];
  /** Null: every step was made. */
  readonly turned: string | null;
  readonly carry: WatchCarry;
}

/** One action of a rollback after its restore. */
export interface ActionReport {
  readonly action: PhasedAction['action'];
  readonly hook: string | null;
  readonly startedAtMs: number;
  /** Null: it is under way. */
  readonly endedAtMs: number | null;
  /** Null: it worked. */
  readonly problem: string | null;
}

/** What was found when the stable version was judged after the restore. */
export interface Verification {
  readonly result: 'passed' | 'failed' | 'timed-out';
  readonly reason: string;
  readonly looks: number;
  readonly endedAtMs: number;
}
