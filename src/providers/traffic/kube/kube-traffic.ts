/**
 * A data plane made of a cluster's routes. The Lease of each target says what is to be; the route is made to follow it.
 * Whoever shifts does both; a stop is one write on the Lease, and the guard brings the route home, as it does when the
 * Lease runs out.
 */
import { SluiceError } from '../../../domain/errors.ts';
import { sameMatch } from '../../../domain/rollout/drift.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import type { KubeHub } from '../../kube/hub.ts';
import { checkEpoch, checkShare, fenced } from '../common/bounds.ts';
import type { Asked, Route, TrafficProvider, TrafficState, TrafficTarget } from '../types.ts';
import { type Followed, fits, follow, noRoute, wantedOf, withoutRoute } from './follow.ts';
import { changeInformed, informed } from './informed.ts';
import { type LeaseState, noLease, untilOf } from './lease-state.ts';
import type { LeaseSeen, LeaseStore } from './lease-store.ts';
import { translated } from './refusals.ts';
import { type KubeRoute, NoRoute, type RoutePlace, type RouteSeen } from './route.ts';
import type { RouteEvents } from './route-events.ts';
import { RouteNews } from './route-news.ts';
import { Sights } from './sights.ts';
import { stateOf } from './traffic-state.ts';

interface KubeTrafficOptions {
  /** The provider's type, by which the guard finds the route's kind again. */
  readonly type: string;
  readonly client: KubeClient;
  readonly store: LeaseStore;
  readonly route: KubeRoute;
  readonly matchHeader: string;
  /** The namespace of a plan that names none. */
  readonly namespace: string;
  /** Errors: `traffic-unready` for a share that this kind of route cannot give. */
  readonly checkRoute?: (route: Route) => void;
  readonly leavesLast?: (options: TrafficTarget['options']) => boolean;
  /** Follows routes as they change; without it drift is seen when somebody looks. */
  readonly hub?: KubeHub;
  readonly events?: RouteEvents;
}

export class KubeTraffic implements TrafficProvider {
  readonly matchHeader: string;
  readonly restoreLimitMs = 5_000;
  readonly stopFollowedMs = 8;
  private readonly options: KubeTrafficOptions;
  private readonly sights = new Sights();
  private readonly news: RouteNews | null;

  constructor(options: KubeTrafficOptions) {
    this.options = options;
    this.matchHeader = options.matchHeader;
    const { hub, store } = options;
    this.news = hub === undefined ? null : new RouteNews(hub, this.sights, (target) => store.forget(target));
  }

