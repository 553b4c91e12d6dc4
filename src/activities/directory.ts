/** Rollouts and emergencies as Temporal knows them, for activities that look beyond their own workflow. */
import type { Blocking } from '../domain/emergency/block.ts';
import type { Plan, TargetId } from '../domain/plan/types.ts';
import type { RolloutInput } from '../domain/rollout/names.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { CommandName, CommandPayload, Outcome } from '../domain/rollout/types.ts';

/** One run of a rollout. Everything but `running` may lag a little when it comes from a list. */
export interface FoundRollout {
  readonly target: TargetId;
  readonly runId: string;
  readonly running: boolean;
  readonly phase: string | null;
  readonly outcome: Outcome | null;
  /** Where its traffic is steered; null: it was started by something that keeps no memo. */
  readonly traffic: { readonly name: string; readonly options: Readonly<Record<string, unknown>> } | null;
  /** The emergency that started it; null: none did. */
  readonly emergency: string | null;
}

/** Every call is bounded in time and throws `temporal-unavailable`. Lists come from visibility, which lags. */
export interface Directory {
  running(): Promise<readonly FoundRollout[]>;
  /** The latest run of every target, ended or not. */
  latest(): Promise<readonly FoundRollout[]>;
  /** The latest run of the target, without lag; null: none is known. */
  find(target: TargetId): Promise<FoundRollout | null>;
  /** The target's latest runs, newest first. */
  runs(target: TargetId): Promise<readonly FoundRollout[]>;
  /** What the run began with; null: no plan of ours. */
  planOf(found: FoundRollout): Promise<Plan | null>;
  /** What the run left as its result; null: it ended without one. */
  resultOf(found: FoundRollout): Promise<RolloutStatus | null>;
  /** False: no rollout of the target runs. */
  tell(target: TargetId, name: CommandName, payload: CommandPayload): Promise<boolean>;
  /** False: a rollout of the target runs. */
  start(input: RolloutInput, emergency: string): Promise<boolean>;
  /** The open emergency that forbids the run to begin; null: none does, or one of them started it. */
  forbids(target: TargetId, runId: string): Promise<Blocking | null>;
}
