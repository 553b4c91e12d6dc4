/** Reads what Temporal knows of rollouts without a worker: lists, summaries, memos. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { decoded } from '../../codec/readable.ts';
import { workflowIdOf } from '../../domain/plan/types.ts';
import { closed, notClosed, taskQueues, workflowType } from '../../domain/rollout/names.ts';
import { outlineMemo } from '../../domain/rollout/outline.ts';
import { millisOf as millisIn } from '../../worker/listing.ts';
import type { Sees } from '../access/sight.ts';
import { type ListQuery, type RolloutPage, type RolloutSummary, summarySchema } from '../contract.ts';
import { ask, type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { type ListedPage, pageOf } from './pages.ts';
import type { Recent } from './recent-pages.ts';

const statusNames: Readonly<Record<number, string>> = {
  1: 'RUNNING',
  2: 'COMPLETED',
  3: 'FAILED',
  4: 'CANCELLED',
  5: 'TERMINATED',
  6: 'CONTINUED_AS_NEW',
  7: 'TIMED_OUT',
  8: 'PAUSED',
};

export type RecentRollouts = Recent<ListedPage<RolloutSummary>>;

/** `sees`: what of it is shown. Default: everything. `recent`: see `pageOf`. */
export async function listRollouts(
  deps: TemporalDeps,
  query: ListQuery,
  sees: Sees = null,
  recent?: RecentRollouts,
): Promise<RolloutPage> {
  const { limit, cursor } = query;
  const filter = `${filterOf(query)}${withinSight(sees)}`;
  const { items, next } = await pageOf(deps, { filter, limit, cursor, read: summaryOf, sees, recent });
  return { rollouts: items, next };
}

/** A visibility query. Values cannot contain quotes: the contract's schema refuses them. */
export function filterOf(query: Omit<ListQuery, 'limit' | 'cursor'>): string {
  const { environment, service, version, phase, outcome, running, search } = query;
  const wanted = {
    SluiceEnvironment: environment,
    SluiceService: service,
    SluiceVersion: version,
    SluicePhase: phase,
    SluiceOutcome: outcome,
  };
  const parts = [`WorkflowType = "${workflowType}"`, 'ExecutionStatus != "ContinuedAsNew"'];
  for (const [key, value] of Object.entries(wanted)) {
    if (value !== undefined) parts.push(`${key} = "${value}"`);
  }
  if (running !== undefined) parts.push(running === 'true' ? notClosed : closed);
  if (search !== undefined) parts.push(startingWith(search));
  return parts.join(' AND ');
}

/** So that what its reader may not see takes no room in a list. To be added to a query. */
export function withinSight(sees: Sees): string {
  const names = sees?.environments?.map((name) => `"${name}"`);
  return names === undefined ? '' : ` AND SluiceEnvironment IN (${names.join(', ')})`;
}

/** The target, the service or the version. */
function startingWith(text: string): string {
  const begins = { WorkflowId: workflowIdOf(text), SluiceService: text, SluiceVersion: text };
  const any = Object.entries(begins).map(([key, begin]) => `${key} STARTS_WITH "${begin}"`);
  return `(${any.join(' OR ')})`;
}

/** Runs of one target, newest first. Visibility lags a little behind. */
export async function runsOf(
  deps: TemporalDeps,
  workflowId: string,
  limit: number,
): Promise<RawWorkflowExecutionInfo[]> {
  const { workflowService, namespace } = rawOf(deps);
  const query = `WorkflowType = "${workflowType}" AND WorkflowId = "${workflowId}"`;
  const answer = await ask(deps, () =>
    workflowService.listWorkflowExecutions({ namespace, pageSize: limit, query }),
  );
  return answer.executions ?? [];
}

/**
 * Whether a worker has polled for rollouts lately. One that hangs, or has just been killed, has too: the server knows
 * when a poll began, not whether anybody waits for what it brings. Where it is not known how far its clock is from this
 * one, an older poll counts as well.
 */
export async function workerSeen(deps: TemporalDeps): Promise<boolean> {
  const { workflowService, namespace } = rawOf(deps);
  const { clock } = deps;
  const workflowTasks = 1;
  const describeQueue = () =>
    workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues.rollouts },
      taskQueueType: workflowTasks,
    });
  const { pollers } = await ask(deps, describeQueue, workerTimeoutMs);
  if (!pollers?.length) return false;
  const latestMs = Math.max(...pollers.map(({ lastAccessTime }) => millisOf(lastAccessTime)));
  clock?.heard(latestMs);
  const agoMs = clock?.ageMs(latestMs, clock.now()) ?? Date.now() - latestMs;
  // The server's memory of pollers is longer than their lives.
  return agoMs < longestPollMs;
}

/** A long poll lasts a minute, and a busy worker may skip a beat. */
const longestPollMs = 75_000;

export function summaryOf(info: RawWorkflowExecutionInfo): RolloutSummary {
  const workflowId = info.execution?.workflowId ?? '';
  const [, environment = '', service = ''] = workflowId.split('/');
  const attribute = (key: string) => decoded(info.searchAttributes?.indexedFields?.[key]) ?? null;
  const ended = info.closeTime ? millisOf(info.closeTime) : null;
  const summary = {
    target: `${environment}/${service}`,
    environment,
    service,
    version: attribute('SluiceVersion'),
    phase: attribute('SluicePhase'),
    stage: attribute('SluiceStage'),
    outcome: attribute('SluiceOutcome'),
    workflowId,
    runId: info.execution?.runId ?? '',
    temporalStatus: statusNames[info.status ?? 0] ?? 'UNKNOWN',
    startedAtMs: millisOf(info.startTime),
    endedAtMs: ended,
    ...startedByOf(info),
  };
  return summarySchema.parse(summary);
}

function startedByOf(info: RawWorkflowExecutionInfo): Pick<RolloutSummary, 'startedBy'> {
  const outline = memoOf(info, outlineMemo);
  const known = typeof outline === 'object' && outline !== null && 'startedBy' in outline;
  return known && typeof outline.startedBy === 'string' ? { startedBy: outline.startedBy } : {};
}

export function memoOf(info: RawWorkflowExecutionInfo, key: string): unknown {
  return decoded(info.memo?.fields?.[key]) ?? null;
}

export function workflowIdFor(ref: { readonly environment: string; readonly service: string }): string {
  return workflowIdOf(`${ref.environment}/${ref.service}`);
}

export function rawOf({ client }: TemporalDeps) {
  return { workflowService: client.workflowService, namespace: client.options.namespace };
}

/** A protobuf timestamp in epoch milliseconds; 0 for none. */
export function millisOf(time: Parameters<typeof millisIn>[0]): number {
  return millisIn(time) ?? 0;
}
