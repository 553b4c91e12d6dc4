/**
 * Brings one route home. It never raises a canary's share, and is safe to do twice, by two guards at once, and at any
 * time.
 */
import { SluiceError } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan/types.ts';
import { otherSlot } from '../domain/rollout/types.ts';
import { isProblem } from '../providers/kube/errors.ts';
import type { KubeObject } from '../providers/kube/types.ts';
import { fits, wantedOf, writeOne } from '../providers/traffic/kube/follow.ts';
import type { LeaseState, RouteRecord } from '../providers/traffic/kube/lease-state.ts';
import type { LeaseSeen, LeaseStore } from '../providers/traffic/kube/lease-store.ts';
import {
  type KubeRoute,
  NoRoute,
  type RouteSeen,
  type RouteWanted,
} from '../providers/traffic/kube/route.ts';
import { hasCanary, isRenewed, type Tracked, type Why } from './tracked.ts';

interface Errand {
  readonly target: TargetId;
  readonly tracked: Tracked;
  readonly why: Why;
  readonly stoppedAll: boolean;
  /** The route's object as a watch has it; null: it is not known, or the route has to be read. */
  readonly object: KubeObject | null;
  /** Asked before each write: who leads no more, or has reason for doubt, does nothing. */
  readonly mayAct: () => boolean;
  readonly signal: AbortSignal;
}

type Outcome =
  /** `wrote`: by this errand; else it was found so. */
  | { readonly kind: 'home'; readonly seen: RouteSeen; readonly wrote: boolean }
  /**
   * It gives nothing any more, by a write on the object that was at hand; what else the route has is still to be looked
   * at.
   */
  | { readonly kind: 'safe' }
  /** The Lease was renewed after all; the watch had not told yet. */
  | { readonly kind: 'renewed'; readonly lease: LeaseState }
  /** A deleted Lease stands again, and says what is to be done. */
  | { readonly kind: 'rewritten'; readonly lease: LeaseState }
  /** There is no route any more, or nothing in it is the target's. */
  | { readonly kind: 'nothing'; readonly problem: string }
  | { readonly kind: 'not-now' };

const maxRounds = 8;

export class Homing {
  private readonly store: LeaseStore;
  private readonly routes: ReadonlyMap<string, KubeRoute>;

  constructor(store: LeaseStore, routes: ReadonlyMap<string, KubeRoute>) {
    this.store = store;
    this.routes = routes;
  }

  /** Errors: `KubeError`, `SluiceError`; then it is to be tried again. */
  async bring(errand: Errand): Promise<Outcome> {
    const { tracked, signal } = errand;
    const record = tracked.lease.route;
    if (record === null) return { kind: 'nothing', problem: 'its Lease names no route' };
    const route = this.routeOf(record);
    const written = errand.why === 'deleted' ? await this.writeAnew(errand) : null;
    if (written !== null && !(written instanceof Error)) return { kind: 'rewritten', lease: written };
    const outcome = await this.rounds(errand, route, record).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof Error)) throw error;
      const isGone = error instanceof NoRoute || isProblem(error, 'not-found');
      // Leases of rollouts that ended long ago stay, and their namespace may be nobody's business any more.
      const isClosed = !hasCanary(tracked.lease) && isProblem(error, 'forbidden');
      if (!isGone && !isClosed) throw error;
      return { kind: 'nothing', problem: error.message } as const;
    });
    // The route comes first; that its Lease could not be written is a failure all the same.
    if (written instanceof Error) throw written;
    return outcome;
  }

  private routeOf({ type }: RouteRecord): KubeRoute {
    const route = this.routes.get(type);
    if (route !== undefined) return route;
    throw new SluiceError('provider-unknown', `This guard does not know routes of type ${type}.`);
  }

  /** What is known of a deleted Lease is written anew, as a stop; unless there is one again. */
  private async writeAnew({ target, tracked, mayAct, signal }: Errand): Promise<LeaseState | Error | null> {
    if (!mayAct()) return null;
    const stop = tracked.lease.stop ?? new Date().toISOString();
    const anew = (now: LeaseState) => (now.epoch > 0 ? {} : { ...tracked.lease, forMs: 0, stop });
    return await this.store
      .change(target, anew, signal)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  }

  private async rounds(errand: Errand, route: KubeRoute, record: RouteRecord): Promise<Outcome> {
    const { tracked, why, stoppedAll, mayAct, signal } = errand;
    let wrote = false;
    for (let round = 1; round <= maxRounds; round++) {
      const known = round === 1 ? knownOf(errand, route, record) : null;
      // The route is read before its Lease, so that a write rests on nothing older than what decides it.
      const seen = known ?? (await route.read(record, signal));
      const told: LeaseSeen = { ...tracked.lease, stoppedAll };
      // What gives nothing by a Lease that gives nothing is home, whoever has written the Lease since.
      if (!hasCanary(told) && isHome(seen, wantedOf(told, false))) return { kind: 'home', seen, wrote };
      const lease = known !== null && why === 'stopped' ? told : await this.leaseNow(errand);
      if (!isStopped(lease) && isRenewed(tracked.lease, lease) && lease.forMs > 0) {
        return { kind: 'renewed', lease };
      }
      const wanted = wantedOf(lease, false);
      if (fits(seen, wanted)) {
        if (known !== null) continue;
        return { kind: 'home', seen, wrote };
      }
      if (!mayAct()) return { kind: 'not-now' };
      const left = await writeOne(route, record, seen, wanted, signal);
      wrote ||= left !== 'conflict';
      if (typeof left === 'object' && fits(left, wanted)) {
        return known?.unsure === undefined ? { kind: 'home', seen: left, wrote } : { kind: 'safe' };
      }
    }
    throw new SluiceError(
      'traffic-unavailable',
      `The route of ${errand.target} was changed again and again.`,
    );
  }

  /** Without a Lease what was known of it holds: which slot is stable must not be guessed. */
  private async leaseNow({ target, tracked, signal }: Errand): Promise<LeaseSeen> {
    const lease = await this.store.look(target, signal);
    return lease.epoch > 0 ? lease : { ...tracked.lease, stoppedAll: lease.stoppedAll };
  }
}

function knownOf({ object }: Errand, route: KubeRoute, record: RouteRecord): RouteSeen | null {
  if (object === null || route.single === undefined) return null;
  try {
    return route.single.seenIn(object, record);
  } catch {
    return null;
  }
}

/** A route that was left bears no mark, and none has to be put there again. */
function isHome(seen: RouteSeen, wanted: RouteWanted): boolean {
  const isLeft = seen.mark === null && seen.match === null && seen.shares[otherSlot(wanted.stableSlot)] === 0;
  return isLeft || fits(seen, wanted);
}

function isStopped({ stop, stoppedAll }: LeaseSeen): boolean {
  return stop !== null || stoppedAll;
}
