/** Rollouts and emergencies as Temporal knows them, for activities that look beyond their own workflow. */
import type { Blocking } from '../domain/emergency/block.ts';
import type { FoundRollout } from '../domain/emergency/sweep.ts';
import type { Plan, TargetId } from '../domain/plan/types.ts';
import type { RolloutInput } from '../domain/rollout/names.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { CommandName, CommandPayload } from '../domain/rollout/types.ts';

/** Every call is bounded in time and throws `temporal-unavailable`. Lists come from visibility, which lags. */
export interface Directory {
  /** What runs, and what ended no longer ago than this. */
  runningSince(sinceMs: number): Promise<readonly FoundRollout[]>;
  /** The latest run of every target, ended or not. */
  latest(): Promise<readonly FoundRollout[]>;
  /** The latest run of the target, without lag; null: none is known. */
  find(target: TargetId): Promise<FoundRollout | null>;
  /** Whether anything was rolled out of what a word of a scope names that is no single target. */
  knows(word: string): Promise<boolean>;
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
