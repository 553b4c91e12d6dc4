/** Makes a route follow its Lease. Level by level: it looks at what is, never at what was done before. */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import { otherSlot } from '../../../domain/rollout/types.ts';
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

/**
 * Writes the route until it reads as its Lease says. The route is read before the Lease, and every write fails if the
 * route has changed since: a stop that comes in between is either seen, or its own write makes this one fail.
 * `lives` tells whether the Lease lets the canary take traffic; a guard goes by what it observed, not by the wall clock.
 */
export async function follow(
  store: LeaseStore,
  route: KubeRoute,
  target: TargetId,
  place: RoutePlace,
  lives: (lease: LeaseSeen) => boolean,
  signal?: AbortSignal,
): Promise<Followed> {
  for (let round = 1; round <= maxRounds; round++) {
    const found = await route.read(place, signal).catch(noRoute);
    const lease = await store.read(target, signal);
    const wanted = wantedOf(lease, lives(lease));
    if (found instanceof NoRoute) return { lease, seen: withoutRoute(found, lease, wanted) };
    if (fits(found, wanted)) return { lease, seen: found };
    await route.write(place, found, wanted, signal).catch((error: unknown) => {
      if (!isProblem(error, 'conflict')) throw error;
    });
  }
  throw new SluiceError('traffic-unavailable', `The route of ${target} was changed again and again.`);
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
  const why = stop ?? (stoppedAll ? 'all' : takes ? 'lives' : 'none');
  return {
    stableSlot,
    canaryPercent: takes ? weightPercent : 0,
    match: takes ? match : null,
    mark: `${epoch}/${why}`,
  };
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
