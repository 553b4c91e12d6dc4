/** A rollback on the express lane: the canary is stopped in the data plane while the workflow is told; neither waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { type CommandAnswer, type Express, hasEnded, type RolloutSummary } from '../contract.ts';
import type { Calm } from '../express/calm.ts';
import type { DataPlanes, TrafficRef } from '../express/data-planes.ts';
import type { Queue } from '../express/queue.ts';
import type { CommandRequest, RunRef } from '../service.ts';
import { type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { leaveCommand, sendCommand } from './command.ts';
import type { Running, RunningList } from './running.ts';
import type { TrafficLookup } from './traffic-of.ts';
import { describe } from './view.ts';

export interface ExpressDeps extends TemporalDeps {
  readonly planes: DataPlanes;
  readonly lookup: TrafficLookup;
  /** Of the stops under way. */
  readonly calm: Calm;
  /** Of the commands that follow the stops. */
  readonly telling: Queue;
  /** Single looks at rollouts that are under way, and what takes their place when they are many or take too long. */
  readonly looks: { underWay: number; readonly list: RunningList };
}

/** How long Temporal may take to say whether a rollout runs before the data plane is asked instead. */
const minPatienceMs = 30;
const maxPatienceMs = 150;
const maxLooks = 8;
/** However slow the data plane is, the workflow is told by then. */
const headStartMs = 100;
/** How long a command whose canary is stopped lets the stops of others go first. */
const courtesyMs = 1000;
/** A command whose canary is stopped is left as a signal after so long in the queue, or with so many behind it. */
const maxQueueMs = 500;
const maxQueue = 20;
/** How long an answer waits for the rollout to be told. Longer than an update that no worker answers, and its signal. */
const tellBudgetMs = 3000;

export interface Lane {
  readonly express: Express;
  /** The rollout will find the stop, even if nobody can tell it. */
  readonly enough: boolean;
  /** Of the rollout whose canary it is; null: only the data plane could be asked. */
  readonly runId: string | null;
  /** Names of the traffic instances that were written to. */
  readonly traffic: string;
}

interface Located extends Pick<Lane, 'enough' | 'runId'> {
  readonly refs: readonly TrafficRef[];
}

