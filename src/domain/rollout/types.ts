/**
 * The state of a rollout: plain JSON throughout. What happens to it and what it leads to is in the files beside this
 * one.
 */
import type { Approval, GateReport, Override, OverrideRequest } from '../gates/types.ts';
import type { Plan } from '../plan/types.ts';
import type { ActionReport, Ramp, RollbackCause, Verification } from './back-types.ts';
import type { StageReport, TimelineEntry } from './timeline-types.ts';
import type { WatchCarry } from './watch-types.ts';

export * from './back-types.ts';
export * from './event-types.ts';
export * from './timeline-types.ts';
export * from './watch-types.ts';

export type Phase =
  | 'gating'
  | 'preparing'
  | 'shifting'
  | 'soaking'
  | 'holding'
  | 'approving'
  | 'promoting'
  | 'watching'
  | 'restoring'
  | 'cleaning'
  | 'promoted'
  | 'rolled-back'
  | 'refused';

/** `refused`: a gate said no before anything was touched. */
export const terminalPhases = ['promoted', 'rolled-back', 'refused'] as const satisfies readonly Phase[];
export type Outcome = (typeof terminalPhases)[number];

/**
 * Why a rollout is held. `dependency`: something that both versions need is down. `event`: an event from outside asked
 * for a person. `gate`: one that must stay open has refused. `failure`: it is frozen. `sick-stable`: there is nothing
 * better to go back to.
 */
export type HoldKind = 'inconclusive' | 'drift' | 'dependency' | 'event' | 'failure' | 'sick-stable' | 'gate';

interface Hold {
  readonly reason: string;
  readonly kind: HoldKind;
  /** Drift was found too often while the rollout was held for something else, and is only reported. */
  readonly drifted?: boolean;
}

/** What whoever started the rollout passes over. `cooldown`: only that; `all`: a sick stable version as well. */
export type Force = 'cooldown' | 'all';

/** What an earlier rollback of the target left: no rollout should begin before `untilMs`. */
export interface Cooldown {
  readonly untilMs: number;
  /** Whether that rollback was decided by Sluice itself. */
  readonly automatic: boolean;
}

/** A place for one version behind the data plane; roles swap, slots stay. */
export type Slot = 'blue' | 'green';

export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue';
}

/** The arms of the rollout, known after preparation. */
export interface Arms {
  /** Where the stable version runs when the rollout begins, and to which a rollback returns. */
  readonly stableSlot: Slot;
  readonly stableVersion: string;
  readonly canaryVersion: string;
}

export interface RolloutState {
  readonly plan: Plan;
  readonly phase: Phase;
  /** Index of the stage that is or was last under way; 0 before the first. */
  readonly stage: number;
  /** Set while a person has paused the stage clock. */
  readonly paused: boolean;
  readonly hold: Hold | null;
  readonly arms: Arms | null;
  readonly carry: WatchCarry;
  /** A held stage was just resumed: what its last watch still hands over is made fresh for the next one. */
  readonly resumedFrom: HoldKind | null;
  readonly reports: readonly StageReport[];
  /** Set once and never cleared: the rollout is going back. */
  readonly cause: RollbackCause | null;
  /** Ids of the events from outside that were taken, the latest last, bounded; missing: none yet. */
  readonly seenEvents?: readonly string[];
  /** Set when the new version has become the stable one. */
  readonly promotedAtMs: number | null;
  /** Set when the promotion's write was begun: from then on the canary's slot may be the stable one. */
  readonly promotionTried?: boolean;
  /** Set when clean-up after a promotion may have stopped the old version: a rollback must start it first. */
  readonly fallbackCold: boolean;
  /**
   * Whether the approval of a late rollback is asked for in the clean-up too; missing: the rollout began before it was.
   */
  readonly asksToTheEnd?: boolean;
  /** `rollback.timeout` has passed before the data plane read 0: people were told, and the ladder has no step left. */
  readonly restoreLate: boolean;
  /** Where this rollout's epochs begin; higher than any epoch seen on the target. */
  readonly epochBase: number;
  readonly restoredAtMs: number | null;
  readonly force: Force | null;
  /** Who started it; missing: an earlier version of the workflow did not keep it. */
  readonly author?: string;
  /** The latest answer of each gate; missing: none was asked. */
  readonly gates?: readonly GateReport[];
  /** Who has approved what gates ask; missing: nobody. */
  readonly approvals?: readonly Approval[];
  /**
   * How often somebody has said yes, which is what gates are asked anew for. Default: as many as there are approvals.
   */
  readonly yeses?: number;
  /** Keys of what webhooks were told of, or are being told; missing: nothing. */
  readonly told?: readonly string[];
  /** Ids of the links by which somebody has answered; missing: none. */
  readonly usedLinks?: readonly string[];
  /** Null or missing: nobody asks to go on in spite of windows. */
  readonly overrideAsked?: OverrideRequest | null;
  /** The latest that was confirmed; missing: none was. */
  readonly override?: Override;
  /** Since when the gates of the present place are asked; missing: none were. */
  readonly gatingSinceMs?: number;
  /** Why a gate refused before anything was touched; missing: none did. */
  readonly refusal?: string;
  /** The cooldown that was in force when the rollout was prepared. */
  readonly cooldown: Cooldown | null;
  /** Set while a gradual rollback goes down, and kept. */
  readonly ramp: Ramp | null;
  /** What was done after the restore, in order. */
  readonly actions: readonly ActionReport[];
  readonly verification: Verification | null;
  /** A second rollback by itself within a cooldown stops at 0 %, with the canary left for people to look at. */
  readonly parked: 'waiting' | 'released' | null;
  /** A rollback after the promotion that waits for a person's yes. */
  readonly asked: RollbackCause | null;
  /** A person wants to keep the promoted version: its checks decide nothing any more. */
  readonly kept: boolean;
  /** Counts effects that write to the data plane; part of every epoch. */
  readonly sequence: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Bounded; the oldest ordinary entries give way. */
  readonly timeline: readonly TimelineEntry[];
  readonly droppedEntries: number;
  /** So many lines of the story were handed to the companion that tells people; missing: it was not begun. */
  readonly toldLines?: number;
}
