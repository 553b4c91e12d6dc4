/** Makes a route follow its Lease. Level by level: it looks at what is, never at what was done before. */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { isProblem } from '../../kube/errors.ts';
import type { LeaseSeen, LeaseStore } from './lease-store.ts';
import {
  givesNothing,
  type KubeRoute,
  NoRoute,
  type RoutePlace,
  type RouteSeen,
  type RouteWanted,
} from './route.ts';

const maxRounds = 8;

export interface Followed {
  readonly lease: LeaseSeen;
  readonly seen: RouteSeen;
}

interface Follower {
  readonly store: LeaseStore;
  readonly route: KubeRoute;
  readonly target: TargetId;
  readonly place: RoutePlace;
  /** Whether the Lease lets the canary take traffic; a guard goes by what it observed, not by the wall clock. */
  readonly lives: (lease: LeaseSeen) => boolean;
  /** A stop that was just written: the route that bears its mark is home, whatever was written since. */
  readonly stopped?: LeaseSeen;
}

/**
 * Writes the route until it reads as its Lease says. The route is read before the Lease, and every write fails if the
 * route has changed since: a stop that comes in between is either seen, or its own write makes this one fail.
 */
export async function follow(
  { store, route, target, place, lives, stopped }: Follower,
  signal?: AbortSignal,
): Promise<Followed> {
  for (let round = 1; round <= maxRounds; round++) {
    const found = await route.read(place, signal).catch(noRoute);
    if (stopped !== undefined && !(found instanceof NoRoute) && fits(found, wantedOf(stopped, false)))
      return { lease: stopped, seen: found };
    const lease = await store.read(target, signal);
    const wanted = wantedOf(lease, lives(lease));
    if (found instanceof NoRoute) return { lease, seen: withoutRoute(found, lease, wanted) };
    if (fits(found, wanted)) return { lease, seen: found };
    const left = await writeOne(route, place, found, wanted, signal);
    // What gives nothing rests on nothing that could have changed meanwhile.
    if (typeof left === 'object' && givesNothing(wanted) && fits(left, wanted)) return { lease, seen: left };
  }
  throw new SluiceError('traffic-unavailable', `The route of ${target} was changed again and again.`);
}

/**
 * What the write left; `unknown`: it has to be read; `conflict`: nothing was written, since it is no longer as it was
 * seen.
 */
export async function writeOne(
  route: KubeRoute,
  place: RoutePlace,
  seen: RouteSeen,
  wanted: RouteWanted,
  signal?: AbortSignal,
): Promise<RouteSeen | 'unknown' | 'conflict'> {
  try {
    return (await route.write(place, seen, wanted, signal)) ?? 'unknown';
  } catch (error) {
    if (isProblem(error, 'conflict')) return 'conflict';
    throw error;
  }
}

/** A route that is gone may be told of as home. */
export function noRoute(error: unknown): NoRoute {
  if (error instanceof NoRoute) return error;
  throw error;
}

/**
 * A route that is not there sends nothing to a canary, so whoever wants just that has it, and need not try for ever.
 * Errors: that there is none, if more is wanted of it.
 */
export function withoutRoute(
  problem: NoRoute,
  { stop, stableSlot }: LeaseSeen,
  wanted: RouteWanted,
): RouteSeen {
  // Users of a promoted version have nowhere to go without it; only a stop does not ask for that.
  if (!givesNothing(wanted) || (stop === null && stableSlot === 'green')) throw problem;
  return {
    shares: { blue: 0, green: 0 },
    match: null,
    mark: wanted.mark,
    before: null,
    observed: true,
    otherWriter: null,
  };
}

export function wantedOf(lease: LeaseSeen, lives: boolean): RouteWanted {
  const { epoch, stableSlot, weightPercent, match, stop, stoppedAll } = lease;
  const stopped = stop !== null || stoppedAll;
  const takes = lives && !stopped;
  const why = stoppedAll ? 'all' : takes ? livesMarks[stableSlot] : 'none';
  return {
    stableSlot,
    canaryPercent: takes ? weightPercent : 0,
    match: takes ? match : null,
    // Whoever restores what is stopped finds the route as the guard left it, under whatever epoch.
    mark: stop === null ? `${epoch}/${why}` : `${stopMark}${stop}`,
  };
}

const stopMark = 'stopped/';
const livesMarks: Readonly<Record<Slot, string>> = { blue: 'lives', green: 'green-lives' };

/** The stable slot of a route that has what a canary's lease gives; null: it has not. */
export function stableInMark(mark: string | null): Slot | null {
  if (mark === null) return null;
  const why = mark.slice(mark.indexOf('/') + 1);
  return why === livesMarks.blue ? 'blue' : why === livesMarks.green ? 'green' : null;
}

/** The route was brought home because its Lease is stopped, or everything is. */
export function isStopMark(mark: string | null): boolean {
  return mark !== null && (mark.startsWith(stopMark) || mark.endsWith('/all'));
}

export function fits(seen: RouteSeen, wanted: RouteWanted): boolean {
  const share = seen.shares[otherSlot(wanted.stableSlot)];
  return (
    seen.incomplete === undefined &&
    (seen.unsure === undefined || givesNothing(wanted)) &&
    seen.mark === wanted.mark &&
    sameShare(share, wanted.canaryPercent) &&
    sameMatch(seen.match, wanted.match)
  );
}
