/**
 * Signals that carry the id of their request: a run of a workflow takes each once, however often and from wherever it
 * is sent.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { tracedCalls } from '../../telemetry/temporal-calls.ts';
import { isMissing } from '../../worker/not-found.ts';
import type { TemporalDeps } from './calls.ts';

interface OnceSignal {
  readonly workflowId: string;
  /** Default: whichever run is there. */
  readonly runId?: string | undefined;
  readonly name: string;
  readonly payload: unknown;
  /** Temporal remembers it with the run, so the API need not. */
  readonly requestId: string;
}

/**
 * The client's own signals have an id of chance each, so this goes past it. Throws `WorkflowNotFoundError` as the
 * client does: no such workflow runs. Anything else, such as a namespace that is not there, stays what the server said.
 */
export async function signalOnce(
  { client }: TemporalDeps,
  { workflowId, runId, name, payload, requestId }: OnceSignal,
): Promise<void> {
  const { namespace, identity, loadedDataConverter } = client.options;
  let payloads: Payload[] = [loadedDataConverter.payloadConverter.toPayload(payload)];
  for (const codec of loadedDataConverter.payloadCodecs) payloads = await codec.encode(payloads);
  const workflowExecution = { workflowId, ...(runId === undefined ? {} : { runId }) };
  const send = async ({ headers }: { readonly headers: Record<string, Payload> }) => {
    await client.workflowService.signalWorkflowExecution({
      ...{ namespace, identity, workflowExecution, requestId },
      signalName: name,
      input: { payloads },
      header: { fields: headers },
    });
  };
  try {
    await tracedCalls.signal({ signalName: name, args: [payload], workflowExecution, headers: {} }, send);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new WorkflowNotFoundError(error.details, workflowId, runId);
  }
}
