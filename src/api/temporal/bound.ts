/** A command that is for one run only: whatever else runs there by now is left alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import type { BoundRef, CommandRequest, RunRef } from '../service.ts';
import { callTimeoutMs, type TemporalDeps } from './calls.ts';
import { firstSentTo } from './first-sent.ts';
import { rawInfoOf } from './raw-info.ts';
import { type ExpressDeps, wasAway } from './stop-canary.ts';
import { notFound } from './view.ts';
import { summaryOf, workflowIdFor } from './visibility.ts';

/** How long Temporal may take before a rollback goes by the list at hand, and before it goes without either. */
const patienceMs = 150;
const longestMs = 1000;

/**
 * The run in which the named one goes on, which is another when its history had grown long.
 * Errors: `command-refused` where another rollout has begun since, `rollout-not-found`.
 */
export async function boundRef(
  deps: TemporalDeps,
  { runId: named, ...target }: BoundRef,
  timeoutMs = callTimeoutMs,
): Promise<BoundRef> {
  const workflowId = workflowIdFor(target);
  const latest = await rawInfoOf(deps, { workflowId }, timeoutMs);
  if (latest === null) throw notFound(target);
  const { runId, outcome, ...summary } = summaryOf(latest);
  const { firstRunId } = latest;
  const isFirst = !firstRunId || firstRunId === runId;
  if (runId === named || firstRunId === named) return { ...target, runId };
  const of = isFirst ? null : await rawInfoOf(deps, { workflowId, runId: named }, timeoutMs);
  if (of !== null && of.firstRunId === firstRunId) return { ...target, runId };
  throw new SluiceError(
    'command-refused',
    `The rollout has ended: the latest of ${summary.target} is run ${runId}.`,
    { details: { workflowId, runId, outcome } },
  );
}

/**
 * For a rollback, whose stop waits for no Temporal that is slow or away. Where nobody can say that another rollout has
 * begun since, none has: the one that was named may have users on a bad version.
 */
export async function boundInHaste(deps: ExpressDeps, ref: BoundRef): Promise<BoundRef> {
  const seen = () => deps.looks.list.lately(targetOf(ref))?.running.summary.runId;
  const asked = boundRef(deps, ref, longestMs);
  const late = 'late' as const;
  const lateIfAway = (error: unknown) => {
    if (wasAway(error)) return late;
    throw error;
  };
  const first = await Promise.race([asked.catch(lateIfAway), sleep(patienceMs, late)]);
  if (first !== late) return first;
  if (seen() === ref.runId) return ref;
  const last = await asked.catch(lateIfAway);
  if (last !== late) return last;
  return seen() === undefined ? ref : await asked;
}

/** The run that the command, which names none, was for when it was sent first. Errors: as of `firstSentTo`. */
export async function firstRef(
  deps: TemporalDeps,
  ref: RunRef,
  { name, actor, requestId: key }: CommandRequest,
  timeoutMs = callTimeoutMs,
): Promise<RunRef> {
  const sent = { message: name, actor, key, workflowId: workflowIdFor(ref) };
  const first = await firstSentTo(deps, sent, timeoutMs);
  return first === null ? ref : { ...ref, runId: first.runId };
}

/** For a rollback: where Temporal does not say it soon, it is for whatever runs, as users may be on a bad version. */
export async function firstInHaste(
  deps: TemporalDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<RunRef> {
  const asked = firstRef(deps, ref, command, longestMs).catch((error: unknown) => {
    if (wasAway(error)) return ref;
    throw error;
  });
  // Nobody waits any more for what is late.
  asked.catch(() => {});
  return await Promise.race([asked, sleep(patienceMs, ref)]);
}

/** `send` gets what is bound, once more where that run went on as another one before it was reached. */
export async function sendBound<T, R extends RunRef>(
  bound: () => Promise<R>,
  send: (ref: R) => Promise<T>,
): Promise<T> {
  try {
    return await send(await bound());
  } catch (error) {
    if (!hasGoneOn(error)) throw error;
    return await send(await bound());
  }
}

function hasGoneOn(error: unknown): boolean {
  return error instanceof SluiceError && error.details.temporalStatus === 'CONTINUED_AS_NEW';
}
