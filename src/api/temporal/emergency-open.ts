/** Opens an emergency rollback: the canaries are stopped in the data planes, and a workflow sees to all the rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import {
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
  requestMemo,
} from '../../domain/emergency/types.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { taskQueues } from '../../domain/rollout/names.ts';
import { isOpen, orderIn } from '../../worker/open-emergencies.ts';
import { type EmergencyOpened, type EmergencyRollbackBody, emergencyLinksOf } from '../contract.ts';
import { ask, callTimeoutMs, translated, within } from './calls.ts';
import { isKnown } from './known.ts';
import { onceId } from './once.ts';
import { rawInfoOf } from './raw-info.ts';
import type { ExpressDeps } from './stop-canary.ts';
import { isUnknownIn, type Stopped, stopEverything, stopSome } from './stops.ts';
import { memoOf, workerSeen } from './visibility.ts';

/** How long the stops go first; a data plane that needs longer must not keep the workflow from the others. */
const headStartMs = 300;

/**
 * Nobody's canary waits longer for Temporal to say that this is a request that came before; the opening itself does.
 */
const askedBefore = { stopsWaitMs: 150, openingWaitsMs: 2_000 };

/** Nobody's emergency waits longer for Temporal to say that nothing named in it was ever rolled out. */
const looksWaitMs = 2_000;

/**
 * `key`: the same key and request open one emergency, also when it has been released meanwhile, until the scope has a
 * newer one. While it is open the stops are written again: the first ones may have failed, and no worker may run.
 * Throws `temporal-unavailable`, whose details say what could be stopped all the same; without `force`
 * `rollout-not-found` where Temporal says of each word of the scope that it knows no rollout there.
 */
export async function openEmergency(
  deps: ExpressDeps,
  { scope, to, actor, reason, force }: EmergencyRollbackBody,
  key: string | null,
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
  const links = emergencyLinksOf(order.id);
  const request = key === null ? null : onceId('open', actor, key);
  const asking = request === null ? Promise.resolve(null) : openedBefore(deps, order, request);
  const before = await Promise.race([asking, sleep(askedBefore.stopsWaitMs, null)]);
  if (before?.over === true) {
    const stop = { restored: [], notRestored: [], listProblem: null };
    return { id: order.id, ...before, workerSeen: await isWorkerSeen(deps), stop, links };
  }
  const stopping = stopsOf(deps, words);
  await Promise.race([stopping, sleep(headStartMs)]);
  // A stop of everything lasts until its emergency is released, so it never stands without one.
  const isNone = (known: Begun) => known.over === true && order.stoppedAll.length > 0;
  const opening = asking.then(async (known) => {
    if (known !== null && !isNone(known)) return known;
    if (force !== true) await refuseNobody(deps, order, stopping);
    return await begin(deps, order, request);
  });
  const [opened, stop] = await Promise.all([opening.catch((error: unknown) => ({ error })), stopping]);
  if ('error' in opened) throw withStop(opened.error, stop);
  return { id: order.id, ...opened, workerSeen: await isWorkerSeen(deps), stop, links };
}

async function isWorkerSeen(deps: ExpressDeps): Promise<boolean> {
  return await workerSeen(deps).catch(() => false);
}

/** The emergency that this very request opened; null: there is none, or nobody says so in time. */
async function openedBefore(
  deps: ExpressDeps,
  order: EmergencyOrder,
  request: string,
): Promise<Begun | null> {
  const workflowId = emergencyWorkflowIdOf(order.id);
  const info = await rawInfoOf(deps, { workflowId }, askedBefore.openingWaitsMs).catch(() => null);
  if (!info || memoOf(info, requestMemo) !== request) return null;
  const [{ to, reason } = order] = orderIn(info);
  if (to !== order.to || reason !== order.reason) return null;
  const over = isOpen(info) ? {} : { over: true };
  return { workflowId, runId: info.execution?.runId ?? '', created: false, ...over };
}

/** The workflow tells the rollouts, so nobody is told here. */
const nobody = { tell: () => {} };

async function stopsOf(deps: ExpressDeps, words: ScopeWords): Promise<Stopped> {
  try {
    if (words.some(isWhole)) {
      return await stopEverything(deps, nobody, emergencyWorkflowIdOf(emergencyIdOf(words)));
    }
    const open = words.filter((word) => !isExact(word));
    return await stopSome(deps, { targets: words.filter(isExact), open, isSwept: true }, nobody);
  } catch (error) {
    return { restored: [], notRestored: [], listProblem: messageOf(error) };
  }
}

/** A typing error would block what it does not mean, and bring nothing back. Who is not sure refuses nothing. */
async function refuseNobody(
  deps: ExpressDeps,
  order: EmergencyOrder,
  stopping: Promise<Stopped>,
): Promise<void> {
  // The stops know better: they have met somebody whom lists did not have yet, or have looked a second time.
  const met = stopping.then((stop) => !order.scope.every((word) => isUnknownIn(stop, word)));
  const refusal = refusalOf(deps, order);
  const refused = await Promise.race([refusal, met.then((isSomebody) => (isSomebody ? null : refusal))]);
  if (refused !== null && !(await met)) throw refused;
}

/** Null: somebody is known, or nobody can say. */
async function refusalOf(deps: ExpressDeps, { id, scope }: EmergencyOrder): Promise<SluiceError | null> {
  const signal = AbortSignal.timeout(looksWaitMs);
  for (const word of scope) {
    if (isWhole(word) || signal.aborted || (await isKnown(deps, word))) return null;
  }
  // One that was opened with `force` is asked for again without.
  const info = await rawInfoOf(deps, { workflowId: emergencyWorkflowIdOf(id) }, looksWaitMs).catch(
    () => null,
  );
  if (info && isOpen(info)) return null;
  const [first, ...rest] = scope;
  const more = rest.length === 0 ? '' : ` and of ${rest.length} more`;
  return new SluiceError(
    'rollout-not-found',
    `No rollout of ${first}${more} is known, so no emergency was opened. To block new rollouts there all the same, send it with \`force\` (\`--force\`).`,
    { details: { unknown: scope } },
  );
}

type Begun = Pick<EmergencyOpened, 'workflowId' | 'runId' | 'created' | 'over'>;

/** One open emergency per scope: the same scope once more is the same emergency, which looks again. */
async function begin(
  deps: ExpressDeps,
  order: EmergencyOrder,
  request: string | null,
  isLast = false,
): Promise<Begun> {
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
        memo: { [orderMemo]: order, ...(request === null ? {} : { [requestMemo]: request }) },
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
  try {
    await ask(deps, () => handle.signal<[unknown]>(againSignal, { to, actor, reason, stoppedAll }));
  } catch (error) {
    // It was released at this very moment, so there is none any more.
    const isOver = error instanceof SluiceError && error.code === 'rollout-not-found';
    if (isLast || !isOver) throw error;
    return await begin(deps, order, request, true);
  }
  const info = await rawInfoOf(deps, { workflowId });
  return { workflowId, runId: info?.execution?.runId ?? '', created: false };
}

function withStop(error: unknown, stop: Stopped): unknown {
  if (!(error instanceof SluiceError)) return error;
  const stopped = stop.restored.length > 0 ? ' What could be stopped in the data planes is stopped.' : '';
  return new SluiceError(error.code, `${error.message}${stopped}`, {
    cause: error,
    details: { ...error.details, stop },
  });
}
