/** Finds a rollout's canary, by what is at hand, by Temporal or by the data planes, and stops it in the data plane. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ErrorCode, SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { type Express, hasEnded, type RolloutSummary } from '../contract.ts';
import type { Calm } from '../express/calm.ts';
import type { DataPlanes, TrafficRef } from '../express/data-planes.ts';
import type { Telling } from '../express/telling.ts';
import type { RunRef } from '../service.ts';
import { type TemporalDeps, workerTimeoutMs } from './calls.ts';
import type { RecentStarts } from './recent-starts.ts';
import type { RunningList } from './running.ts';
import type { Running } from './running-changes.ts';
import type { ServerClock } from './server-clock.ts';
import type { StopOrders } from './stop-of-all.ts';
import type { TrafficLookup } from './traffic-of.ts';
import { describe } from './view.ts';

export interface ExpressDeps extends TemporalDeps {
  readonly clock: ServerClock;
  readonly planes: DataPlanes;
  readonly lookup: TrafficLookup;
  /** Whether people are told of emergencies. Absent: no. */
  readonly tells?: boolean;
  /** Who stopped everything by hand. */
  readonly orders: StopOrders;
  /** Of the stops under way. */
  readonly calm: Calm;
  /** Of the commands that follow the stops. */
  readonly telling: Telling;
  /** Told of each rollback that its rollout will have to explain without who asked and why. Default: nobody is. */
  readonly onLost?: (lost: LostCommand) => void;
  /** What began from here lately, which lists may not have yet. */
  readonly begun: RecentStarts;
  /** How far lists may be behind, at most. */
  readonly listsLagMs: number;
  /** Single looks at rollouts that are under way, and what takes their place when they are many or take too long. */
  readonly looks: { underWay: number; readonly list: RunningList };
}

export interface LostCommand {
  readonly target: string;
  readonly actor: string | undefined;
  readonly reason: string | undefined;
  readonly requestId: string;
  readonly why: string;
}

/** How long Temporal may take to say whether a rollout runs before the data plane is asked instead. */
const minPatienceMs = 30;
const maxPatienceMs = 150;
const maxLooks = 8;

export interface Lane {
  readonly express: Express;
  /** The rollout will find the stop, even if nobody can tell it. */
  readonly enough: boolean;
  /** Of the rollout whose canary it is; null: only the data plane could be asked. */
  readonly runId: string | null;
  /** Names of the traffic instances that were written to. */
  readonly traffic: string;
}

export interface Located extends Pick<Lane, 'enough' | 'runId'> {
  readonly refs: readonly TrafficRef[];
}

/** Null: there is no canary to stop. Throws when neither Temporal nor a data plane knows of one. */
export async function stopCanary(deps: ExpressDeps, ref: RunRef): Promise<Lane | null> {
  const lately = locatedLately(deps, ref);
  if (lately === null) return await stopAt(deps, await locate(deps, ref));
  if (lately.fresh) return await stopAt(deps, lately);
  // What has happened since can only make it a stop too many, so nothing is asked before it.
  const [early, now] = await Promise.all([stopAt(deps, lately), located(deps, ref).catch(awayAs(lately))]);
  if (now === null || early === null || !sameRoutes(now, lately)) return await stopAt(deps, now);
  return { ...early, enough: now.enough, runId: now.runId };
}

async function stopAt({ planes, calm }: ExpressDeps, at: Located | null): Promise<Lane | null> {
  if (at === null) return null;
  const results = await Promise.all(at.refs.map((one) => planes.stop(one)));
  const failed = results.find((result) => !result.written);
  for (const { name } of at.refs) calm.follows(planes.followedMs(name));
  const tookMs = Math.max(0, ...results.map((result) => (result.written ? result.tookMs : 0)));
  const traffic = at.refs.map(({ name }) => name).join(', ');
  return { express: failed ?? { written: true, tookMs }, enough: at.enough, runId: at.runId, traffic };
}

function sameRoutes(a: Located, b: Located): boolean {
  return isDeepStrictEqual(a.refs, b.refs);
}

function awayAs<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (wasAway(error)) return instead;
    throw error;
  };
}

/** Temporal knows which rollout runs; when it is slow or away, the data plane knows whether a canary has traffic. */
async function locate(deps: ExpressDeps, ref: RunRef): Promise<Located | null> {
  const asked = located(deps, ref);
  const late = 'late' as const;
  const first = await Promise.race([asked.catch(awayAs(late)), sleep(patienceOf(deps), late)]);
  if (first !== late) return first;
  const refs = await refsWithCanary(deps, ref);
  return refs.length > 0 ? { refs, enough: true, runId: null } : await asked;
}

/**
 * By the list at hand, which may be behind. What it does not know is asked for, so it can only err by a stop too many.
 * If the rollout was promoted since, or has ended, there is no canary: the stop takes traffic off nobody, and the next
 * preparation clears it. If the next rollout runs already, it is the one that this command goes to as well.
 */
function locatedLately(deps: ExpressDeps, ref: RunRef): (Located & { readonly fresh: boolean }) | null {
  const lately = deps.looks.list.lately(targetOf(ref));
  if (lately === null) return null;
  if (ref.runId !== undefined && ref.runId !== lately.running.summary.runId) return null;
  const at = locatedAtHand(deps, lately.running);
  return at && { ...at, fresh: lately.fresh };
}

/** Asks nobody; null: it has no canary, or where its traffic is steered is not known yet. */
export function locatedAtHand({ lookup }: ExpressDeps, { summary, memo }: Running): Located | null {
  const traffic = hasCanary(summary) ? lookup.atHand(summary, memo) : null;
  return traffic && locatedBy(summary, traffic);
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

/**
 * One by one as long as they are few; what the shared list does not have yet, or any more, is looked at all the same.
 */
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

/** By the data planes alone. */
export async function refsWithCanary({ planes, lookup }: ExpressDeps, ref: RunRef): Promise<TrafficRef[]> {
  const target = targetOf(ref);
  const last = lookup.lastOf(target);
  const candidates = last
    ? [last]
    : planes.names.map((name) => ({ name, target: { id: target, options: {} } }));
  const found = await Promise.all(candidates.map((one) => planes.hasCanary(one)));
  return candidates.filter((_, index) => found[index]);
}

/** Nothing is known by Temporal's answer: there is none, or it cannot be read, as when a key of encryption is lost. */
export function wasAway(error: unknown): boolean {
  return !(error instanceof SluiceError) || noAnswer.includes(error.code);
}

const noAnswer: readonly ErrorCode[] = ['temporal-unavailable', 'worker-absent', 'payload-key-missing'];
