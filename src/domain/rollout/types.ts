/** The state of a rollout, its events and what it asks of the outside: plain JSON throughout. */
import type { CheckRecord, Verdict } from '../analysis/types.ts';
import type { PhasedAction, Plan, SecondMeans } from '../plan/types.ts';
import type { OutsideEvent } from './outside-event.ts';

export type Phase =
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
  | 'rolled-back';

export const terminalPhases = ['promoted', 'rolled-back'] as const satisfies readonly Phase[];
export type Outcome = (typeof terminalPhases)[number];

export const commandNames = ['promote', 'pause', 'resume', 'rollback', 'approve', 'reject'] as const;
export type CommandName = (typeof commandNames)[number];

/** What a person or a machine asks of a running rollout; the payload of updates and signals alike. */
export interface CommandPayload {
  /** Who asks; set by the API from the authenticated user, else what the caller claims. */
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
  /** Only for `promote`: skip all further stages. */
  readonly full?: boolean;
}

export interface Command extends CommandPayload {
  readonly name: CommandName;
}

/** What ended a `watch`, and the evidence that it leaves to the next one. */
export interface WatchResult {
  readonly ending: WatchEnding;
  readonly carry: WatchCarry;
  /** Bounded: the verdicts of the last looks, newest last. */
  readonly verdicts: readonly Verdict[];
}

export type WatchEnding =
  | { readonly kind: 'soaked' }
  | { readonly kind: 'failed'; readonly check: string; readonly reason: string }
  /** A check fails, and the stable version is worse by the same check. */
  | { readonly kind: 'stable-worse'; readonly check: string; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string }
  /** Something that both versions need is down: going back would not mend it, going on would prove nothing. */
  | { readonly kind: 'obstructed'; readonly check: string; readonly reason: string }
  /** What held the stage is healthy again. */
  | { readonly kind: 'recovered'; readonly reason: string }
  | { readonly kind: 'conclusive'; readonly reason: string }
  | { readonly kind: 'drifted'; readonly reason: string }
  | { readonly kind: 'moved'; readonly reason: string }
  /** The clocks of worker and data plane are too far apart: said once, and watched on. */
  | { readonly kind: 'skewed'; readonly reason: string }
  | { readonly kind: 'lapsed'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'fenced'; readonly reason: string }
  | { readonly kind: 'interrupted' };

/** The evidence of a stage, handed from one `watch` to the next. */
export interface WatchCarry {
  /** Watched time since the shift, warm-up included, pauses excluded. */
  readonly watchedMs: number;
  /** Whether the soak has been extended already. */
  readonly extended: boolean;
  readonly checks: readonly CheckRecord[];
  /** How often drift was reasserted in this stage. */
  readonly reasserted: number;
  readonly looks: number;
  /** Requests that the data plane sent to the canary while it was watched in this stage; null: it does not count. */
  readonly canaryRequests: number | null;
  /** That the clocks are too far apart has been said. */
  readonly skewSaid?: boolean;
}

export const emptyCarry: WatchCarry = {
  watchedMs: 0,
  extended: false,
  checks: [],
  reasserted: 0,
  looks: 0,
  canaryRequests: null,
};

export type TimelineKind =
  | 'started'
  | 'prepared'
  | 'shifted'
  | 'stage-passed'
  | 'stage-extended'
  | 'check-failed'
  | 'held'
  | 'released'
  | 'command'
  | 'command-refused'
  | 'event'
  | 'message-malformed'
  | 'approval-asked'
  | 'clock-skewed'
  | 'limit-near'
  | 'limit-struck'
  | 'promoting'
  | 'promoted'
  | 'restore-started'
  | 'ramp'
  | 'second-means'
  | 'restore-late'
  | 'restored'
  | 'action-started'
  | 'action-ended'
  | 'verified'
  | 'cleaned'
  | 'clean-up-failed'
  | 'rolled-back'
  | 'finished';

/** One line of the rollout's story. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly kind: TimelineKind;
  readonly text: string;
  readonly stage: number | null;
  readonly actor: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface StageReport {
  readonly name: string;
  readonly weightPercent: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly plannedMs: number;
  readonly ending: WatchEnding['kind'] | 'promoted-by-hand' | 'rolled-back' | null;
  readonly checks: readonly CheckRecord[];
  /** Requests that reached the canary while the stage was watched; null: not counted. */
  readonly canaryRequests: number | null;
}

/** What a record keeps of an event from outside. */
export type EventFacts = Pick<OutsideEvent, 'id' | 'type' | 'severity' | 'title' | 'source'>;

export interface RollbackCause {
  readonly kind:
    | 'check'
    | 'command'
    | 'cancel'
    | 'limit'
    | 'lapse'
    | 'drift'
    | 'stop'
    | 'fenced'
    | 'inconclusive'
    | 'failure'
    | 'rejected'
    | 'event';
  readonly reason: string;
  readonly actor: string | null;
  readonly atMs: number;
  /** The event from outside that was the cause. */
  readonly event?: EventFacts;
}