  prepare(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<TrafficState> {
    const { route, store, type } = this.options;
    const place = this.placeOf(target);
    return translated(async () => {
      checkEpoch(epoch);
      // Whether the route is there and may be written is found out before anything is.
      const seen = await route.read(place, signal);
      await route.check?.(place, seen, signal);
      const before = informed(await store.read(target.id, signal), seen);
      const wanted = { ...wantedOf(before, false), mark: `${epoch}/none` };
      await route.write(place, seen, wanted, signal, 'try').catch((error: unknown) => {
        // That somebody has changed it since is no matter here: it may be written.
        if (!isProblem(error, 'conflict')) throw error;
      });
      const lease = { ...silent, stop: null, route: { type, ...place } };
      await this.claim(target, epoch, () => lease, signal, seen);
      return stateOf(await this.follow(target, signal), Date.now());
    });
  }

  setRoute(target: TrafficTarget, route: Route, epoch: number, signal?: AbortSignal): Promise<void> {
    const { weightPercent, match } = route;
    return translated(async () => {
      checkEpoch(epoch);
      checkShare(weightPercent);
      this.options.checkRoute?.(route);
      const before = await this.claim(target, epoch, () => ({ weightPercent, match }), signal);
      const { lease, seen } = await this.follow(target, signal);
      if (before.weightPercent === weightPercent && sameMatch(before.match, match)) return;
      this.options.events?.shifted(seen, lease);
    });
  }

  renew(target: TrafficTarget, epoch: number, untilMs: number, signal?: AbortSignal): Promise<void> {
    return translated(async () => {
      checkEpoch(epoch);
      if (!Number.isFinite(untilMs)) throw new SluiceError('request-invalid', 'A lease ends at a time.');
      const renewed = (state: LeaseState) => {
        if (state.epoch !== epoch) throw fenced(target.id, epoch, state.epoch);
        const nowMs = Date.now();
        return { renewedAtMs: nowMs, forMs: Math.max(0, Math.round(untilMs - nowMs)) };
      };
      // A watch has just looked, so what it saw is tried first, and the route is not asked for once more.
      const lease = await this.options.store.change(target.id, renewed, signal, 'last');
      this.sights.wrote(target.id, lease);
      const seen = this.sights.fresh(target.id);
      const lives = untilOf(lease) > Date.now();
      if (seen === null || !fits(seen.seen, wantedOf(seen.lease, lives))) await this.follow(target, signal);
    });
  }

  read(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState> {
    const { store, route } = this.options;
    return translated(async () => {
      const place = this.placeOf(target);
      const look = async () => {
        const found = route.read(place, signal).catch(noRoute);
        const [lease, seen] = await Promise.all([store.look(target.id, signal), found]);
        if (!(seen instanceof NoRoute)) return { lease: informed(lease, seen), seen };
        return { lease, seen: withoutRoute(seen, lease, wantedOf(lease, untilOf(lease) > Date.now())) };
      };
      return stateOf(await this.sights.look(target.id, look), Date.now());
    });
  }

  async glance(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState> {
    const seen = this.sights.fresh(target.id);
    if (seen === null) return await this.read(target, signal);
    // One object for all targets, so that it costs nothing to ask for it more often than for each route.
    if (await translated(() => this.options.store.isAllStopped(signal)))
      return await this.read(target, signal);
    return stateOf(seen, Date.now());
  }

  asked(target: TrafficTarget | '*', signal?: AbortSignal): Promise<Asked> {
    return translated(async () => {
      const lease = await this.options.store.read(target === '*' ? null : target.id, signal);
      const { weightPercent, match, stop, stoppedAll } = lease;
      return { weightPercent, match, leaseUntilMs: untilOf(lease), stopped: stop !== null || stoppedAll };
    });
  }

  setStable(target: TrafficTarget, slot: Slot, epoch: number, signal?: AbortSignal): Promise<void> {
    return translated(async () => {
      checkEpoch(epoch);
      const { stoppedAll } = await this.options.store.read(null, signal);
      const moved = (state: LeaseState) => {
        refuseStopped(target, state, stoppedAll, slot);
        return { ...silent, stableSlot: slot };
      };
      const before = await this.claim(target, epoch, moved, signal);
      const { lease, seen } = await this.follow(target, signal);
      if (before.stableSlot !== slot) this.options.events?.moved(seen, lease);
    });
  }

  restore(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void> {
    return translated(async () => {
      checkEpoch(epoch);
      const stop = new Date().toISOString();
      const stopped = (state: LeaseState) => ({
        ...silent,
        epoch: Math.max(epoch, state.epoch),
        stop: state.stop ?? stop,
        ...this.routeFor(state, target),
      });
      let before = noLease;
      const change = (state: LeaseState) => {
        before = state;
        return stopped(state);
      };
      // A watch has just looked, so what it saw is tried first.
      const how = { ...this.informing(target, signal), from: 'last', orGuess: true } as const;
      const lease = await changeInformed(how, change, signal);
      const { seen } = await this.follow(target, signal, { ...lease, stoppedAll: false });
      if (before.weightPercent > 0 || before.match !== null) this.options.events?.restored(seen);
    });
  }

  stop(target: TrafficTarget, signal?: AbortSignal): Promise<void> {
    return translated(() => this.options.store.stop(target.id, Date.now(), signal));
  }

  stopAll(holder: string, signal?: AbortSignal): Promise<void> {
    return translated(() => this.options.store.stopAll(holder, signal));
  }

  release(holder: string, signal?: AbortSignal): Promise<readonly string[]> {
    return translated(() => this.options.store.releaseAll(holder, signal));
  }

  async shares(target: TrafficTarget, signal?: AbortSignal): Promise<readonly number[] | null> {
    const { route } = this.options;
    return await translated(async () => (await route.shares?.(this.placeOf(target), signal)) ?? null);
  }

  leavesLast({ options }: TrafficTarget): boolean {
    return this.options.leavesLast?.(options) ?? false;
  }

  /**
   * After the end of a rollout: nothing of ours stays on the route. The Lease stays, as the record of owner and stop.
   */
  leave(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void> {
    const { store, route } = this.options;
    return translated(async () => {
      const stableSlot = async () => {
        const lease = await store.read(target.id, signal);
        if (lease.epoch > epoch) throw fenced(target.id, epoch, lease.epoch);
        return lease.stableSlot;
      };
      await route.leave(this.placeOf(target), stableSlot, signal);
      this.sights.forget(target.id);
    });
  }

  /** Tells of each change of the route, whoever made it. Returns when `signal` aborts. */
  async changes(target: TrafficTarget, onChange: () => void, signal: AbortSignal): Promise<void> {
    const { single } = this.options.route;
    if (single === undefined) return;
    const place = this.placeOf(target);
    const told = { ref: single.refOf(place), isWhole: single.isWhole(place) };
    await this.news?.follow(target.id, told, onChange, signal);
  }

  async close(): Promise<void> {
    this.news?.close();
    await this.options.events?.settled();
    this.options.client.close();
  }

  /** What the Lease said before. */
  private async claim(
    target: TrafficTarget,
    epoch: number,
    change: (state: LeaseState) => Partial<LeaseState>,
    signal?: AbortSignal,
    seen?: RouteSeen,
  ): Promise<LeaseState> {
    let before = noLease;
    const claimed = (state: LeaseState) => {
      if (state.epoch > epoch) throw fenced(target.id, epoch, state.epoch);
      before = state;
      return { ...this.routeFor(state, target), ...change(state), epoch };
    };
    await changeInformed({ ...this.informing(target, signal), seen }, claimed, signal);
    return before;
  }

  private informing(target: TrafficTarget, signal?: AbortSignal) {
    const { store, route } = this.options;
    const readRoute = () => route.read(this.placeOf(target), signal);
    return { store, target: target.id, readRoute };
  }

  /** A Lease that somebody deleted is made anew by whoever writes next, and the guard must find the route by it. */
  private routeFor({ route }: LeaseState, target: TrafficTarget): Partial<LeaseState> {
    return route === null ? { route: { type: this.options.type, ...this.placeOf(target) } } : {};
  }

  private follow(target: TrafficTarget, signal?: AbortSignal, stopped?: LeaseSeen): Promise<Followed> {
    const { store, route } = this.options;
    this.sights.forget(target.id);
    const lives = (lease: LeaseSeen) => untilOf(lease) > Date.now();
    const place = this.placeOf(target);
    const follower = { store, route, target: target.id, place, lives };
    return follow(stopped === undefined ? follower : { ...follower, stopped }, signal);
  }

  private placeOf({ id, options }: TrafficTarget): RoutePlace {
    const { namespace } = options;
    return {
      target: id,
      service: id.slice(id.indexOf('/') + 1),
      namespace: typeof namespace === 'string' ? namespace : this.options.namespace,
      options,
    };
  }
}

const silent = { weightPercent: 0, match: null, forMs: 0, renewedAtMs: 0 } as const;

/**
 * A canary that was stopped gets all traffic by no promotion. Way back from one there is: a restore, or a promotion
 * before the stop, has left the Lease asking for nothing.
 */
function refuseStopped({ id }: TrafficTarget, state: LeaseState, stoppedAll: boolean, slot: Slot): void {
  if (slot === state.stableSlot || (state.stop === null && !stoppedAll)) return;
  const asks = state.weightPercent > 0 || state.match !== null || state.forMs > 0;
  // Whoever tries again finds the stop, and says so.
  if (asks)
    throw new SluiceError('traffic-unavailable', `${id} is stopped, so its canary does not become stable.`);
}
