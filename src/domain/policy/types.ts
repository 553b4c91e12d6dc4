/** Policies of the operator: what plans of some environments and services must have. Plain JSON throughout. */
import type { CheckConfig } from '../analysis/types.ts';
import type { Problem } from '../errors.ts';
import type { GateConfig, StandingGate } from '../gates/types.ts';
import type { Plan, RollbackStrategy, SecondMeans } from '../plan/types.ts';
import type { Bounds, Reach } from './bounds.ts';

export interface Policy {
  readonly name: string;
  /** Told to whoever is refused. */
  readonly reason: string;
  /** `mandatory`: what does not fit is refused. `advisory`: it is a warning. */
  readonly level: 'mandatory' | 'advisory';
  /** Names, or beginnings of names with `*` after them; null: all. */
  readonly environments: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly require: PolicyRules;
  /** Gates that every plan which the policy binds gets, whatever it says itself. */
  readonly mandate: { readonly gates: readonly GateConfig[]; readonly guards: readonly StandingGate[] };
}

/** What an artifact may have to name; `digest` is that of its image. */
export const artifactParts = ['image', 'digest', 'repository', 'commit'] as const;
export type ArtifactPart = (typeof artifactParts)[number];

/**
 * A check that has all of what is named here. A name alone says little: what a check of that name asks is the plan's.
 */
export interface WantedCheck {
  readonly name?: string;
  readonly kind?: CheckConfig['kind'];
  /** The health instance that it asks. */
  readonly probe?: string;
  /** The alerts instance that it asks. */
  readonly source?: string;
}

/** Each rule that is there binds. */
export interface PolicyRules {
  /** Instances that must be among the plan's `gates`. */
  readonly gates?: readonly string[];
  readonly guards?: readonly string[];
  /** Checks that every stage must have. */
  readonly checks?: readonly WantedCheck[];
  readonly maxFirstWeight?: number;
  /** Points by which the share may grow at once, up to all users. */
  readonly maxStep?: number;
  /** Largest share before all users get the version. */
  readonly maxWeight?: number;
  /**
   * Headers by which a stage may take users, whatever its share; the header is what keeps the others out. Empty: none.
   */
  readonly matchHeaders?: readonly string[];
  /** A person must be asked, after a stage or by a gate. */
  readonly approval?: boolean;
  /** Whoever starts the rollout may give none of its approvals. */
  readonly notAuthor?: boolean;
  readonly minStages?: number;
  readonly minSoakMs?: number;
  readonly minWatchAfterMs?: number;
  readonly maxRollbackTimeoutMs?: number;
  readonly maxLeaseMs?: number;
  readonly maxDurationMs?: number;
  /** One of them at least. */
  readonly secondMeans?: readonly SecondMeans[];
  readonly strategies?: readonly RollbackStrategy[];
  readonly proof?: 'count';
  readonly verify?: boolean;
  readonly artifact?: readonly ArtifactPart[];
  readonly traffic?: readonly string[];
  readonly metrics?: readonly string[];
  readonly workload?: readonly string[];
  /** The plan must say whose it is. */
  readonly owner?: boolean;
  /** Warnings refuse. */
  readonly strict?: boolean;
}

/** All policies of an operator, and a hash by which it can be told later which they were. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly sha256: string;
}

/** What is known of a target that a plan depends on. */
export interface Standing {
  /** The version of its last rollout that ended promoted; null: none is known. */
  readonly promoted: string | null;
  /** The version that is being rolled out; null: none is. */
  readonly rolling: string | null;
}

/** What a plan is examined with. */
export interface Examination {
  readonly set: PolicySet;
  /** What targets are like that the plan depends on. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** What was found while the plan was read. */
  readonly warnings: readonly Problem[];
  readonly strict: boolean;
  /** What the instances give whose plans; default: nothing is bound. */
  readonly bounds?: Bounds;
  /** How far the sender's own rights go. */
  readonly reach: Reach;
}

export interface Examined {
  /** As it will run: with the gates that policies mandate, and what it was checked against. */
  readonly plan: Plan;
  /** Empty: it may begin. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What would make it safer; never refuses. */
  readonly recommendations: readonly Problem[];
}
