/** Takes an event from outside to its rollout: the stop first where it asks for a rollback, then the workflow, once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import {
  type EventPolicy,
  type EventType,
  eventActions,
  eventTypes,
  type Severity,
  severities,
} from '../../domain/plan/event-policy.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { eventMessage, heeded, type OutsideEvent } from '../../domain/rollout/outside-event.ts';
import { eventsMemo } from '../../worker/start-options.ts';
import { type EventAnswer, hasEnded, type RolloutSummary } from '../contract.ts';
import type { RunRef } from '../service.ts';
import { ask, timedOut, translated, within, workerTimeoutMs } from './calls.ts';
import { type ExpressDeps, hasCanary, stopCanary, wasAway } from './stop-canary.ts';
import { describe, statusFrom } from './view.ts';
import { workflowIdFor } from './visibility.ts';

/** However slow the data plane is, the workflow is told by then. */
const headStartMs = 100;

const action = z.enum(eventActions);
const policySchema: z.ZodType<EventPolicy> = z.record(
  z.enum(eventTypes) as z.ZodType<EventType, EventType>,
  z.record(z.enum(severities) as z.ZodType<Severity, Severity>, action),
);

/** What the workflow answers; `delivery` names the one that it acted on. */
const answerSchema = z.object({
  action,
  why: z.string().nullable(),
  duplicate: z.boolean(),
  delivery: z.string().nullable(),
  status: z.unknown(),
});

export async function takeEvent(deps: ExpressDeps, ref: RunRef, event: OutsideEvent): Promise<EventAnswer> {
  const { summary, memo } = await describe(deps, ref);
  if (hasEnded(summary)) throw endedError(ref, summary);
  const expected = expectedOf(event, summary, memo(eventsMemo));
  const stopping =
    expected === 'rollback' && hasCanary(summary)
      ? deps.calm.during(() => stopCanary(deps, ref))
      : Promise.resolve(null);
  const told = Promise.race([stopping.catch(() => null), sleep(headStartMs)]).then(() =>
    tell(deps, ref, event),
  );
  const [lane, answer] = await Promise.allSettled([stopping, told]);
  const stopped = lane.status === 'fulfilled' ? lane.value : null;
  const express = stopped ? { express: stopped.express } : {};
  if (answer.status === 'fulfilled') return { ...answer.value, ...express };
  if (stopped?.express.written && stopped.enough && wasAway(answer.reason)) {
    return { ...left(event, 'stop'), action: 'rollback', ...express };
  }
  throw answer.reason;
}

/** Null: the rollout was started by something that left no policy, so it decides alone. */
function expectedOf(event: OutsideEvent, rollout: RolloutSummary, memo: unknown) {
  const policy = policySchema.safeParse(memo);
  return policy.success ? heeded(event, policy.data, rollout).action : null;
}

/**
 * As an update whose id is the event's, so that Temporal itself answers a second delivery with the first one's answer;
 * after continue-as-new the ids in the rollout's state do the same. As a signal when nobody answers.
 */
async function tell(deps: ExpressDeps, ref: RunRef, event: OutsideEvent): Promise<EventAnswer> {
  const handle = deps.client.workflow.getHandle(workflowIdFor(ref), ref.runId);
  const delivery = randomUUID();
  try {
    const answer = await within(deps.client, workerTimeoutMs, () =>
      handle.executeUpdate<unknown, [OutsideEvent & { delivery: string }]>(eventMessage, {
        args: [{ ...event, delivery }],
        updateId: `${eventMessage}-${event.id}`,
      }),
    );
    return answered(event, delivery, answer);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await gone(deps, ref);
    if (error instanceof WorkflowUpdateFailedError) {
      throw new SluiceError('rollout-ended', `The rollout refused the event: ${messageOf(error.cause)}.`);
    }
    if (!timedOut(error)) throw translated(deps, error);
  }
  await ask(deps, () => handle.signal<[OutsideEvent]>(eventMessage, event), workerTimeoutMs);
  return left(event, 'signal');
}

function answered(event: OutsideEvent, delivery: string, answer: unknown): EventAnswer {
  const { action, why, duplicate, status, ...first } = answerSchema.parse(answer);
  const again = duplicate || first.delivery !== delivery;
  return {
    accepted: true,
    id: event.id,
    action: again ? 'note' : action,
    why: again ? 'it was delivered before' : why,
    duplicate: again,
    via: 'update',
    status: statusFrom(status),
  };
}

function left(event: OutsideEvent, via: 'signal' | 'stop'): EventAnswer {
  return { accepted: true, id: event.id, action: null, why: null, duplicate: false, via, status: null };
}

/** Not there, or over already: Temporal says the same of both. */
async function gone(deps: ExpressDeps, ref: RunRef): Promise<SluiceError> {
  const { summary } = await describe(deps, ref);
  return endedError(ref, summary);
}

function endedError(
  ref: RunRef,
  { outcome, temporalStatus, workflowId, runId }: RolloutSummary,
): SluiceError {
  const how = outcome ?? temporalStatus.toLowerCase();
  return new SluiceError('rollout-ended', `The rollout of ${targetOf(ref)} has ended: ${how}.`, {
    details: { workflowId, runId },
  });
}
