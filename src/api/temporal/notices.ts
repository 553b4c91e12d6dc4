/** Who was told of a rollout, asked of its companion; and the acknowledgement that it takes. */
import {
  type DescribeWorkflowExecutionResponse,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { ackMessage, incidentsReceiver, noticesIdOf, noticesQuery } from '../../domain/notify/names.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { type AckAnswer, type AckBody, type NoticesView, noticesStatusSchema } from '../contract.ts';
import type { RunRef } from '../service.ts';
import { ask, type TemporalDeps, timedOut, translated, within, workerTimeoutMs } from './calls.ts';
import { firstSentTo } from './first-sent.ts';
import { needSame, onceOptions, onceSignalId } from './once.ts';
import { signalOnce } from './signal-once.ts';
import { describe, notFound } from './view.ts';
import { millisOf, workflowIdFor } from './visibility.ts';

const completed = 'COMPLETED';

/** Errors: `rollout-not-found`; `notices-not-found` for a rollout that nobody is told of. */
export async function noticesOf(deps: TemporalDeps, ref: RunRef): Promise<NoticesView> {
  const handle = await companionOf(deps, ref);
  const { raw, status } = await ask(deps, () => named(ref, () => handle.describe()));
  const told = () => (status.name === completed ? handle.result() : handle.query<unknown>(noticesQuery));
  const answer = await within(deps.client, workerTimeoutMs, told).catch((error: unknown) => {
    if (timedOut(error)) throw absent();
    throw translated(deps, error);
  });
  const { receivers, ...rest } = noticesStatusSchema.parse(answer);
  const shown = receivers.filter(({ name }) => name !== incidentsReceiver);
  return { ...rest, receivers: shown.map((one) => ({ ...one, failing: failingOf(raw, one.name) })) };
}

/** Errors: as above, and `command-refused` when nothing is open or it is acknowledged already. */
export async function acknowledge(
  deps: TemporalDeps,
  ref: RunRef,
  body: AckBody,
  key: string | null,
): Promise<AckAnswer> {
  const handle = await ackedIn(deps, ref, body, key);
  try {
    const once = onceOptions(ackMessage, body.actor, key);
    const update = () => handle.executeUpdate<unknown, [AckBody]>(ackMessage, { args: [body], ...once });
    const { data = null } = noticesStatusSchema.safeParse(await within(deps.client, workerTimeoutMs, update));
    const ack = data?.trouble?.ack;
    if (key !== null && ack) needSame([ack.reason], [body.reason?.trim() ?? '']);
    return { accepted: true, via: 'update', notices: data };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      const why = `The acknowledgement was refused: ${messageOf(error.cause ?? error)}.`;
      throw new SluiceError('command-refused', why, { cause: error });
    }
    if (error instanceof WorkflowNotFoundError) throw await over(deps, ref);
    if (!timedOut(error)) throw translated(deps, error);
  }
  const { workflowId } = handle;
  const asked = [(body.reason ?? '').trim()];
  const requestId = onceSignalId(ackMessage, { actor: body.actor, asked }, key);
  const signal = { workflowId, name: ackMessage, payload: body, requestId };
  await ask(deps, () => named(ref, () => signalOnce(deps, signal)));
  return { accepted: true, via: 'signal', notices: null };
}

/** Under a key it is for the rollout that was the latest when it was sent first. */
async function ackedIn(deps: TemporalDeps, ref: RunRef, { actor }: AckBody, key: string | null) {
  if (key === null) return await companionOf(deps, ref);
  const workflowId = workflowIdFor(ref);
  const first = await firstSentTo(deps, { message: ackMessage, actor, key, workflowId });
  if (first === null) throw notFound(ref);
  const companionId = noticesIdOf({ target: targetOf(ref), runId: first.firstRunId });
  return deps.client.workflow.getHandle(companionId);
}

async function companionOf(deps: TemporalDeps, ref: RunRef) {
  const { summary, raw } = await describe(deps, ref);
  const firstRunId = raw.workflowExecutionInfo?.firstRunId;
  const runId = firstRunId ? firstRunId : summary.runId;
  return deps.client.workflow.getHandle(noticesIdOf({ target: targetOf(ref), runId }));
}

async function named<T>(ref: RunRef, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? nobody(ref) : error;
  }
}

/** Not there, or over already: Temporal says the same of both. */
async function over(deps: TemporalDeps, ref: RunRef): Promise<SluiceError> {
  const known = await noticesOf(deps, ref).catch(() => null);
  if (known === null) return nobody(ref);
  return new SluiceError(
    'command-refused',
    'The rollout has ended, and everything is told; nothing is open.',
  );
}

function nobody(ref: RunRef): SluiceError {
  return new SluiceError(
    'notices-not-found',
    `Nobody is told of this rollout of ${targetOf(ref)}, or not yet.`,
  );
}

function absent(): SluiceError {
  return new SluiceError(
    'worker-absent',
    `No worker that tells people answered within ${workerTimeoutMs} ms.`,
  );
}

/** The activity's id begins with the receiver's name. */
function failingOf(
  { pendingActivities }: DescribeWorkflowExecutionResponse,
  name: string,
): NoticesView['receivers'][number]['failing'] {
  const activity = (pendingActivities ?? []).find(({ activityId }) => activityId?.startsWith(`${name}#`));
  const attempts = activity?.attempt ?? 1;
  if (activity === undefined || attempts <= 1) return null;
  return {
    attempts: attempts - 1,
    problem: activity.lastFailure?.message ?? null,
    nextAtMs: activity.scheduledTime ? millisOf(activity.scheduledTime) : null,
  };
}
