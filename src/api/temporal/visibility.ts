/** Reads what Temporal knows of rollouts without a worker: lists, summaries, memos. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { decoded } from '../../codec/readable.ts';
import { SluiceError } from '../../domain/errors.ts';
import { workflowIdOf } from '../../domain/plan/types.ts';
import { taskQueues, workflowType } from '../../domain/rollout/names.ts';
import { outlineMemo } from '../../domain/rollout/outline.ts';
import { type ListQuery, type RolloutPage, type RolloutSummary, summarySchema } from '../contract.ts';
import { ask, type TemporalDeps, workerTimeoutMs } from './calls.ts';

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

export async function listRollouts(deps: TemporalDeps, query: ListQuery): Promise<RolloutPage> {
  const filter = filterOf(query);
  const { workflowService, namespace } = rawOf(deps);
  const answer = await ask(deps, () =>
    workflowService.listWorkflowExecutions({
      namespace,
      pageSize: query.limit,
      query: filter,
      nextPageToken: query.cursor === undefined ? null : tokenOf(query.cursor, filter),
    }),
  );
  const next = answer.nextPageToken?.length ? cursorOf(answer.nextPageToken, filter) : null;
  return { rollouts: (answer.executions ?? []).map(summaryOf), next };
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
  if (running !== undefined) parts.push(`ExecutionStatus ${running === 'true' ? '=' : '!='} "Running"`);
  if (search !== undefined) parts.push(startingWith(search));
  return parts.join(' AND ');
}

/** The target, the service or the version. */
function startingWith(text: string): string {
  const begins = { WorkflowId: workflowIdOf(text), SluiceService: text, SluiceVersion: text };
  const any = Object.entries(begins).map(([key, begin]) => `${key} STARTS_WITH "${begin}"`);
  return `(${any.join(' OR ')})`;
}

/** Opaque to clients; carries its filters, because a page of one list makes no sense in another. */
export function cursorOf(token: Uint8Array, filter: string): string {
  const text = JSON.stringify({ token: Buffer.from(token).toString('base64'), filter });
  return Buffer.from(text).toString('base64url');
}

export function tokenOf(cursor: string, filter: string): Uint8Array {
  try {
    const known: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof known === 'object' && known !== null && 'token' in known && 'filter' in known) {
      if (known.filter === filter && typeof known.token === 'string')
        return Buffer.from(known.token, 'base64');
    }
  } catch {
    // Not of our making; refused below.
  }
  throw new SluiceError('request-invalid', 'The cursor is not of this list.', {
    problems: [
      { path: 'query.cursor', message: 'must be `next` of an earlier answer with the same filters' },
    ],
  });
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

/** Whether a worker has polled for rollouts lately. The server remembers pollers longer than they live. */
export async function workerSeen(deps: TemporalDeps, nowMs: number): Promise<boolean> {
  const { workflowService, namespace } = rawOf(deps);
  const workflowTasks = 1;
  const describeQueue = () =>
    workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues.rollouts },
      taskQueueType: workflowTasks,
    });
  const answer = await ask(deps, describeQueue, workerTimeoutMs);
  return (answer.pollers ?? []).some((poller) => nowMs - millisOf(poller.lastAccessTime) < longestPollMs);
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

/** A protobuf timestamp in epoch milliseconds. Its seconds may come as a number or as a Long. */
export function millisOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return time ? Number(String(time.seconds ?? 0)) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : 0;
}
