/** Whether anything that a word of a scope names was ever rolled out. */
import { isExact } from '../../domain/emergency/scope.ts';
import { workflowIdOf } from '../../domain/plan/types.ts';
import { knowsRolloutsOf } from '../../worker/known-rollouts.ts';
import { type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { rawInfoOf } from './raw-info.ts';

/** Of one that is neither `all` nor `canary`. True also while nobody can say. */
export async function isKnown(deps: TemporalDeps, word: string): Promise<boolean> {
  try {
    if (!isExact(word)) return await knowsRolloutsOf(deps.client, word);
    return (await rawInfoOf(deps, { workflowId: workflowIdOf(word) }, workerTimeoutMs)) !== null;
  } catch {
    return true;
  }
}
