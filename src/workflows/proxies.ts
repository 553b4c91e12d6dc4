/**
 * The activities as the workflow calls them, with the time-outs that they share, and what becomes of their failures.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { RestoreActivities, WatchActivities } from '../activities/types.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import type { Arms, RolloutState } from '../domain/rollout/types.ts';

export const long = proxyActivities<WatchActivities>({
  taskQueue: taskQueues.watch,
  startToCloseTimeout: '10 minutes',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const traffic = proxyActivities<RestoreActivities>({
  taskQueue: taskQueues.restore,
  startToCloseTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', backoffCoefficient: 1, maximumAttempts: 5 },
});

export function armsOf(state: RolloutState): Arms {
  if (state.arms === null) throw new Error('the rollout moves traffic before it is prepared');
  return state.arms;
}

/** The message of what really failed, under Temporal's wrapping. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
