/** The parsed plan: fully defaulted, plain JSON, safe to keep in workflow history. */
import type { CheckConfig } from '../analysis/types.ts';

/** A provider chosen by the plan. `name` is an instance in the operator's configuration. */
export interface ProviderChoice {
  readonly name: string;
  /** What the plan may set for this target, already validated by the provider's own schema. Never secrets. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Requests that carry `header: value` go to the canary, whatever their share. */
export interface HeaderMatch {
  readonly header: string;
  readonly value: string;
}

export interface Stage {
  /** Shown to people; `10%` or `internal users` when the plan names none. */
  readonly name: string;
  /** Share of ordinary requests, percent, 0 to 100. A header-match stage may have 0. */
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
  /** Watched time that the stage must survive after its warm-up. */
  readonly soakMs: number;
  /** Time after the shift in which nothing is judged (cold caches). Comes before the soak. */
  readonly warmUpMs: number;
  readonly checks: readonly CheckConfig[];
  /** Whether a person must approve after the soak. */
  readonly approval: boolean;
  /** Hard limit of the stage in real time, pauses included; strikes as a rollback. Null: only `maxDurationMs` binds. */
  readonly timeoutMs: number | null;
}

export interface AnalysisConfig {
  /** Time between two looks at the checks. */
  readonly intervalMs: number;
  /** What to do when a soak, extended once by its own length, still lacks conclusive passes. */
  readonly onInconclusive: 'hold' | 'rollback';
}

/** What cuts a canary off when its data plane does not obey. `stop-canary`: its workload is stopped. */
export const secondMeans = ['stop-canary'] as const;
export type SecondMeans = (typeof secondMeans)[number];

export interface RollbackConfig {
  /** From the decision to roll back until the canary's share reads 0. */
  readonly timeoutMs: number;
  readonly strategy: 'immediate';
  /** Tried in this order when half of `timeoutMs` is over and the canary does not read 0 yet. */
  readonly secondMeans: readonly SecondMeans[];
  /** `read`: the data plane says 0. `count`: its request counters must stand still as well, where it has any. */
  readonly proof: 'read' | 'count';
}

export interface LeaseConfig {
  /** How long the canary may take traffic without renewal. */
  readonly ttlMs: number;
  /** How long `watch` goes on renewing without an answer from Temporal. Default: `ttlMs`. */
  readonly orphanGraceMs: number;
}

export interface Plan {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly traffic: ProviderChoice;
  readonly metrics: ProviderChoice;
  readonly workload: ProviderChoice;
  /** At least one; each with at least one effective check. */
  readonly stages: readonly Stage[];
  readonly analysis: AnalysisConfig;
  readonly rollback: RollbackConfig;
  readonly lease: LeaseConfig;
  /** Hard limit of the whole rollout in real time, pauses included, from start to promotion. */
  readonly maxDurationMs: number;
  readonly onConflict: 'reject' | 'supersede';
  /** What to do when the data plane does not stay as it was set, after it was put right three times. */
  readonly drift: 'hold' | 'rollback';
  /** How long the old version stays warm after promotion, judged by the last stage's checks. 0: no watch. */
  readonly watchAfterMs: number;
}

/** `environment/service`: what is rolled out where. */
export type TargetId = string;

export function targetOf(plan: Pick<Plan, 'environment' | 'service'>): TargetId {
  return `${plan.environment}/${plan.service}`;
}

/** The id of the workflow that is the target's lock. */
export function workflowIdOf(target: TargetId): string {
  return `rollout/${target}`;
}
