/** Incidents as they are: listed, looked at, closed by hand. */

import {
  type RawWorkflowExecutionInfo,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { closedByHand } from '../../domain/incident/state.ts';
import {
  closeMessage,
  incidentIdOf,
  incidentMemo,
  incidentQuery,
  incidentType,
} from '../../domain/incident/types.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { closed, notClosed } from '../../domain/rollout/names.ts';
import { areaOf, type Sees } from '../access/sight.ts';
import {
  type AckBody,
  type IncidentList,
  type IncidentQuery,
  type IncidentSummary,
  type IncidentView,
  incidentLinksOf,
  incidentMemoSchema,
  incidentSchema,
} from '../contract.ts';
import type { RunRef } from '../service.ts';
import { ask, type TemporalDeps, timedOut, translated, within, workerTimeoutMs } from './calls.ts';
import { firstSentTo } from './first-sent.ts';
import { needSame, onceOptions } from './once.ts';
import { type ListedPage, pageOf } from './pages.ts';
import type { Recent } from './recent-pages.ts';
import { memoOf, withinSight } from './visibility.ts';

export type RecentIncidents = Recent<ListedPage<IncidentSummary>>;

export async function listIncidents(
  deps: TemporalDeps,
  query: IncidentQuery,
  sees: Sees,
  recent: RecentIncidents,
): Promise<IncidentList> {
  const { environment, service, open, limit, cursor } = query;
  const filter = [
    `WorkflowType = "${incidentType}"`,
    ...(open === undefined ? [] : [open === 'true' ? notClosed : closed]),
    'ExecutionStatus != "ContinuedAsNew"',
    ...(environment === undefined ? [] : [`SluiceEnvironment = "${environment}"`]),
    ...(service === undefined ? [] : [`SluiceService = "${service}"`]),
  ].join(' AND ');
  const { items, next } = await pageOf<IncidentSummary>(deps, {
    filter: `${filter}${withinSight(sees)}`,
    limit,
    cursor,
    read: summaryOf,
    sees: sees && (({ target }) => sees(areaOf(target))),
    recent,
  });
  return { incidents: items, next };
}

function summaryOf(info: RawWorkflowExecutionInfo): IncidentSummary | null {
  const { data } = incidentMemoSchema.safeParse(memoOf(info, incidentMemo));
  const runId = info.execution?.runId ?? '';
  return data === undefined ? null : { ...data, runId, links: incidentLinksOf(data.target, runId) };
}

/** The latest incident of the target, or one run. Errors: `incident-not-found`. */
export async function incidentOf(deps: TemporalDeps, ref: RunRef): Promise<IncidentView> {
  const target = targetOf(ref);
  const handle = deps.client.workflow.getHandle(incidentIdOf(target), ref.runId);
  const { status, runId } = await ask(deps, () => named(ref, () => handle.describe()));
  const told = () => (status.name === 'COMPLETED' ? handle.result() : handle.query<unknown>(incidentQuery));
  const answer = await within(deps.client, workerTimeoutMs, told).catch((error: unknown) => {
    if (!timedOut(error)) throw translated(deps, error);
    throw absent(error);
  });
  return { ...incidentSchema.parse(answer), runId, links: incidentLinksOf(target, runId) };
}

/**
 * Under a key it is for the incident that was the target's when it was sent first. Errors: `incident-not-found`,
 * `worker-absent`, `command-refused` when it is closed already.
 */
export async function closeIncident(
  deps: TemporalDeps,
  ref: RunRef,
  body: AckBody,
  key: string | null,
): Promise<IncidentView> {
  const workflowId = incidentIdOf(targetOf(ref));
  const sent = key === null ? null : { message: closeMessage, actor: body.actor, key, workflowId };
  const first = sent && (await firstSentTo(deps, sent));
  const handle = deps.client.workflow.getHandle(workflowId, first?.runId);
  try {
    const once = onceOptions(closeMessage, body.actor, key);
    const closed = await within(deps.client, workerTimeoutMs, () =>
      handle.executeUpdate<unknown, [AckBody]>(closeMessage, { args: [body], ...once }),
    );
    const { data } = incidentSchema.safeParse(closed);
    const entry = data?.timeline.findLast(({ event }) => event === 'incident.closed');
    if (key !== null && entry !== undefined)
      needSame([entry.text], [closedByHand(body.reason?.trim() ?? '')]);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refused(messageOf(error.cause ?? error), error);
    if (timedOut(error)) throw absent(error, 'The incident may still be closed when one does.');
    if (!(error instanceof WorkflowNotFoundError)) throw translated(deps, error);
    await incidentOf(deps, ref);
    throw refused('it is closed already', error);
  }
  return await incidentOf(deps, ref);
}

function refused(why: string, cause: unknown): SluiceError {
  return new SluiceError('command-refused', `The incident cannot be closed: ${why}.`, { cause });
}

function absent(cause: unknown, more?: string): SluiceError {
  const why = `No worker that tells people answered within ${workerTimeoutMs} ms.`;
  return new SluiceError('worker-absent', more === undefined ? why : `${why} ${more}`, { cause });
}

async function named<T>(ref: RunRef, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new SluiceError('incident-not-found', `No incident of ${targetOf(ref)} is known.`);
  }
}
