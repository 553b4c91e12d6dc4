/** The parsed plan: fully defaulted, plain JSON, safe to keep in workflow history. */
import type { CheckConfig, StableCheck, ThresholdCheck } from '../analysis/types.ts';
import type { Artifact, GateConfig, StandingGate } from '../gates/types.ts';
import type { PlanNotices } from '../notify/types.ts';
import type { EventPolicy } from './event-policy.ts';

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
  /** From here on the soak may end early, once more of it would tell nothing. Absent: it never does. */
  readonly minSoakMs?: number;
  /** Time after the shift in which nothing is judged (cold caches). Comes before the soak. */
  readonly warmUpMs: number;
  readonly checks: readonly CheckConfig[];
  /** Whether a person must approve after the soak. */
  readonly approval: boolean;
  /** Whether that must be somebody else than who started the rollout. Absent: no. */
  readonly notAuthor?: boolean;
  /** Hard limit of the stage in real time, pauses included; strikes as a rollback. Null: only `maxDurationMs` binds. */
  readonly timeoutMs: number | null;
  /** The checks by which the stable version can be judged too; absent: those of `checks` that are thresholds. */
  readonly absolute?: readonly ThresholdCheck[];
  /** What must be open before the stage begins. Absent: nothing. */
  readonly gates?: readonly GateConfig[];
  /** Replaces the plan's for this stage. */
  readonly onFailure?: OnFailure;
  /**
   * Going back from here does harm (a migrated database): from here on a failure freezes, whatever `onFailure` says.
   */
  readonly irreversible?: boolean;
}

/** What a failure leads to by itself. `freeze`: the rollout stays as it is, people are paged, and a person decides. */
type OnFailure = 'rollback' | 'freeze';

interface AnalysisConfig {
  /** Time between two looks at the checks. */
  readonly intervalMs: number;
  /** What to do when a soak, extended once by its own length, still lacks conclusive passes. */
  readonly onInconclusive: 'hold' | 'rollback';
  /**
   * Version label of a fresh copy of stable, with as many users as the canary, to compare with. Absent: stable itself.
   */
  readonly baseline?: string;
}

/**
 * What cuts a canary off when its data plane does not obey. `flag-off`: a hook of the operator's is called.
 * `stop-canary`: its workload is stopped.
 */
export const secondMeans = ['flag-off', 'stop-canary'] as const;
export type SecondMeans = (typeof secondMeans)[number];

export const rollbackStrategies = ['immediate', 'gradual', 'phased', 'blue-green'] as const;
export type RollbackStrategy = (typeof rollbackStrategies)[number];

/** The canary's share goes down in `steps` equal steps, the last of which, to 0, is due before `overMs` is over. */
export interface RampConfig {
  readonly overMs: number;
  readonly steps: number;
}

/** What a phased rollback may do once traffic is home; `stop-traffic` is always first and never listed. */
export const actionKinds = ['drain', 'flag-off', 'webhook', 'command', 'scale-down'] as const;
export type ActionKind = (typeof actionKinds)[number];

export interface PhasedAction {
  /** `ready` is no choice of a plan: blue-green makes sure that the old version is up. */
  readonly action: ActionKind | 'ready';
  /** Name of the operator's hook; null where the action needs none. */
  readonly hook: string | null;
  readonly timeoutMs: number;
  /** Whether a failure ends the list. It never touches the restore, which has happened before. */
  readonly onFailure: 'continue' | 'stop';
}

