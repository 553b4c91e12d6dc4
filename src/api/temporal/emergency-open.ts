/** Opens an emergency rollback: the canaries are stopped in the data planes, and a workflow sees to all the rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import {
  covers,
  emergencyIdOf,
  emergencyWorkflowIdOf,
  isExact,
  isWhole,
  normalised,
  type ScopeWords,
} from '../../domain/emergency/scope.ts';
import {
  againSignal,
  type EmergencyOrder,
  emergencyWorkflowType,
  orderMemo,
} from '../../domain/emergency/types.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { taskQueues } from '../../domain/rollout/names.ts';
import { type EmergencyOpened, type EmergencyRollbackBody, emergencyLinksOf } from '../contract.ts';
import { ask, callTimeoutMs, translated, within } from './calls.ts';
import type { ExpressDeps } from './stop-canary.ts';
import { type Stopped, stopEverything, stopSome } from './stops.ts';
import { workerSeen } from './visibility.ts';

/** How long the stops go first; a data plane that needs longer must not keep the workflow from the others. */
const headStartMs = 300;

/** Throws `temporal-unavailable`, whose details say what could be stopped all the same. */
export async function openEmergency(
  deps: ExpressDeps,
  { scope, to, actor, reason }: EmergencyRollbackBody,
): Promise<EmergencyOpened> {
  const words = normalised([scope].flat());
  const order: EmergencyOrder = {
    id: emergencyIdOf(words),
    scope: words,
    to: to ?? null,
    actor,
    reason,
    stoppedAll: words.some(isWhole) ? deps.planes.names : [],
    ...(deps.tells ? { tells: true } : {}),
  };
  const stopping = stopsOf(deps, words);
  await Promise.race([stopping, sleep(headStartMs)]);
  const opening = begin(deps, order);
  const [opened, stop] = await Promise.all([opening.catch((error: unknown) => ({ error })), stopping]);
  if ('error' in opened) throw withStop(opened.error, stop);
  const seen = await workerSeen(deps, Date.now()).catch(() => false);
  return { id: order.id, ...opened, workerSeen: seen, stop, links: emergencyLinksOf(order.id) };
}

/** The workflow tells the rollouts, so nobody is told here. */
const nobody = { tell: () => {} };

async function stopsOf(deps: ExpressDeps, words: ScopeWords): Promise<Stopped> {
  try {
    if (words.some(isWhole)) {
      return await stopEverything(deps, nobody, emergencyWorkflowIdOf(emergencyIdOf(words)));
    }
    const open = words.filter((word) => !isExact(word));
    const some = {
      targets: words.filter(isExact),
      unlisted: open,
      covers: (target: { environment: string; service: string }) => covers(open, targetOf(target)),
    };
    return await stopSome(deps, some, nobody);
  } catch (error) {
    return { restored: [], notRestored: [], listProblem: messageOf(error) };
  }
}

type Begun = Pick<EmergencyOpened, 'workflowId' | 'runId' | 'created'>;

/** One open emergency per scope: the same scope once more is the same emergency, which looks again. */
async function begin(deps: ExpressDeps, order: EmergencyOrder): Promise<Begun> {
  const workflowId = emergencyWorkflowIdOf(order.id);
  try {
    const handle = await within(deps.client, callTimeoutMs, () =>
      deps.client.workflow.start(emergencyWorkflowType, {
        workflowId,
        taskQueue: taskQueues.rollouts,
        workflowTaskTimeout: '3s',
        args: [order],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        memo: { [orderMemo]: order },
        typedSearchAttributes: new TypedSearchAttributes([
          { key: defineSearchAttributeKey('SluicePhase', 'KEYWORD'), value: 'restoring' },
        ]),
        staticSummary: `emergency rollback of ${order.id}`,
        staticDetails: `Opened by ${order.actor}: ${order.reason}`,
      }),
    );
    return { workflowId, runId: handle.firstExecutionRunId, created: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw translated(deps, error);
  }
  const handle = deps.client.workflow.getHandle(workflowId);
  const { to, actor, reason, stoppedAll } = order;
  await ask(deps, () => handle.signal<[unknown]>(againSignal, { to, actor, reason, stoppedAll }));
  const { runId } = await ask(deps, () => handle.describe());
  return { workflowId, runId, created: false };
}

function withStop(error: unknown, stop: Stopped): unknown {
  if (!(error instanceof SluiceError)) return error;
  const stopped = stop.restored.length > 0 ? ' What could be stopped in the data planes is stopped.' : '';
  return new SluiceError(error.code, `${error.message}${stopped}`, {
    cause: error,
    details: { ...error.details, stop },
  });
}
