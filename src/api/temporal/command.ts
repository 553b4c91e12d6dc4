/** Sends a command as an update; a rollback that nobody answers is left as a signal, so that it is never lost. */
import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { standingFault } from '../../domain/rollout/expectation.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import type { CommandPayload } from '../../domain/rollout/types.ts';
import type { CommandAnswer } from '../contract.ts';
import type { CommandRequest, RunRef } from '../service.ts';
import { ask, type TemporalDeps, timedOut, translated, within, workerTimeoutMs } from './calls.ts';
import { digestOf, needSame, onceId } from './once.ts';
import { rawInfoOf } from './raw-info.ts';
import { signalOnce } from './signal-once.ts';
import { notFound, statusFrom, viewOf } from './view.ts';
import { summaryOf, workerSeen, workflowIdFor } from './visibility.ts';

export async function sendCommand(
  deps: TemporalDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<CommandAnswer> {
  const { name, requestId, ...rest } = command;
  const handle = deps.client.workflow.getHandle(workflowIdFor(ref), ref.runId);
  const payload: CommandPayload = { ...rest, requestId };
  let status: unknown;
  try {
    status = await within(deps.client, workerTimeoutMs, () =>
      handle.executeUpdate<unknown, [CommandPayload]>(name, {
        args: [payload],
        updateId: updateIdOf(command),
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      if (command.expect !== undefined && knowsNoExpect(error)) return await expectHere(deps, ref, command);
      throw name === 'rollback' ? await refusedWithOutcome(deps, ref, error) : refused(error);
    }
    if (error instanceof WorkflowNotFoundError) throw await absent(deps, ref);
    if (name !== 'rollback') throw await unanswered(deps, error);
    return await leaveCommand(deps, ref, command);
  }
  const told = statusFrom(status);
  if (told !== null) needSameCommand(told, command);
  return { accepted: true, via: 'update', status: told };
}

/** The rollout is pinned to workflow code of before there was `expect`. */
function knowsNoExpect(error: WorkflowUpdateFailedError): boolean {
  return messageOf(error.cause ?? error).startsWith('unknown field "expect"');
}

/**
 * What the rollout cannot compare is compared here, a moment before it gets the command. Throws as `sendCommand` does.
 */
async function expectHere(
  deps: TemporalDeps,
  ref: RunRef,
  { expect, ...command }: CommandRequest,
): Promise<CommandAnswer> {
  const { status, runId } = await viewOf(deps, ref);
  if (status === null) {
    throw new SluiceError('worker-absent', 'No worker said where the rollout stands, so nothing was done.');
  }
  const fault = expect === undefined ? null : standingFault(status, { name: command.name, expect });
  if (fault !== null) throw movedOn(fault);
  return await sendCommand(deps, { ...ref, runId }, command);
}

export function updateIdOf({ name, actor = '', requestId }: CommandRequest): string {
  return onceId(name, actor, requestId);
}

/** Nobody tells what was asked the first time, so another command under the same key is left as one of its own. */
function signalIdOf(command: CommandRequest): string {
  const { reason, full, gradual, for: time } = command;
  const asked = digestOf([reason?.trim() ?? '', full === true, gradual === true, time ?? '']);
  return `${updateIdOf(command)}-${asked}`;
}

/** The story has the command as it was given the first time. */
function needSameCommand({ timeline }: RolloutStatus, command: CommandRequest): void {
  const { name, requestId, reason, full, gradual, for: time } = command;
  const entry = timeline.findLast(({ data }) => data?.requestId === requestId && data.command === name);
  if (entry === undefined) return;
  const was = (how: string) => entry.text.startsWith(`${name} (${how})`);
  const { reason: firstReason = '', for: firstTime = '' } = entry.data ?? {};
  needSame(
    [firstReason, firstTime, was('full'), was('gradual')],
    [reason?.trim() ?? '', time ?? '', full === true, gradual === true],
  );
}

/** As a signal, which costs Temporal a fraction of an update and waits for no worker. A run takes the same one once. */
export async function leaveCommand(
  deps: TemporalDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<CommandAnswer> {
  const { name, ...asked } = command;
  // An update says by itself that it is at once; a signal has to.
  const payload = name === 'rollback' ? { ...asked, gradual: asked.gradual === true } : asked;
  const signal = { workflowId: workflowIdFor(ref), runId: ref.runId, name, payload };
  try {
    const requestId = signalIdOf(command);
    await ask(deps, () => signalOnce(deps, { ...signal, requestId }), workerTimeoutMs);
    return { accepted: true, via: 'signal', status: null };
  } catch (error) {
    throw error instanceof SluiceError && error.code === 'rollout-not-found'
      ? await absent(deps, ref)
      : error;
  }
}

function refused(error: WorkflowUpdateFailedError): SluiceError {
  const why = messageOf(error.cause ?? error);
  if (error.cause instanceof ApplicationFailure && error.cause.type === 'rollout-moved-on')
    return movedOn(why, error);
  return new SluiceError('command-refused', `The rollout refused: ${why}.`, { cause: error });
}

function movedOn(why: string, cause?: unknown): SluiceError {
  return new SluiceError('rollout-moved-on', `The rollout has moved on: ${why}.`, { cause });
}

/** Of a rollout that has gone back and only settles, so that whoever wanted just that can tell. */
async function refusedWithOutcome(
  deps: TemporalDeps,
  ref: RunRef,
  error: WorkflowUpdateFailedError,
): Promise<SluiceError> {
  const refusal = refused(error);
  const view = await viewOf(deps, ref).catch(() => null);
  if (view === null) return refusal;
  const { workflowId, runId, outcome } = view;
  return new SluiceError(refusal.code, refusal.message, {
    cause: error,
    details: { workflowId, runId, outcome },
  });
}

/** Not there, or over already: Temporal says the same of both. */
async function absent(deps: TemporalDeps, ref: RunRef): Promise<SluiceError> {
  try {
    const info = await rawInfoOf(deps, { workflowId: workflowIdFor(ref), runId: ref.runId });
    if (info === null) return notFound(ref);
    const { workflowId, runId, outcome, temporalStatus } = summaryOf(info);
    const how = outcome ?? temporalStatus.toLowerCase();
    return new SluiceError('command-refused', `The rollout has ended: ${how}.`, {
      details: { workflowId, runId, outcome, temporalStatus },
    });
  } catch (error) {
    return error instanceof SluiceError ? error : notFound(ref);
  }
}

async function unanswered(deps: TemporalDeps, error: unknown): Promise<unknown> {
  if (!timedOut(error)) return translated(deps, error);
  try {
    const seen = await workerSeen(deps);
    const what = seen
      ? `No worker answered within ${workerTimeoutMs} ms. One was seen lately: it or Temporal is busy, or it has just gone`
      : `No worker polls for rollouts, so none answered within ${workerTimeoutMs} ms`;
    return new SluiceError('worker-absent', `${what}. The command may still be carried out when one does.`, {
      cause: error,
      details: { workerSeen: seen },
    });
  } catch (outage) {
    return outage;
  }
}
