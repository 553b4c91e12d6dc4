/** What a rollout has given out for workers to do, and none has taken up: as where none is at work. */
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { millisOf } from './visibility.ts';

/** As Temporal numbers the states of activities and of workflow tasks. */
const scheduled = 1;

/**
 * When the first of it was given out, by Temporal's clock; one that is tried again later is given out then. Null: all is
 * taken up.
 */
export function untakenSinceMs({
  pendingActivities,
  pendingWorkflowTask,
}: DescribeWorkflowExecutionResponse): number | null {
  const activities = (pendingActivities ?? []).filter(({ state }) => state === scheduled);
  const tasks = pendingWorkflowTask?.state === scheduled ? [pendingWorkflowTask] : [];
  const times = [...activities, ...tasks].flatMap(({ scheduledTime }) =>
    scheduledTime ? [millisOf(scheduledTime)] : [],
  );
  return times.length === 0 ? null : Math.min(...times);
}