/**
 * Why a rollout is held. `dependency`: something that both versions need is down. `event`: an event from outside asked for
 * a person. `failure`: it is frozen. `sick-stable`: there is nothing better to go back to.
 */
export type HoldKind = 'inconclusive' | 'drift' | 'dependency' | 'event' | 'failure' | 'sick-stable';

export interface Hold {
  readonly reason: string;
  readonly kind: HoldKind;
  /** Drift was found too often while the rollout was held for something else, and is only reported. */
  readonly drifted?: boolean;
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
  /** `rollback.timeout` has passed before the data plane read 0: people were told, and the ladder has no step left. */
  readonly restoreLate: boolean;
  /** Where this rollout's epochs begin; higher than any epoch seen on the target. */
  readonly epochBase: number;
  readonly restoredAtMs: number | null;
  readonly force: Force | null;
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
}

/** What happened; commands come from people, the rest from effects and timers. */
export type RolloutEvent =
  | { readonly kind: 'command'; readonly command: Command; readonly via: 'update' | 'signal' }
  | { readonly kind: 'malformed'; readonly message: string; readonly name: string }
  | { readonly kind: 'outside'; readonly event: OutsideEvent }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'prepared';
      readonly arms: Arms;
      readonly epochBase: number;
      readonly note: string | null;
      readonly cooldown?: Cooldown | null;
      /** What is wrong with the version to which a rollback would go; null: nothing was found. */
      readonly stableProblem?: string | null;
    }
  | { readonly kind: 'shifted'; readonly readWeightPercent: number }
  | { readonly kind: 'watched'; readonly result: WatchResult }
  /** What a `watch` that nobody waits for any more hands in late: evidence, no decision. */
  | { readonly kind: 'evidence'; readonly stage: number; readonly result: WatchResult }
  | { readonly kind: 'promoted' }
  /** The data plane forbids going on: a stop stands there, or the lease has lapsed. */
  | { readonly kind: 'blocked'; readonly cause: 'stop' | 'lapse'; readonly reason: string }
  | { readonly kind: 'restored'; readonly attempts: number; readonly tookMs: number }
  | { readonly kind: 'cut-off'; readonly means: SecondMeans; readonly problem: string | null }
  | { readonly kind: 'restore-late'; readonly reason: string }
  | { readonly kind: 'unsafe'; readonly reason: string }
  | { readonly kind: 'ramped'; readonly result: RampResult }
  | { readonly kind: 'acting' }
  | { readonly kind: 'acted'; readonly problem: string | null }
  | {
      readonly kind: 'verified';
      readonly result: Verification['result'];
      readonly reason: string;
      readonly looks: number;
    }
  /** A parked rollback has waited long enough. */
  | { readonly kind: 'rested' }
  | { readonly kind: 'cleaned'; readonly problem: string | null }
  | {
      readonly kind: 'failed';
      readonly step: string;
      readonly reason: string;
      /** What a watch last knew, if it was one that failed. */
      readonly carry: WatchCarry | null;
    }
  | { readonly kind: 'limit'; readonly scope: 'stage' | 'rollout'; readonly near: boolean };

/**
 * What the state asks of the outside, one thing at a time. `key` changes when the work changes, so a running effect
 * whose key is no longer asked for is obsolete.
 */
export type Effect =
  | { readonly kind: 'prepare'; readonly key: string }
  | { readonly kind: 'shift'; readonly key: string; readonly stage: number }
  | { readonly kind: 'watch'; readonly key: string; readonly stage: number; readonly mode: WatchMode }
  | { readonly kind: 'promote'; readonly key: string }
  | { readonly kind: 'ramp'; readonly key: string; readonly stage: number }
  | { readonly kind: 'restore'; readonly key: string }
  | { readonly kind: 'act'; readonly key: string; readonly action: PhasedAction }
  | { readonly kind: 'verify'; readonly key: string }
  /** Nothing is done until a person says something, or until `untilMs`. */
  | { readonly kind: 'rest'; readonly key: string; readonly untilMs: number | null }
  | { readonly kind: 'clean'; readonly key: string }
  | { readonly kind: 'none'; readonly key: string };

/** `soak`: ends when the soak is over. `hold`: ends when evidence is conclusive. `wait`: ends only by a failure. `after`: a soak without lease, after promotion. */
export type WatchMode = 'soak' | 'hold' | 'wait' | 'after';

/**
 * What a watch lets pass. `kept`: a failed check does not end it. `frozen`: nor does its clock. `stable-worse`: as frozen,
 * as long as the stable version is worse.
 */
export type Leniency = 'kept' | 'frozen' | 'stable-worse';
