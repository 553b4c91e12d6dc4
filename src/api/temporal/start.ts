/** Starts a rollout: the workflow id is the target's lock, the memo remembers the Idempotency-Key. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { emergencyOpen } from '../../domain/emergency/block.ts';
import { SluiceError } from '../../domain/errors.ts';
import { type Plan, targetOf, workflowIdOf } from '../../domain/plan/types.ts';
import { asPractice } from '../../domain/policy/examine.ts';
import { cooling, readCooldown } from '../../domain/rollout/cooldown.ts';
import { cooldownMemo, workflowType } from '../../domain/rollout/names.ts';
import type { Force } from '../../domain/rollout/types.ts';
import type { OpenEmergencies } from '../../worker/open-emergencies.ts';
import { startOptionsOf } from '../../worker/start-options.ts';
import { hasEnded } from '../contract.ts';
import type { DataPlanes } from '../express/data-planes.ts';
import type { Queue } from '../express/queue.ts';
import type { StartRequest, StartResult } from '../service.ts';
import { type AdmissionDeps, admitted, examinePlan } from './admission.ts';
import { ask, callTimeoutMs, translated, within } from './calls.ts';
import type { RecentStarts } from './recent-starts.ts';
import type { StopOrders } from './stop-of-all.ts';
import { supersede } from './supersede.ts';
import { type Described, describe } from './view.ts';
import { memoOf, runsOf, summaryOf, workerSeen } from './visibility.ts';

/** Two rounds: the target was busy, was freed, and somebody else was faster once more. */
const maxRounds = 3;
/** How many earlier rollouts of the target are asked whether they know the Idempotency-Key. */
const rememberedRuns = 50;
/** How many are asked for a cooldown: it is hours, and a rollout takes minutes. */
const coolingRuns = 20;

export interface StartDeps extends AdmissionDeps {
  readonly planes: Pick<DataPlanes, 'isStopped'>;
  readonly emergencies: OpenEmergencies;
  /** Who stopped everything. */
  readonly orders: Pick<StopOrders, 'latest'>;
  /** What begins here, for stops that lists are too late for. */
  readonly begun: RecentStarts;
  /** How long a superseding start waits for the rollout in its way. */
  readonly supersedeWaitMs: number;
  /** A few starts at a time go to Temporal, so that many of them are not in the way of commands. */
  readonly turns: Queue;
}

type Run = Omit<StartResult, 'workerSeen'>;
type Allowed = Awaited<ReturnType<typeof admitted>>;

export async function startRollout(deps: StartDeps, request: StartRequest): Promise<StartResult> {
  const before = await deps.turns.pass(() => startedBefore(deps, request));
  const run = before ?? (await startNow(deps, request));
  const seen = await workerSeen(deps).catch(() => false);
  return { ...run, workerSeen: seen };
}

async function startNow(deps: StartDeps, request: StartRequest): Promise<Run> {
  // Who has begun goes on before others begin. Nobody waits for a rollout that is superseded but who supersedes it.
  const turn = <T>(work: () => Promise<T>) => deps.turns.pass(work, { first: true });
  const may = await turn(() => allowed(deps, request));
  const { plan } = may;
  let force: Force | undefined = request.force ? 'all' : undefined;
  for (let round = 1; round <= maxRounds; round++) {
    const found = await turn(() => tryOnce(deps, request, may, force));
    if ('runId' in found) return found;
    if (hasEnded(found.summary)) continue;
    if (plan.onConflict === 'reject') throw conflict(found);
    await supersede(deps, found.summary, request);
    // That may have taken long enough for somebody to have stopped everything.
    await turn(() => refuseBarred(deps, plan));
    // The cooldown of a rollout that was only superseded keeps nobody waiting, least of all its successor.
    force ??= 'cooldown';
  }
  throw conflict(await describe(deps, plan));
}

/** The plan as it will run. Throws what says that it may not begin. */
async function allowed(deps: StartDeps, request: StartRequest): Promise<Allowed> {
  const { plan, warnings } = await admitted(deps, request);
  await refuseBarred(deps, plan);
  await refuseCooling(deps, request);
  return { plan, warnings };
}

/** The run that was started now or by the same request before, or the rollout that is in the way. */
async function tryOnce(
  deps: StartDeps,
  request: StartRequest,
  { plan, warnings }: Allowed,
  force: Force | undefined,
): Promise<Run | Described> {
  const run = await tryStart(deps, request, plan, force);
  if (run) return { ...run, created: true, warnings };
  const running = await describe(deps, plan);
  return sameRequest(request, running.memo) ? await known(deps, request, running.summary.runId) : running;
}

