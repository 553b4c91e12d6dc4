/**
 * Temporal's description of a workflow as it came: the client's own is none when a memo is sealed with a key that is
 * lost.
 */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { isInvalidCall } from '../../worker/invalid-call.ts';
import { isMissing } from '../../worker/not-found.ts';
import { callTimeoutMs, type TemporalDeps, translated, within } from './calls.ts';
import { rawOf } from './visibility.ts';

/** Without `runId` of the latest run. Null: there is none, or the run id is none. Throws `temporal-unavailable`. */
export async function rawInfoOf(
  deps: TemporalDeps,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string | undefined },
  timeoutMs = callTimeoutMs,
): Promise<RawWorkflowExecutionInfo | null> {
  const { workflowService, namespace } = rawOf(deps);
  const execution = { workflowId, ...(runId === undefined ? {} : { runId }) };
  const asked = () => workflowService.describeWorkflowExecution({ namespace, execution });
  try {
    return (await within(deps.client, timeoutMs, asked)).workflowExecutionInfo ?? {};
  } catch (error) {
    if (isInvalidCall(error) || isMissing(error)) return null;
    throw translated(deps, error);
  }
}
