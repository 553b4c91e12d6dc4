/** Who did what, when and why: the start, every update and signal, every cancel and terminate. */
import type { AuditAction } from '../api/contract.ts';
import { fieldOf, firstOf, type HistoryEvent, idOf, textOf, timeOf } from './history.ts';

export function actionsOf(events: readonly HistoryEvent[]): AuditAction[] {
  const refusals = new Map(events.flatMap(refusalOf));
  return events.flatMap((event) => {
    const action = actionOf(event);
    if (action === null) return [];
    const updateId = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.updateId;
    return [{ ...action, refused: (updateId && refusals.get(updateId)) || null }];
  });
}

function actionOf(event: HistoryEvent): AuditAction | null {
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowExecutionUpdateAcceptedEventAttributes: accepted,
    workflowExecutionSignaledEventAttributes: signaled,
    workflowExecutionCancelRequestedEventAttributes: cancelled,
    workflowExecutionTerminatedEventAttributes: terminated,
  } = event;
  if (started) {
    // A continued run was started by nobody.
    if (started.continuedExecutionRunId) return null;
    return {
      ...base(event, firstOf(started.input)),
      via: 'start',
      name: 'start',
      identity: textOf(started.identity),
    };
  }
  if (accepted) {
    const { input, meta } = accepted.acceptedRequest ?? {};
    const name = input?.name ?? 'update';
    return { ...base(event, firstOf(input?.args)), via: 'update', name, identity: textOf(meta?.identity) };
  }
  if (signaled) {
    const name = signaled.signalName ?? 'signal';
    return {
      ...base(event, firstOf(signaled.input)),
      via: 'signal',
      name,
      identity: textOf(signaled.identity),
    };
  }
  if (cancelled) {
    const reason = textOf(cancelled.cause);
    return {
      ...base(event, { reason }),
      via: 'cancel',
      name: 'cancel',
      identity: textOf(cancelled.identity),
    };
  }
  if (terminated) {
    const reason = textOf(terminated.reason);
    return {
      ...base(event, { reason }),
      via: 'terminate',
      name: 'terminate',
      identity: textOf(terminated.identity),
    };
  }
  return null;
}

function base(event: HistoryEvent, payload: unknown) {
  return {
    atMs: timeOf(event),
    eventId: idOf(event.eventId),
    actor: textOf(fieldOf(payload, 'actor')),
    reason: textOf(fieldOf(payload, 'reason')),
    requestId: textOf(fieldOf(payload, 'requestId')),
    refused: null,
  };
}

/** Updates that the validator refuses leave no trace in history; these failed after they were accepted. */
function refusalOf(event: HistoryEvent): [string, string][] {
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  const failure = completed?.outcome?.failure;
  const updateId = completed?.meta?.updateId;
  return failure && updateId ? [[updateId, failure.message ?? 'failed']] : [];
}