/** An emergency says who stopped everything, and why, so it has the first word. */
async function refuseBarred(deps: StartDeps, plan: Plan): Promise<void> {
  await refuseInEmergency(deps, plan);
  await refuseStopped(deps, plan);
}

/**
 * Preparation would refuse it as well, but later and with a rollout to its name; it looks again where the data plane
 * does not answer here.
 */
async function refuseStopped({ planes, orders }: StartDeps, { traffic }: Plan): Promise<void> {
  if ((await planes.isStopped(traffic.name)) !== true) return;
  const { latest } = orders;
  const by =
    latest === null ? '' : ` ${latest.actor} was the last to order that through this API: ${latest.reason}.`;
  throw new SluiceError(
    'emergency-stopped',
    `Everything behind "${traffic.name}" is stopped, so no rollout can begin there.${by}`,
    { details: { traffic: traffic.name } },
  );
}

async function refuseInEmergency(deps: StartDeps, plan: Plan): Promise<void> {
  const target = targetOf(plan);
  const [open] = await ask(deps, () => deps.emergencies.covering(target));
  if (open) throw emergencyOpen(target, open);
}

/** The latest run is asked itself, and those before it through visibility, which lags behind. */
async function refuseCooling(deps: StartDeps, { plan, force }: StartRequest): Promise<void> {
  if (force) return;
  const [latest, runs] = await Promise.all([
    found(describe(deps, plan)),
    runsOf(deps, workflowIdOf(targetOf(plan)), coolingRuns),
  ]);
  const memos = [latest?.memo(cooldownMemo), ...runs.map((info) => memoOf(info, cooldownMemo))];
  const inForce = memos.map(readCooldown).find((one) => one !== null && one.untilMs > Date.now());
  if (inForce) throw cooling(plan, inForce);
}

/** Null: the target never had a rollout. */
function found(described: Promise<Described>): Promise<Described | null> {
  return described.catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === 'rollout-not-found') return null;
    throw error;
  });
}

/** Null: a rollout of the target is running. The digest is that of the plan as it was sent: policies may change. */
async function tryStart(
  deps: StartDeps,
  { plan: sent, actor, reason, idempotencyKey }: StartRequest,
  plan: Plan,
  force: Force | undefined,
): Promise<Pick<Run, 'workflowId' | 'runId'> | null> {
  const input = { plan, actor, reason, ...(force === undefined ? {} : { force }) };
  const options = startOptionsOf(input, { idempotencyKey, planDigest: digestOf(sent) });
  deps.begun.begins(targetOf(plan));
  try {
    const handle = await within(deps.client, callTimeoutMs, () =>
      deps.client.workflow.start(workflowType, options),
    );
    return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw translated(deps, error);
  }
}

/** The rollout that the same request started before, even when others came after it. */
async function startedBefore(deps: StartDeps, request: StartRequest): Promise<Run | null> {
  if (request.idempotencyKey === null) return null;
  const workflowId = workflowIdOf(targetOf(request.plan));
  const latest = await found(describe(deps, request.plan));
  if (latest === null) return null;
  // Asked first, because visibility, which knows all runs, lags behind.
  if (sameRequest(request, latest.memo)) return await known(deps, request, latest.summary.runId);
  for (const info of await runsOf(deps, workflowId, rememberedRuns)) {
    if (!sameRequest(request, (key) => memoOf(info, key))) continue;
    return await known(deps, request, summaryOf(info).runId);
  }
  return null;
}

/** The rollout is there whatever is said of its plan by now, so that fails nothing. */
async function known(deps: StartDeps, request: StartRequest, runId: string): Promise<Run> {
  const { warnings } = await examinePlan(deps, request).catch(() => ({
    warnings: asPractice(request.warnings ?? []),
  }));
  return { workflowId: workflowIdOf(targetOf(request.plan)), runId, created: false, warnings };
}

/** Throws `idempotency-mismatch` when the key was used for another plan. */
function sameRequest({ plan, idempotencyKey }: StartRequest, memo: (key: string) => unknown): boolean {
  if (idempotencyKey === null || memo('idempotencyKey') !== idempotencyKey) return false;
  if (memo('planDigest') === digestOf(plan)) return true;
  throw new SluiceError(
    'idempotency-mismatch',
    `The Idempotency-Key was used before for another plan of ${targetOf(plan)}.`,
  );
}

function conflict({ summary }: Described): SluiceError {
  const { target, version, phase, workflowId, runId } = summary;
  return new SluiceError(
    'rollout-running',
    `A rollout of ${target} is running: ${version ?? 'of an unknown version'}, ${phase ?? 'not begun'}, run ${runId}.`,
    { details: { workflowId, runId, version, phase } },
  );
}

/** The same for plans that mean the same, whatever the order of their keys. */
export function digestOf(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(plan)))
    .digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]));
}
