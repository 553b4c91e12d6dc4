/** Names that workflow, worker, API and people at Temporal's UI and CLI share. */
import type { Plan } from '../plan/types.ts';
import type { Force, RolloutState } from './types.ts';

export const workflowType = 'rollout';
export const statusQuery = 'status';
/** Memo field of a rolled back rollout: until when no other one of the target should begin. */
export const cooldownMemo = 'cooldown';

/** Three pools of slots, so that nothing can starve a restore. */
export const taskQueues = {
  rollouts: 'sluice-rollouts',
  watch: 'sluice-watch',
  restore: 'sluice-restore',
} as const;

/** In a query of Temporal's list: not ended, whether it runs or somebody has paused it there. */
export const notClosed = 'CloseTime IS NULL';
export const closed = 'CloseTime IS NOT NULL';
/** The two ways of not having ended. */
export const withStatus = {
  running: 'ExecutionStatus = "Running"',
  paused: 'ExecutionStatus = "Paused"',
} as const;

/** When another search attribute of a rollout changed last: what has changed can be listed without the rest. */
export const changedAttribute = 'SluiceChanged';

/** Typed search attributes by which a person lists rollouts in Temporal. */
export const searchAttributeTypes = {
  SluiceService: 'KEYWORD',
  SluiceEnvironment: 'KEYWORD',
  SluiceVersion: 'KEYWORD',
  SluicePhase: 'KEYWORD',
  SluiceStage: 'INT',
  SluiceOutcome: 'KEYWORD',
  SluiceChanged: 'DATETIME',
} as const;

/** The workflow's only argument. `state` is set by continue-as-new. */
export interface RolloutInput {
  readonly plan: Plan;
  readonly actor: string;
  readonly reason: string;
  readonly force?: Force;
  readonly state?: RolloutState;
}
