/** Rollouts as Temporal keeps them: the `RolloutService` over a Temporal client. */

import { buildAudit } from '../audit/audit.ts';
import type { Replay } from '../audit/replay.ts';
import { messageOf } from '../domain/errors.ts';
import { targetOf } from '../domain/plan/types.ts';
import { OpenEmergencies } from '../worker/open-emergencies.ts';
import type { RunningRollout } from './board/row.ts';
import {
  type Audit,
  type EmergencySummary,
  hasEnded,
  type Readiness,
  type RolloutSummary,
  type StopOfAll,
} from './contract.ts';
import { Calm } from './express/calm.ts';
import type { DataPlanes } from './express/data-planes.ts';
import { Queue } from './express/queue.ts';
import { Telling } from './express/telling.ts';
import type { ServiceSight } from './metrics.ts';
import type { RolloutService, RunRef } from './service.ts';
import { Accounts } from './temporal/accounts.ts';
import { reviewPlan } from './temporal/admission.ts';
import { boundInHaste, boundRef, firstInHaste, firstRef, sendBound } from './temporal/bound.ts';
import type { TemporalDeps } from './temporal/calls.ts';
import { sendCommand } from './temporal/command.ts';
import { emergencyStop, releaseAll } from './temporal/emergency.ts';
import { openEmergency } from './temporal/emergency-open.ts';
import { emergencyOf, listEmergencies, releaseEmergency } from './temporal/emergency-view.ts';
import { takeEvent } from './temporal/event.ts';
import { glanceOf, outlineIn } from './temporal/glance.ts';
import { fetchRuns } from './temporal/histories.ts';
import type { ListedPage } from './temporal/pages.ts';
import { askedEvery, RecentPages } from './temporal/recent-pages.ts';
import { RecentStarts } from './temporal/recent-starts.ts';
import { rollBack } from './temporal/rollback.ts';
import { RollbackHistory } from './temporal/rollbacks.ts';
import { RunningList } from './temporal/running.ts';
import type { Running } from './temporal/running-changes.ts';
import { SeriesReader } from './temporal/series.ts';
import { ServerClock } from './temporal/server-clock.ts';
import { type StartDeps, startRollout } from './temporal/start.ts';
import type { LostCommand } from './temporal/stop-canary.ts';
import { StopOrders, stopOfAll } from './temporal/stop-of-all.ts';
import { TrafficLookup } from './temporal/traffic-of.ts';
import { type Described, describeLatest, needKeyOf, statusOf, viewOf } from './temporal/view.ts';
import { listRollouts, workerSeen } from './temporal/visibility.ts';
import { WorkerSight } from './temporal/worker-sight.ts';

interface TemporalServiceDeps
  extends Omit<StartDeps, 'supersedeWaitMs' | 'turns' | 'begun' | 'emergencies' | 'orders'> {
  readonly replay: Replay;
  /** For the express lane, which does not wait for Temporal. */
  readonly planes: DataPlanes;
  /** Default 25 s: shorter than the patience of usual HTTP clients. */
  readonly supersedeWaitMs?: number;
  /** How far Temporal's lists may be behind, at most. Default 1.5 s. */
  readonly listsLagMs?: number;
  /** Whether notifiers are configured, so that people are told of emergencies. Default: false. */
  readonly tells?: boolean;
  /** Keep a list of what runs at hand, so that the express lane need not ask for it. Default: false. */
  readonly keepList?: boolean;
  /** Told of each rollback by the stop alone whose rollout is never told who asked and why. Default: nobody is. */
  readonly onLost?: (lost: LostCommand) => void;
  /** Given once what is at hand, for metrics. */
  readonly onSight?: (sight: ServiceSight) => void;
}

/** Each makes some calls, one after the other; more at a time only wait for the server's processors. */
const startsAtOnce = 16;
/** As often as pages ask. */
const emergenciesEveryMs = 3_000;
/** In a storm the list that is at hand will do for so much longer. */
const listWaitsMs = 1_000;

