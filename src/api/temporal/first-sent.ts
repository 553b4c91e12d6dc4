/**
 * A request under an Idempotency-Key that names no run is for the one that was there when it was sent first. Temporal
 * keeps which that was, by the id of a workflow, so that what is sent again never acts on what has begun since.
 */
import { type RawWorkflowExecutionInfo, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { SluiceError } from '../../domain/errors.ts';
import { sentToMemo, sentWorkflowIdOf, sentWorkflowType } from '../../domain/request-sent.ts';
import { taskQueues } from '../../domain/rollout/names.ts';
import { callTimeoutMs, type TemporalDeps, translated, within } from './calls.ts';
import { onceId } from './once.ts';
import { rawInfoOf } from './raw-info.ts';
import { memoOf } from './visibility.ts';

interface Sent {
  readonly message: string;
  readonly actor: string | undefined;
  readonly key: string;
  /** Of whatever it is sent to. */
  readonly workflowId: string;
}

interface SentTo {
  /** The latest run, which is that one, or goes on from it. */
  readonly runId: string;
  readonly firstRunId: string;
}

/**
 * Null: there is no such workflow, and no key is kept. Throws `temporal-unavailable`, and `command-refused` where another
 * one has begun since, or nobody can say.
 */
export async function firstSentTo(
  deps: TemporalDeps,
  sent: Sent,
  timeoutMs = callTimeoutMs,
): Promise<SentTo | null> {
  const { workflowId } = sent;
  const latest = await rawInfoOf(deps, { workflowId }, timeoutMs);
  if (latest === null) return null;
  const now = chainOf(latest);
  const first = await keptFirst(deps, sent, now.firstRunId, timeoutMs);
  // A way back is tried whatever is missing.
  const isUnsure = first === null && sent.message === 'rollback';
  if (first === now.firstRunId || isUnsure) return now;
  const before = first === null ? 'for one that nobody can tell any more' : `for run ${first}`;
  throw new SluiceError(
    'command-refused',
    `The Idempotency-Key was used before ${before}, and the latest is run ${now.runId}.`,
    { details: { workflowId, runId: now.runId } },
  );
}

function chainOf({ execution, firstRunId }: RawWorkflowExecutionInfo): SentTo {
  const runId = execution?.runId ?? '';
  return { runId, firstRunId: firstRunId || runId };
}

async function keptFirst(
  deps: TemporalDeps,
  { message, actor = '', key, workflowId }: Sent,
  runId: string,
  timeoutMs: number,
): Promise<string | null> {
  const sentId = sentWorkflowIdOf(onceId(message, actor, key), workflowId);
  try {
    await within(deps.client, timeoutMs, () =>
      deps.client.workflow.start(sentWorkflowType, {
        workflowId: sentId,
        taskQueue: taskQueues.rollouts,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        // It has nothing to do, so whatever a worker has to do comes first.
        startDelay: '1 minute',
        // Where no worker comes that knows it, it is over all the same.
        workflowExecutionTimeout: '10 minutes',
        memo: { [sentToMemo]: runId },
        staticSummary: `${message} of ${workflowId} sent`,
      }),
    );
    return runId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw translated(deps, error);
  }
  const known = await rawInfoOf(deps, { workflowId: sentId }, timeoutMs);
  const first = known && memoOf(known, sentToMemo);
  return typeof first === 'string' ? first : null;
}
