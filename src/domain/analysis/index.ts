/**
 * The registry of check kinds that judge each look by itself: a new kind is one file `judge-x.ts` and one line here.
 * Counters are judged over all looks together, see `counts-verdict.ts`.
 */
import type { CountsCheck } from './counts-check.ts';
import { judgeAlert } from './judge-alert.ts';
import { judgeAnomaly } from './judge-anomaly.ts';
import { judgeBaseline } from './judge-baseline.ts';
import { judgeComposite } from './judge-composite.ts';
import { judgeErrorBudget } from './judge-error-budget.ts';
import { judgeHealth } from './judge-health.ts';
import { judgeSeries } from './judge-series.ts';
import { judgeThreshold } from './judge-threshold.ts';
import { judgeTrend } from './judge-trend.ts';
import type { CheckConfig, Reading, Verdict } from './types.ts';

/** A check that judges each look by itself. */
export type LookCheck = Exclude<CheckConfig, CountsCheck>;
type CheckKindName = LookCheck['kind'];

type ConfigOf<K extends CheckKindName> = Extract<LookCheck, { kind: K }>;

/** `judge` is pure: the same readings always give the same verdict. */
interface CheckKind<K extends CheckKindName> {
  readonly kind: K;
  /** Whether the stable arm must be measured too. */
  readonly needsStable: boolean;
  readonly judge: (config: ConfigOf<K>, canary: Reading, stable: Reading | null, atMs: number) => Verdict;
}

export const checkKinds: { readonly [K in CheckKindName]: CheckKind<K> } = {
  threshold: { kind: 'threshold', needsStable: false, judge: judgeThreshold },
  baseline: { kind: 'baseline', needsStable: true, judge: judgeBaseline },
  series: { kind: 'series', needsStable: true, judge: judgeSeries },
  trend: { kind: 'trend', needsStable: false, judge: judgeTrend },
  anomaly: { kind: 'anomaly', needsStable: true, judge: judgeAnomaly },
  errorBudget: { kind: 'errorBudget', needsStable: false, judge: judgeErrorBudget },
  composite: { kind: 'composite', needsStable: false, judge: judgeComposite },
  health: { kind: 'health', needsStable: false, judge: judgeHealth },
  alert: { kind: 'alert', needsStable: false, judge: judgeAlert },
};

/** Judges one look by the check's own kind. */
export function judge(config: LookCheck, canary: Reading, stable: Reading | null, atMs: number): Verdict {
  return kindOf(config).judge(config, canary, stable, atMs);
}

export function needsStable(config: LookCheck): boolean {
  return checkKinds[config.kind].needsStable;
}

function kindOf<K extends CheckKindName>(config: ConfigOf<K>): CheckKind<K> {
  return checkKinds[config.kind as K];
}
