/** What a backtest is asked, and what it answers. */
import type { LookPoint } from '../domain/analysis/look-point.ts';
import type { CheckConfig, VerdictKind } from '../domain/analysis/types.ts';
import type { Plan } from '../domain/plan/types.ts';

export interface BacktestRequest {
  /** Its version is the canary. */
  readonly plan: Plan;
  readonly stableVersion: string;
  /** The rollout begins here, epoch milliseconds. */
  readonly fromMs: number;
  /** What is measured after this is not looked at. */
  readonly toMs: number;
  /** Only this stage, the first is 1; null: all, one after the other. */
  readonly stage: number | null;
  /** The canary's share in that time, percent, where it was not that of the stages; null: it was. */
  readonly sharePercent: number | null;
}

/** One look of one check, small enough to keep all of them. */
export interface BacktestPoint extends LookPoint {
  /** Evidence against `no worse`, of checks that count; null: others. */
  readonly eValue: number | null;
}

export interface BacktestCheck {
  readonly name: string;
  readonly kind: CheckConfig['kind'];
  readonly unit: string;
  readonly looks: Readonly<Record<VerdictKind, number>>;
  readonly firstFailureMs: number | null;
  /** What the last look said. */
  readonly last: { readonly kind: VerdictKind; readonly reason: string } | null;
  readonly points: readonly BacktestPoint[];
}

export interface FirstFailure {
  readonly check: string;
  readonly reason: string;
  readonly atMs: number;
  /** Looks of the stage until then, this one included. */
  readonly looks: number;
}

export interface BacktestStage {
  readonly name: string;
  readonly weightPercent: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** As a rollout's own report says it: `soaked`, `rolled-back`, …; null: it was still under way. */
  readonly ending: string | null;
  /** How often all its checks were looked at. */
  readonly looks: number;
  readonly firstFailure: FirstFailure | null;
  readonly checks: readonly BacktestCheck[];
}

/** `passed`: the one stage that was asked for. `unfinished`: history, or what a backtest may take, was over before. */
type BacktestOutcomeKind = 'rolled-back' | 'held' | 'promoted' | 'passed' | 'unfinished';

export interface Backtest {
  /** `environment/service`. */
  readonly target: string;
  readonly canary: string;
  readonly stable: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly outcome: {
    readonly kind: BacktestOutcomeKind;
    readonly atMs: number;
    /** Since the rollout would have begun. */
    readonly afterMs: number;
    readonly reason: string;
  };
  readonly looks: number;
  readonly stages: readonly BacktestStage[];
  /** What happened, in the words of a rollout's own timeline. */
  readonly timeline: readonly { readonly atMs: number; readonly kind: string; readonly text: string }[];
  /** What the backtest could not do as a rollout does it. */
  readonly notes: readonly string[];
}
