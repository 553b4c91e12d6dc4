/** A plan in the making: values with the places that they came from, until everything is known. */
import type { Mapping } from '../plan/document/read.ts';

export interface Sourced<T> {
  readonly value: T;
  /** A field of the object, or a sentence. */
  readonly from: string;
}

export interface CheckDraft {
  readonly name: string;
  /** As it stands in the plan; with `preset`, or from scratch. */
  readonly entry: Mapping;
  readonly from: string;
  /** How often it was asked; null: once, or not said. */
  readonly intervalMs: number | null;
}

/** A gate of type `webhook`, whose address belongs to the operator. */
export interface GateDraft {
  readonly name: string;
  readonly from: string;
}

export interface StageDraft {
  readonly name: string | null;
  readonly weight: number;
  readonly match: { readonly header: string; readonly value: string } | null;
  readonly warmUpMs: number;
  readonly soakMs: number;
  readonly approval: boolean;
  /** Absent: none. */
  readonly gates?: readonly GateDraft[];
  /** Null: those of the plan. */
  readonly checks: readonly CheckDraft[] | null;
  readonly from: readonly string[];
}

/** A provider and its options. Without `options` its name alone is written. */
export interface ProviderDraft {
  readonly provider: string;
  readonly options: Mapping;
  readonly from: string;
}

/** What a strategy of Argo says of a plan. */
export type StrategyDraft = Pick<
  PlanDraft,
  'traffic' | 'checks' | 'stages' | 'interval' | 'watchAfter' | 'blueGreen'
> & {
  /** Null: as many as the share asks for. */
  readonly replicas: number | null;
};

export interface PlanDraft {
  readonly service: Sourced<string>;
  readonly environment: Sourced<string>;
  readonly version: Sourced<string>;
  readonly traffic: ProviderDraft;
  readonly workload: ProviderDraft;
  /** Before anything; absent: none. */
  readonly gates?: readonly GateDraft[];
  /** All the time; absent: none. */
  readonly guards?: readonly GateDraft[];
  /** Empty: the foreign object has none that a plan could have. */
  readonly checks: readonly CheckDraft[];
  readonly stages: readonly StageDraft[];
  /** Null: the default. */
  readonly interval: Sourced<number> | null;
  readonly watchAfter: Sourced<number> | null;
  readonly blueGreen: boolean;
}
