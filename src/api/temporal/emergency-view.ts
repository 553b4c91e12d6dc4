/** Emergency rollbacks as they are: listed, looked at, released. */

import {
  type RawWorkflowExecutionInfo,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { decoded, isKeyMissing } from '../../codec/readable.ts';
import { areaOfWord } from '../../domain/access/areas.ts';
import { emergencyWorkflowIdOf } from '../../domain/emergency/scope.ts';
import { emergencyStatusQuery, emergencyWorkflowType, releaseMessage } from '../../domain/emergency/types.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { closed, notClosed } from '../../domain/rollout/names.ts';
import { isOpen, orderIn } from '../../worker/open-emergencies.ts';
import type { Sees } from '../access/sight.ts';
import {
  type EmergencyList,
  type EmergencyListQuery,
  type EmergencyReleaseAnswer,
  type EmergencyReleaseBody,
  type EmergencySummary,
  type EmergencyView,
  emergencyLinksOf,
  emergencyStatusSchema,
  emergencySummarySchema,
} from '../contract.ts';
import { ask, type TemporalDeps, timedOut, translated, within, workerTimeoutMs } from './calls.ts';
import { firstSentTo } from './first-sent.ts';
import { needSame, onceOptions, onceSignalId } from './once.ts';
import { type ListedPage, pageOf } from './pages.ts';
import { rawInfoOf } from './raw-info.ts';
import type { Recent } from './recent-pages.ts';
import { signalOnce } from './signal-once.ts';
import { millisOf } from './visibility.ts';

const completed = 2;

export type RecentEmergencies = Recent<ListedPage<EmergencySummary>>;

/** People see those whose scope is within their own, however much goes on elsewhere. */
export async function listEmergencies(
  deps: TemporalDeps,
  { open, limit, cursor }: EmergencyListQuery,
  sees: Sees,
  recent: RecentEmergencies,
): Promise<EmergencyList> {
  const state =
    open === 'true' ? notClosed : open === 'false' ? closed : 'ExecutionStatus != "ContinuedAsNew"';
  const filter = `WorkflowType = "${emergencyWorkflowType}" AND ${state}`;
  const { items, next } = await pageOf<EmergencySummary>(deps, {
    filter,
    limit,
    cursor,
    read: summaryOf,
    sees: sees && (({ scope }) => scope.map(areaOfWord).every(sees)),
    recent,
  });
  return { emergencies: items, next };
}

export async function emergencyOf(deps: TemporalDeps, id: string): Promise<EmergencyView> {
  const workflowId = emergencyWorkflowIdOf(id);
  const handle = deps.client.workflow.getHandle(workflowId);
  const info = await rawInfoOf(deps, { workflowId });
  const summary = info && summaryOf(info);
  if (summary === null) throw notFound(id);
  const told = async () =>
    info?.status === completed ? await handle.result() : await handle.query<unknown>(emergencyStatusQuery);
  const status = await within(deps.client, workerTimeoutMs, told).then(statusFrom, () => null);
  const fresher = status ? { phase: status.phase, to: status.to } : {};
  return { ...summary, ...fresher, status, workerAnswered: status !== null };
}

/**
 * Under a key it is for the emergency that was the scope's when it was sent first. Throws `emergency-not-found`, and
 * `command-refused` when it was released before.
 */
export async function releaseEmergency(
  deps: TemporalDeps,
  id: string,
  body: EmergencyReleaseBody,
  key: string | null,
): Promise<EmergencyReleaseAnswer> {
  const workflowId = emergencyWorkflowIdOf(id);
  const sent = key === null ? null : { message: releaseMessage, actor: body.actor, key, workflowId };
  const runId = sent === null ? undefined : (await firstSentTo(deps, sent))?.runId;
  const handle = deps.client.workflow.getHandle(workflowId, runId);
  try {
    const once = onceOptions(releaseMessage, body.actor, key);
    const update = () =>
      handle.executeUpdate<unknown, [EmergencyReleaseBody]>(releaseMessage, { args: [body], ...once });
    const status = statusFrom(await within(deps.client, workerTimeoutMs, update));
    if (key !== null && status?.release) needSame([status.release.reason], [body.reason]);
    return { accepted: true, via: 'update', status };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      const why = `The emergency refused: ${messageOf(error.cause ?? error)}.`;
      throw new SluiceError('command-refused', why, { cause: error });
    }
    if (error instanceof WorkflowNotFoundError) throw await absent(deps, id);
    // What came back is sealed: it was carried out.
    if (isKeyMissing(error)) return { accepted: true, via: 'update', status: null };
    if (!timedOut(error)) throw translated(deps, error);
  }
  // Left for the next worker, so that it is never lost.
  const requestId = onceSignalId(releaseMessage, { actor: body.actor, asked: [body.reason] }, key);
  const signal = { workflowId, runId, name: releaseMessage, payload: body, requestId };
  await ask(deps, () => named(id, () => signalOnce(deps, signal)));
  return { accepted: true, via: 'signal', status: null };
}

/** Not there, or over already: Temporal says the same of both. */
async function absent(deps: TemporalDeps, id: string): Promise<SluiceError> {
  const view = await emergencyOf(deps, id).catch(() => null);
  if (view === null) return notFound(id);
  return new SluiceError('command-refused', `The emergency "${id}" was released before.`);
}

async function named<T>(id: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? notFound(id) : error;
  }
}

function notFound(id: string): SluiceError {
  return new SluiceError('emergency-not-found', `No emergency "${id}" is known.`);
}

function statusFrom(value: unknown): EmergencyView['status'] {
  const reading = emergencyStatusSchema.safeParse(value);
  return reading.success ? reading.data : null;
}

function summaryOf(info: RawWorkflowExecutionInfo): EmergencySummary | null {
  const [order] = orderIn(info);
  if (!order) return null;
  const { id, scope, to, actor, reason } = order;
  return emergencySummarySchema.parse({
    id,
    scope,
    to,
    actor,
    reason,
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    phase: decoded(info.searchAttributes?.indexedFields?.SluicePhase) ?? null,
    open: isOpen(info),
    openedAtMs: millisOf(info.startTime),
    closedAtMs: info.closeTime ? millisOf(info.closeTime) : null,
    links: emergencyLinksOf(id),
  });
}
