/** What happens to a rollout, and what its state asks of the outside in turn. */
import type { LinkClaim } from '../gates/approval-link.ts';
import type { GatePlace, GateReport } from '../gates/types.ts';
import type { PhasedAction, SecondMeans } from '../plan/types.ts';
import type { RampResult, Verification } from './back-types.ts';
import type { OutsideEvent } from './outside-event.ts';
import type { Arms, Cooldown, Phase } from './types.ts';
import type { WatchCarry, WatchMode, WatchResult } from './watch-types.ts';

/** `override` asks to go on in spite of windows, `confirm` is the second person's yes to that. */
export const commandNames = [
  'promote',
  'pause',
  'resume',
  'rollback',
  'approve',
  'reject',
  'override',
  'confirm',
] as const;
export type CommandName = (typeof commandNames)[number];

/**
 * How the rollout stood for whoever gives a command: if it does not any more, the command is refused. What is left out
 * may be anything.
 */
export interface Expectation {
  /** The rollout, by when it began. */
  readonly startedAtMs?: number;
  /** Index of the stage. */
  readonly stage?: number;
  readonly phase?: Phase;
  /** The question that is answered, as the status names it; of `confirm` the override. */
  readonly question?: string;
}

/** What a person or a machine asks of a running rollout; the payload of updates and signals alike. */
export interface CommandPayload {
  /** Who asks; set by the API from the authenticated user, else what the caller claims. */
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
  /** Only for `promote`: skip all further stages. */
  readonly full?: boolean;
  /**
   * Only for `rollback`. True: by the plan's strategy; false: at once. Default: an update is at once, and a signal goes
   * by the strategy.
   */
  readonly gradual?: boolean;
  /** Only for `override`: how long it is to count, such as `2h`. */
  readonly for?: string;
  /** For every command but `rollback`, which is never refused. */
  readonly expect?: Expectation;
  /** Only for `approve` and `reject`: the link by which the answer came. */
  readonly link?: LinkClaim;
}

export interface Command extends CommandPayload {
  readonly name: CommandName;
}

/** What happened; commands come from people, the rest from effects and timers. */
export type RolloutEvent =
  | { readonly kind: 'command'; readonly command: Command; readonly via: 'update' | 'signal' }
  | { readonly kind: 'malformed'; readonly message: string; readonly name: string }
  | { readonly kind: 'outside'; readonly event: OutsideEvent }
  | { readonly kind: 'cancelled' }
  /** Webhooks that are being told; by key. */
  | { readonly kind: 'telling'; readonly keys: readonly string[] }
  | { readonly kind: 'told'; readonly hook: string; readonly about: string; readonly problem: string | null }
  | {
      readonly kind: 'prepared';
      readonly arms: Arms;
      readonly epochBase: number;
      readonly note: string | null;
      readonly cooldown?: Cooldown | null;
      /** What is wrong with the version to which a rollback would go; null: nothing was found. */
      readonly stableProblem?: string | null;
    }
  | { readonly kind: 'gated'; readonly place: GatePlace; readonly reports: readonly GateReport[] }
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
  /** Only while no traffic depends on it. */
  | { readonly kind: 'gate'; readonly key: string; readonly place: GatePlace }
  | { readonly kind: 'prepare'; readonly key: string }
  | { readonly kind: 'shift'; readonly key: string; readonly stage: number }
  | {
      readonly kind: 'watch';
      readonly key: string;
      readonly stage: number;
      readonly mode: WatchMode;
      /** Gates that the watch asks as well. */
      readonly gates?: GatePlace;
    }
  | { readonly kind: 'promote'; readonly key: string }
  | { readonly kind: 'ramp'; readonly key: string; readonly stage: number }
  | { readonly kind: 'restore'; readonly key: string }
  | { readonly kind: 'act'; readonly key: string; readonly action: PhasedAction }
  | { readonly kind: 'verify'; readonly key: string }
  /** Nothing is done until a person says something, or until `untilMs`. */
  | { readonly kind: 'rest'; readonly key: string; readonly untilMs: number | null }
  | { readonly kind: 'clean'; readonly key: string }
  | { readonly kind: 'none'; readonly key: string };
