/** Workflow tasks that a worker failed; the server closes some itself when messages overtake them. */
import type { WorkflowHandle } from '@temporalio/client';

const unhandledCommand = 1;

export async function taskFailures(handle: WorkflowHandle): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && failed.identity !== 'history-service' && failed.cause !== unhandledCommand ? [failed] : [],
  );
}