export function createTemporalService(options: TemporalServiceDeps): RolloutService {
  const calm = new Calm();
  const series = new SeriesReader(options);
  const deps = {
    supersedeWaitMs: 25_000,
    listsLagMs: 1_500,
    calm,
    telling: new Telling(calm),
    turns: new Queue(startsAtOnce),
    lookup: new TrafficLookup(options),
    accounts: new Accounts(),
    heardOf: (described: Described) => series.heardOf(described),
    clock: new ServerClock(),
    begun: new RecentStarts(),
    emergencies: new OpenEmergencies(options.client),
    orders: new StopOrders(),
    looks: { underWay: 0, list: new RunningList(options) },
    ...options,
  };
  const history = new RollbackHistory(options);
  const worker = new WorkerSight(deps);
  // Anybody may ask, and as often as they like.
  const ready = new RecentPages<Readiness>();
  const recent = new RecentPages<ListedPage<RolloutSummary>>((atMs) => deps.looks.list.quietSince(atMs));
  const emergencies = askedEvery<ListedPage<EmergencySummary>>(emergenciesEveryMs);
  const stops = askedEvery<StopOfAll>(emergenciesEveryMs);
  if (options.keepList === true) {
    deps.looks.list.keep(() => calm.pause(listWaitsMs));
    worker.keep();
  }
  options.onSight?.({
    phases: () => deps.looks.list.phases(),
    workerSeen: () => worker.seen,
    express: () => ({ stops: calm.underWay, untold: deps.telling.untold, storms: calm.storms }),
  });
  /** Nobody is given for long what was so before. */
  const changing = <T>(change: Promise<T>) =>
    change.finally(() => {
      recent.changed();
      history.changed();
      series.changed();
    });
  const opening = <T>(change: Promise<T>) =>
    change.finally(() => {
      emergencies.changed();
      stops.changed();
    });
  const commanded: RolloutService['command'] = async (ref, command, isKeyed = false) => {
    const isExpress = command.name === 'rollback' && command.gradual !== true;
    const send = isExpress ? rollBack : sendCommand;
    // A way back is tried whatever is missing.
    if (command.name !== 'rollback') await needKeyOf(deps, ref);
    if (ref.runId === undefined) {
      // Nothing comes before the stop of whoever names no run, and sends it once.
      if (!isKeyed || command.expect?.startedAtMs !== undefined) return await send(deps, ref, command);
      return await sendBound(
        () => (command.name === 'rollback' ? firstInHaste(deps, ref, command) : firstRef(deps, ref, command)),
        (run) => send(deps, run, command),
      );
    }
    const named = { ...ref, runId: ref.runId };
    return await sendBound(
      () => (isExpress ? boundInHaste(deps, named) : boundRef(deps, named)),
      (run) => send(deps, run, command),
    );
  };
  return {
    close: () => deps.telling.late.close(),
    examine: (request) => reviewPlan(deps, request),
    start: (request) => changing(startRollout(deps, request)),
    list: (query, sees, sinceMs) => listRollouts(deps, query, sees, recent.since(sinceMs)),
    running: async () => {
      const { askedAtMs, all } = await deps.looks.list.now();
      return { askedAtMs, rollouts: all.map(outlined) };
    },
    glance: (ref) => glanceOf(deps, ref),
    get: (ref, anew = false) => viewOf(deps, ref, { seen: seenRunning(deps.looks.list, ref), anew }),
    command: (ref, command, isKeyed) => changing(commanded(ref, command, isKeyed)),
    event: (ref, event) => changing(takeEvent(deps, ref, event)),
    audit: (ref) => auditOf(deps, ref),
    series: (ref, sinceMs) => series.read(ref, sinceMs),
    rollbacks: (query, sees, newEnough) => history.page(query, sees, newEnough),
    emergencyStop: (request, key = null) => opening(changing(emergencyStop(deps, request, key))),
    stopOfAll: (sinceMs = undefined) =>
      stops.since(sinceMs).of('', () => stopOfAll(deps, emergencies.since(sinceMs))),
    release: (order = {}, key = null) => opening(releaseAll(deps, order, key)),
    openEmergency: (request, key = null) => opening(changing(openEmergency(deps, request, key))),
    emergencies: (query, sees = null, sinceMs = undefined) =>
      listEmergencies(deps, query, sees, emergencies.since(sinceMs)),
    emergency: (id) => emergencyOf(deps, id),
    releaseEmergency: (id, body, key) => opening(releaseEmergency(deps, id, body, key)),
    readiness: () => ready.of('', () => readinessOf(deps)),
  };
}

/** The same for as long as the listed rollout is, so that whoever has seen it knows that nothing has changed. */
function outlined(running: Running): RunningRollout {
  const known = outlines.get(running) ?? { summary: running.summary, outline: outlineIn(running.memo) };
  outlines.set(running, known);
  return known;
}

const outlines = new WeakMap<Running, RunningRollout>();

/** Of the run that is meant, where the list at hand has it. */
function seenRunning(list: RunningList, ref: RunRef): string | null {
  const seen = list.lately(targetOf(ref))?.running.summary.runId ?? null;
  return ref.runId === undefined || ref.runId === seen ? seen : null;
}

async function auditOf(deps: TemporalServiceDeps, ref: RunRef): Promise<Audit> {
  const { summary } = await describeLatest(deps, ref);
  // Asked before the history is fetched, so that the history knows everything that the account tells.
  const status = hasEnded(summary) ? null : await statusOf(deps, summary);
  const runs = await fetchRuns(deps, { ...ref, runId: summary.runId });
  const { workflowId, temporalStatus } = summary;
  return await buildAudit({ target: targetOf(ref), workflowId, temporalStatus, runs, status }, deps.replay);
}

async function readinessOf(deps: TemporalDeps): Promise<Readiness> {
  const { address } = deps;
  try {
    const seen = await workerSeen(deps);
    const detail = seen
      ? 'a worker polled for rollouts lately'
      : 'no worker has polled for rollouts lately; they wait';
    const worker = { seen, detail };
    return { ready: true, temporal: { ok: true, address, detail: 'answers' }, worker };
  } catch (error) {
    const worker = { seen: false, detail: 'not known while Temporal is away' };
    return { ready: false, temporal: { ok: false, address, detail: messageOf(error) }, worker };
  }
}
