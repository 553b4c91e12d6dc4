/** How a watch ends, the evidence that one hands to the next, and what it lets pass. */
import type { CheckRecord, Verdict } from '../analysis/types.ts';
import type { GatePlace, GateReport } from '../gates/types.ts';
import type { WatchSeries } from './series.ts';

/** What ended a `watch`, and the evidence that it leaves to the next one. */
export interface WatchResult {
  readonly ending: WatchEnding;
  readonly carry: WatchCarry;
  /** Bounded: the verdicts of the last looks, newest last. */
  readonly verdicts: readonly Verdict[];
  /** For charts: of all its looks, thinned. Absent: the watch is of a version that kept none. */
  readonly series?: WatchSeries;
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
  /** The gates before the next stage have answered. */
  | { readonly kind: 'gated'; readonly place: GatePlace; readonly reports: readonly GateReport[] }
  /** A gate that must stay open has refused. */
  | {
      readonly kind: 'guarded';
      readonly gate: string;
      readonly reason: string;
      readonly onRefuse: 'hold' | 'rollback';
      readonly reports: readonly GateReport[];
    }
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

/**
 * `soak`: ends when the soak is over. `hold`: ends when evidence is conclusive. `wait`: ends only by a failure.
 * `after`: a soak without lease, after promotion.
 */
export type WatchMode = 'soak' | 'hold' | 'wait' | 'after';

/**
 * What a watch lets pass. `kept`: a failed check does not end it. `frozen`: nor does its clock. `stable-worse`: as
 * frozen, as long as the stable version is worse.
 */
export type Leniency = 'kept' | 'frozen' | 'stable-worse';
