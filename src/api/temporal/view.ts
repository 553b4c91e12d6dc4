/** One rollout as far as it can be seen: Temporal's description, the workflow's own account, the live heartbeat. */
import { type DescribeWorkflowExecutionResponse, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { maxRuns } from '../../audit/chain.ts';
import { decoded, isKeyMissing } from '../../codec/readable.ts';
import { SluiceError } from '../../domain/errors.ts';
import { latestOf } from '../../domain/gates/state.ts';
import type { GateReport } from '../../domain/gates/types.ts';
import { statusQuery } from '../../domain/rollout/names.ts';
import type { RolloutStatus, WatchProgress } from '../../domain/rollout/status.ts';
import {
  gateReportSchema,
  linksOf,
  type RolloutSummary,
  type RolloutView,
  rolloutStatusSchema,
  watchProgressSchema,
} from '../contract.ts';
import type { BoundRef, RunRef } from '../service.ts';
import type { Accounts } from './accounts.ts';
import { ask, callTimeoutMs, type TemporalDeps, within, workerTimeoutMs } from './calls.ts';
import { memoOf, millisOf, rawOf, summaryOf, workflowIdFor } from './visibility.ts';

export interface Described {
  readonly summary: RolloutSummary;
  readonly memo: (key: string) => unknown;
  readonly raw: DescribeWorkflowExecutionResponse;
}

/** Throws `rollout-not-found`, naming what was asked for. */
export async function describe(
  deps: TemporalDeps,
  ref: RunRef,
  timeoutMs = callTimeoutMs,
): Promise<Described> {
  const handle = deps.client.workflow.getHandle(workflowIdFor(ref), ref.runId);
  const { raw } = await askFor(deps, ref, () => handle.describe(), timeoutMs);
  const info = raw.workflowExecutionInfo ?? {};
  return { summary: summaryOf(info), memo: (key) => memoOf(info, key), raw };
}

/**
 * As `describe`, of the latest part: a run goes on as another one when its history has grown long, and whoever names
 * one means the rollout. Never another rollout of the target.
 */
export async function describeLatest(deps: TemporalDeps, ref: RunRef): Promise<Described> {
  let described = await describe(deps, ref);
  for (let parts = 1; parts < maxRuns && hasGoneOn(described); parts++) {
    const runId = await nextOf(deps, { ...ref, runId: described.summary.runId });
    if (runId === null) break;
    described = await describe(deps, { ...ref, runId });
  }
  return described;
}

function hasGoneOn({ summary }: Described): boolean {
  return summary.temporalStatus === 'CONTINUED_AS_NEW';
}

/** Temporal's number for the last event of a run, once it has ended. */
const closeEvent = 2;

async function nextOf(deps: TemporalDeps, ref: BoundRef): Promise<string | null> {
  const { workflowService, namespace } = rawOf(deps);
  const execution = { workflowId: workflowIdFor(ref), runId: ref.runId };
  const asked = { namespace, execution, maximumPageSize: 1, historyEventFilterType: closeEvent };
  const { history } = await askFor(deps, ref, () => workflowService.getWorkflowExecutionHistory(asked));
  const closing = history?.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
  return closing?.newExecutionRunId || null;
}

/**
 * Throws `payload-key-missing`. What is sealed with a key that workers lack keeps a rollout from deciding anything, so
 * whoever cannot read it sends it nothing.
 */
export async function needKeyOf(deps: TemporalDeps, ref: RunRef): Promise<void> {
  await describe(deps, ref, workerTimeoutMs).catch((error: unknown) => {
    if (isKeyMissing(error)) throw error;
  });
}

export interface ViewDeps extends TemporalDeps {
  /** Accounts at hand. Default: the worker is asked each time. */
  readonly accounts?: Accounts;
  /** Told of each description. Default: nobody is. */
  readonly heardOf?: (described: Described) => void;
}

interface Look {
  /** The run that ran a moment ago. It is asked at the same time as Temporal is. Default: none was seen. */
  readonly seen?: string | null;
  /** The worker is asked, whatever account is at hand. Default: false. */
  readonly anew?: boolean;
}

export async function viewOf(
  deps: ViewDeps,
  ref: RunRef,
  { seen = null, anew = false }: Look = {},
): Promise<RolloutView> {
  const isAtHand = seen !== null && !anew && deps.accounts?.has(seen) === true;
  const early = seen === null || isAtHand ? null : askedEarly(deps, ref, seen);
  const described = await describeLatest(deps, ref);
  deps.heardOf?.(described);
  const { summary, raw } = described;
  const isSeen = summary.runId === seen && summary.temporalStatus === running;
  const told = await accountOf(deps, described, { early: isSeen ? early : null, anew });
  const status = told && withLiveGates(told, raw);
  return {
    ...summary,
    // The workflow's word is fresher than its search attributes.
    ...(status ? { version: status.version, phase: status.phase, outcome: status.outcome } : {}),
    status,
    live: liveOf(raw),
    workerAnswered: status !== null,
    links: { ...linksOf(summary.environment, summary.service, summary.runId), ...inTemporal(deps, summary) },
  };
}

const running = 'RUNNING';

interface Asked {
  readonly answer: Promise<RolloutStatus | null>;
  readonly mark: string | null;
}

function askedEarly(deps: ViewDeps, ref: RunRef, runId: string): Asked {
  const mark = deps.accounts?.markOf(runId) ?? null;
  const answer = statusOf(deps, { workflowId: workflowIdFor(ref), runId, temporalStatus: running });
  // If it is not the one any more, nobody cares what became of the question.
  answer.catch(() => {});
  return { answer, mark };
}

/** The account at hand where it holds still, else the worker's answer. As `statusOf`. */
export async function accountOf(
  deps: ViewDeps,
  { summary, raw }: Pick<Described, 'summary' | 'raw'>,
  { early = null, anew = false }: { readonly early?: Asked | null; readonly anew?: boolean } = {},
): Promise<RolloutStatus | null> {
  const { accounts } = deps;
  const { runId } = summary;
  const known = accounts?.described(runId, raw);
  if (known?.account && !anew) return known.account;
  const asked = early ?? { answer: statusOf(deps, summary), mark: known?.mark ?? null };
  const account = await asked.answer;
  // Also that nobody answers is remembered, else the next look would show the rollout as well again.
  accounts?.keep(runId, asked.mark, account);
  return account;
}

/**
 * Null when no worker answers in time. Throws `payload-key-missing`. An ended rollout left its account as its result
 * and needs no worker.
 */
export async function statusOf(
  deps: TemporalDeps,
  summary: Pick<RolloutSummary, 'workflowId' | 'runId' | 'temporalStatus'>,
): Promise<RolloutStatus | null> {
  const handle = deps.client.workflow.getHandle(summary.workflowId, summary.runId);
  try {
    if (summary.temporalStatus === 'COMPLETED') {
      return statusFrom(await within(deps.client, workerTimeoutMs, () => handle.result()));
    }
    return statusFrom(await within(deps.client, workerTimeoutMs, () => handle.query<unknown>(statusQuery)));
  } catch (error) {
    // The worker is not to blame for that.
    if (isKeyMissing(error)) throw error;
    // Temporal itself answered a moment ago, so it is the worker that is away, or busy with an outage of its own.
    return null;
  }
}

function inTemporal(
  { client, uiUrl }: TemporalDeps,
  { workflowId, runId }: RolloutSummary,
): { temporal?: string } {
  if (!uiUrl) return {};
  const path = ['namespaces', client.options.namespace, 'workflows', workflowId, runId].map(
    encodeURIComponent,
  );
  return { temporal: `${uiUrl.replace(/\/+$/, '')}/${path.join('/')}/history` };
}

export function statusFrom(value: unknown): RolloutStatus | null {
  const reading = rolloutStatusSchema.safeParse(value);
  return reading.success ? reading.data : null;
}

function liveOf(raw: DescribeWorkflowExecutionResponse): WatchProgress | null {
  return beatOf(raw)?.live ?? null;
}

interface Beat {
  readonly live: WatchProgress;
  /** When Temporal got it, by its clock. */
  readonly gotAtMs: number;
}

/** The newest heartbeat among the watches under way; an obsolete one may still be ending. */
export function beatOf(raw: DescribeWorkflowExecutionResponse): Beat | null {
  const beats = (raw.pendingActivities ?? [])
    .filter(({ activityType }) => activityType?.name === 'watch')
    .flatMap(({ heartbeatDetails, lastHeartbeatTime }) => {
      const reading = watchProgressSchema.safeParse(decoded(heartbeatDetails?.payloads?.[0]));
      return reading.success ? [{ live: reading.data, gotAtMs: millisOf(lastHeartbeatTime) }] : [];
    });
  return beats.sort((a, b) => b.live.atMs - a.live.atMs)[0] ?? null;
}

function withLiveGates(status: RolloutStatus, raw: DescribeWorkflowExecutionResponse): RolloutStatus {
  const beats = liveGatesOf(raw);
  return beats.length === 0 ? status : { ...status, gates: latestOf(status.gates ?? [], beats) };
}

/** What gates last answered while they are asked; in the workflow's own account answers stand when all are in. */
export function liveGatesOf(raw: DescribeWorkflowExecutionResponse): readonly GateReport[] {
  return (raw.pendingActivities ?? [])
    .filter(({ activityType }) => activityType?.name === 'gate' || activityType?.name === 'watch')
    .map(({ heartbeatDetails }) => gatesIn.safeParse(decoded(heartbeatDetails?.payloads?.[0])))
    .flatMap((reading) => (reading.success ? reading.data.gates : []));
}

const gatesIn = z.object({ gates: z.array(gateReportSchema) });

/** As `ask`, but says which rollout was not found. */
export async function askFor<T>(
  deps: TemporalDeps,
  ref: RunRef,
  call: () => Promise<T>,
  timeoutMs = callTimeoutMs,
): Promise<T> {
  const named = async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw notFound(ref);
      throw error;
    }
  };
  return await ask(deps, named, timeoutMs);
}

export function notFound(ref: RunRef): SluiceError {
  const run = ref.runId === undefined ? '' : ` with run ${ref.runId}`;
  return new SluiceError(
    'rollout-not-found',
    `No rollout of ${ref.environment}/${ref.service}${run} is known.`,
  );
}