/** After a restore the stable version is judged before anything is cleaned up. */
export interface VerifyConfig {
  /** Each judges one version by itself; a probe of health reaches the stable one. */
  readonly checks: readonly StableCheck[];
  /** So many looks in a row must pass. */
  readonly consecutive: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface RollbackConfig {
  /** From the decision to roll back until the canary's share reads 0. */
  readonly timeoutMs: number;
  readonly strategy: RollbackStrategy;
  /** Of `gradual`. */
  readonly ramp?: RampConfig;
  /** Of `phased`, in order. */
  readonly actions?: readonly PhasedAction[];
  /** Absent: nothing is judged after the restore. */
  readonly verify?: VerifyConfig;
  /** After a rollback no rollout of the target may begin for so long. Absent: 0. */
  readonly cooldownMs?: number;
  /** Whether a rollout that was forced into such a time may roll back by itself like any other. Absent: no. */
  readonly allowRepeat?: boolean;
  /** Whether a person must approve before a version that is promoted already is rolled back by itself. Absent: no. */
  readonly approval?: boolean;
  /** Tried in this order when half of `timeoutMs` is over and the canary does not read 0 yet. */
  readonly secondMeans: readonly SecondMeans[];
  /** Name of the operator's hook that `flag-off` among the second means calls. */
  readonly flagHook?: string;
  /** `read`: the data plane says 0. `count`: its request counters must stand still as well, where it has any. */
  readonly proof: 'read' | 'count';
}

export interface LeaseConfig {
  /** How long the canary may take traffic without renewal. */
  readonly ttlMs: number;
  /** How long `watch` goes on renewing without an answer from Temporal. Default: `ttlMs`. */
  readonly orphanGraceMs: number;
}

/** `stage`: one has begun. `rollback`: one begins. `post`: the rollout has ended, whatever its outcome. */
export const webhookEvents = ['stage', 'rollback', 'post'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Somebody who is told of what happens; nothing waits for the answer. */
export interface Webhook {
  /** Name of one of the operator's hooks. */
  readonly hook: string;
  readonly on: readonly WebhookEvent[];
  /** Of one try. */
  readonly timeoutMs: number;
  readonly tries: number;
}

/** Another target that must be in a certain state when the rollout is started. */
export interface Dependency {
  readonly service: string;
  readonly environment: string;
  /** What its last promoted rollout must have brought; null: anything. */
  readonly version: string | null;
  /** Whether no rollout of it may be under way. */
  readonly idle: boolean;
}

export interface Plan {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** Team or person whose service it is. Absent: the plan does not say. */
  readonly owner?: string;
  /** Absent: nothing. */
  readonly dependsOn?: readonly Dependency[];
  /**
   * Which policies it was checked against: a hash of all, and the names of those that bound it. Absent: there were
   * none.
   */
  readonly policies?: { readonly sha256: string; readonly names: readonly string[] };
  readonly traffic: ProviderChoice;
  readonly metrics: ProviderChoice;
  readonly workload: ProviderChoice;
  /** What gates look up. Absent: nothing is known. */
  readonly artifact?: Artifact;
  /** What must be open before anything is touched. Absent: nothing. */
  readonly gates?: readonly GateConfig[];
  /** What must stay open while the canary takes traffic. Absent: nothing. */
  readonly guards?: readonly StandingGate[];
  /** Absent: nobody is told. */
  readonly webhooks?: readonly Webhook[];
  /** At least one; each with at least one effective check. */
  readonly stages: readonly Stage[];
  readonly analysis: AnalysisConfig;
  readonly rollback: RollbackConfig;
  /** Absent: `rollback`. */
  readonly onFailure?: OnFailure;
  readonly lease: LeaseConfig;
  /** Hard limit of the whole rollout in real time, pauses included, from start to promotion. */
  readonly maxDurationMs: number;
  readonly onConflict: 'reject' | 'supersede';
  /** What to do when the data plane does not stay as it was set, after it was put right three times. */
  readonly drift: 'hold' | 'rollback';
  /** What events do that are posted to the rollout. */
  readonly events: EventPolicy;
  /** How long the old version stays warm after promotion, judged by the last stage's checks. 0: no watch. */
  readonly watchAfterMs: number;
  /**
   * Who is told beside those that the operator routes to. Absent: the operator has no notifiers, and nobody is told.
   */
  readonly notify?: PlanNotices;
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