export async function rollBack(
  deps: ExpressDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<CommandAnswer> {
  const stopping = deps.calm.during(() => stopCanary(deps, ref));
  const telling = headStart(deps, stopping).then((safe) =>
    deps.telling.pass((waitedMs) =>
      safe && (waitedMs > maxQueueMs || deps.telling.length > maxQueue)
        ? leaveCommand(deps, ref, command)
        : sendCommand(deps, ref, command),
    ),
  );
  const [lane, told] = await Promise.allSettled([stopping, toldInTime(stopping, telling)]);
  const stopped = lane.status === 'fulfilled' ? lane.value : null;
  const express = stopped ? { express: stopped.express } : {};
  if (told.status === 'fulfilled') return { ...told.value, ...express };
  const obeyed = (lane: Lane) => hasObeyed(told.reason, lane.runId) || (lane.enough && wasAway(told.reason));
  if (stopped?.express.written && obeyed(stopped)) {
    return { accepted: true, via: 'stop', status: null, ...express };
  }
  throw told.reason;
}

/** Whoever is safe, and whose rollout will find the stop, need not wait for the end of a storm: it is told after the answer. */
async function toldInTime(
  stopping: Promise<Lane | null>,
  telling: Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const over = new AbortController();
  const late = sleep(tellBudgetMs, null, { signal: over.signal }).catch(() => null);
  const told = await Promise.race([telling, late]).finally(() => over.abort());
  if (told !== null) return told;
  const lane = await stopping.catch(() => null);
  if (!lane?.express.written || !lane.enough) return await telling;
  telling.catch(() => {});
  return { accepted: true, via: 'stop', status: null };
}

/**
 * A stop takes some milliseconds. When many rollbacks come at once, the work that each command makes for everybody would
 * be in the way of the stops behind it; and whoever is safe already has time. Returns whether this one is.
 */
async function headStart({ calm }: ExpressDeps, stopping: Promise<Lane | null>): Promise<boolean> {
  const mine = stopping.then((lane) => lane?.express.written === true).catch(() => false);
  const safe = await Promise.race([mine, sleep(headStartMs, false)]);
  if (safe) await calm.wait(courtesyMs);
  return safe;
}

/** Null: there is no canary to stop. Throws when neither Temporal nor a data plane knows of one. */
export async function stopCanary(deps: ExpressDeps, ref: RunRef): Promise<Lane | null> {
  const located = await locate(deps, ref);
  if (located === null) return null;
  const results = await Promise.all(located.refs.map((one) => deps.planes.stop(one)));
  const failed = results.find((result) => !result.written);
  const tookMs = Math.max(0, ...results.map((result) => (result.written ? result.tookMs : 0)));
  const traffic = located.refs.map(({ name }) => name).join(', ');
  const { enough, runId } = located;
  return { express: failed ?? { written: true, tookMs }, enough, runId, traffic };
}

/** Temporal knows which rollout runs; when it is slow or away, the data plane knows whether a canary has traffic. */
async function locate(deps: ExpressDeps, ref: RunRef): Promise<Located | null> {
  const lately = locatedLately(deps, ref);
  if (lately) return lately;
  const asked = located(deps, ref);
  const late = 'late' as const;
  const first = await Promise.race([
    asked.catch((error: unknown) => {
      if (wasAway(error)) return late;
      throw error;
    }),
    sleep(patienceOf(deps), late),
  ]);
  if (first !== late) return first;
  const refs = await refsWithCanary(deps, ref);
  return refs.length > 0 ? { refs, enough: true, runId: null } : await asked;
}

/**
 * By the list at hand, which may be some seconds behind. What it does not know is asked for, so it can only err by a stop
 * too many. If the rollout was promoted since, or has ended, there is no canary: the stop takes traffic off nobody, and
 * the next preparation clears it. If the next rollout runs already, it is the one that this command goes to as well.
 */
function locatedLately({ looks, lookup }: ExpressDeps, ref: RunRef): Located | null {
  const running = looks.list.lately(targetOf(ref));
  if (running === null || !hasCanary(running.summary)) return null;
  const traffic = lookup.atHand(running.summary, running.memo);
  return traffic && locatedBy(running.summary, traffic);
}

/** In a storm a look takes longer, and asking the data planes as well would only add to it. */
function patienceOf({ calm }: ExpressDeps): number {
  return Math.min(maxPatienceMs, minPatienceMs + calm.underWay);
}

async function located(deps: ExpressDeps, ref: RunRef): Promise<Located | null> {
  const { summary, memo } = await look(deps, ref);
  if (hasEnded(summary) || !hasCanary(summary)) return null;
  const traffic = await deps.lookup.of(summary, memo);
  return traffic && locatedBy(summary, traffic);
}

function locatedBy({ phase, runId }: RolloutSummary, traffic: TrafficRef): Located {
  // Preparation clears stops, so one that comes before it may not be found.
  return { refs: [traffic], enough: phase !== null && phase !== 'preparing', runId };
}

/** One by one as long as they are few; what the shared list does not have yet, or any more, is looked at all the same. */
async function look(deps: ExpressDeps, ref: RunRef): Promise<Running> {
  const { looks } = deps;
  if (looks.underWay >= maxLooks) {
    const running = (await looks.list.byTarget()).get(targetOf(ref));
    if (running) return running;
  }
  looks.underWay += 1;
  try {
    return await describe(deps, ref, workerTimeoutMs);
  } finally {
    looks.underWay -= 1;
  }
}

/** After its promotion a version is no canary any more, and a stop would not touch it. */
export function hasCanary({ phase }: Pick<RolloutSummary, 'phase'>): boolean {
  return phase !== 'watching' && phase !== 'cleaning';
}

async function refsWithCanary({ planes, lookup }: ExpressDeps, ref: RunRef): Promise<TrafficRef[]> {
  const target = targetOf(ref);
  const last = lookup.lastOf(target);
  const candidates = last
    ? [last]
    : planes.names.map((name) => ({ name, target: { id: target, options: {} } }));
  const found = await Promise.all(candidates.map((one) => planes.hasCanary(one)));
  return candidates.filter((_, index) => found[index]);
}

export function wasAway(error: unknown): boolean {
  return error instanceof SluiceError && ['temporal-unavailable', 'worker-absent'].includes(error.code);
}

/** The rollout found the stop by itself and had gone back before it could be told. */
function hasObeyed(error: unknown, runId: string | null): boolean {
  if (!(error instanceof SluiceError) || error.code !== 'command-refused') return false;
  // Where only the data plane was asked, it said that a canary had traffic just now.
  return error.details.outcome === 'rolled-back' && (runId ?? error.details.runId) === error.details.runId;
}
