/** What Sluice needs from whatever runs the service's versions. */
import type { z } from 'zod';
import type { TargetId } from '../../domain/plan/types.ts';
import type { SlotInstances } from '../../domain/rollout/instances.ts';
import type { Rights } from '../kube/rights.ts';
import type { Slot } from '../traffic/types.ts';

export interface WorkloadTarget {
  readonly id: TargetId;
  /** The plan's options for this provider, validated. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * All calls are idempotent. `epoch` orders starts and stops of one slot, whenever they come about: one whose epoch is
 * lower than a slot has seen changes nothing and is refused as `workload-fenced`; without an epoch nothing is refused.
 * Errors: `workload-unready`, `workload-config`, `workload-fenced`, `workload-unavailable` (retryable),
 * `cluster-forbidden`.
 */
export interface WorkloadProvider {
  /**
   * The slot that a version ends up in: after a promotion it is started there too, and traffic moves. Absent: slots are
   * equal.
   */
  readonly home?: Slot;
  /** The version that runs in the slot; null: none, or not known. */
  versionIn(target: WorkloadTarget, slot: Slot, signal?: AbortSignal): Promise<string | null>;
  /** Runs `version` in `slot` and returns when it is ready for traffic. `progress` is called with one line per step. */
  start(
    target: WorkloadTarget,
    slot: Slot,
    version: string,
    signal: AbortSignal,
    progress: (line: string) => void,
    epoch?: number,
  ): Promise<void>;
  /**
   * Makes what runs in the slot big enough for that share of the traffic; never smaller. With `wait` it returns when it
   * is, or fails as `workload-unavailable` after some seconds; without, as soon as it is asked for.
   */
  makeRoom?(
    target: WorkloadTarget,
    slot: Slot,
    sharePercent: number,
    how: { readonly signal: AbortSignal; readonly epoch: number; readonly wait: boolean },
  ): Promise<void>;
  /** The operator's hook that has to be called before `start` finds another version in the slot; null: none. */
  hookFor?(target: WorkloadTarget, slot: Slot): string | null;
  /** What runs in the slot, such as its pods, for people to see. Absent: the provider does not know. */
  instancesIn?(target: WorkloadTarget, slot: Slot, signal: AbortSignal): Promise<SlotInstances>;
  /** Stops what runs in the slot; only called when no traffic can arrive there. */
  stop(target: WorkloadTarget, slot: Slot, signal?: AbortSignal, epoch?: number): Promise<void>;
  close(): Promise<void>;
}

export interface WorkloadProviderType {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType<Record<string, unknown>>;
  readonly settings: z.ZodType<Record<string, unknown>>;
  /** What it needs to be allowed on a Kubernetes cluster; absent: it has nothing to do with one. */
  readonly rights?: Rights;
  /** Names of the operator's hooks that a plan's options speak of. */
  readonly hooksIn?: (options: Readonly<Record<string, unknown>>) => readonly string[];
  /** Options that name objects of a cluster, beside `namespace`; absent: plans choose none. */
  readonly naming?: readonly string[];
  create(settings: Record<string, unknown>): WorkloadProvider;
}
