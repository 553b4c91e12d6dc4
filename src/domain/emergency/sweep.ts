/** What the workflow of an emergency and its activities say to each other: plain JSON throughout. */
import type { TargetId } from '../plan/types.ts';
import type { Outcome } from '../rollout/types.ts';
import type { EmergencyOrder, TargetRecord } from './types.ts';

/** What one sweep found of one target. */
export interface TargetLook {
  readonly target: TargetId;
  readonly traffic: string | null;
  readonly runId: string | null;
  readonly told: boolean;
  readonly promoted: boolean;
  /** The data plane reads as it should. */
  readonly good: boolean;
  /** Nothing runs any more that could change it. */
  readonly done: boolean;
  readonly left: boolean;
  readonly reason: string | null;
  readonly version: string | null;
  /** A rollout to the wanted version was started now. */
  readonly switched: boolean;
}

/** One run of a rollout. Everything but `running` may lag a little when it comes from a list. */
export interface FoundRollout {
  readonly target: TargetId;
  readonly runId: string;
  readonly running: boolean;
  readonly phase: string | null;
  readonly outcome: Outcome | null;
  readonly startedAtMs: number;
  /** Null: it runs. */
  readonly endedAtMs: number | null;
  /** Where its traffic is steered; null: it was started by something that keeps no memo. */
  readonly traffic: { readonly name: string; readonly options: Readonly<Record<string, unknown>> } | null;
  /** The emergency that started it; null: none did. */
  readonly emergency: string | null;
}

type Known = Pick<TargetRecord, 'target' | 'runId' | 'told' | 'promoted' | 'switchedAtMs'>;

export interface FindInput {
  readonly order: EmergencyOrder;
  readonly openedAtMs: number;
  /** Targets that are not settled yet. */
  readonly open: readonly Known[];
  /** Runs that are settled: not to be told again. */
  readonly settledRuns: readonly string[];
}

export interface FindResult {
  readonly found: readonly FoundRollout[];
  /** Targets about which Temporal said nothing, and why. */
  readonly unseen: readonly { readonly target: TargetId; readonly reason: string }[];
  /** Words of the scope of which no rollout is known; those with stars may be missing. */
  readonly unknown: readonly string[];
  /** Data planes behind which everything is stopped, and no canary runs any more. */
  readonly idle: readonly string[];
  /** Why the rollouts could not be listed, all of them; null: they could. */
  readonly problem: string | null;
}

/** A rollout with what earlier sweeps know of its target. */
export interface Subject {
  readonly found: FoundRollout;
  readonly record: Known | null;
}

export interface SweepInput {
  readonly order: EmergencyOrder;
  readonly subjects: readonly Subject[];
  readonly idle: readonly string[];
}

export interface SweepResult {
  readonly looks: readonly TargetLook[];
  /** Data planes whose stop of everything was released, so that older versions can come back. */
  readonly released: readonly string[];
}

/** What the workflow has done for it; on the queue of short traffic writes. */
export interface EmergencyActivities {
  /** An activity of its own, so that what was found is not lost with a worker that dies over the sweep. */
  find(input: FindInput): Promise<FindResult>;
  sweep(input: SweepInput): Promise<SweepResult>;
  /**
   * Lets the emergency's stop of everything behind these data planes go; returns what stays stopped, with the reason.
   */
  releasePlanes(
    names: readonly string[],
    id?: string,
  ): Promise<readonly { traffic: string; problem: string }[]>;
}
