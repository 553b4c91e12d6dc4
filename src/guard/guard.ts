/**
 * Guards the Leases of one namespace: brings a route home when its Lease is stopped, deleted, or runs out. It knows
 * Leases and routes, and nothing of Temporal.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { trace } from '@opentelemetry/api';
import { messageOf } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan/types.ts';
import { otherSlot } from '../domain/rollout/types.ts';
import type { KubeClient } from '../providers/kube/client.ts';
import { KubeEvents } from '../providers/kube/events.ts';
import { KubeHub } from '../providers/kube/hub.ts';
import { lease as leaseKind } from '../providers/kube/kinds.ts';
import type { KubeObject } from '../providers/kube/types.ts';
import { watchKind } from '../providers/kube/watch.ts';
import { allTargets } from '../providers/traffic/kube/lease-state.ts';
import { LeaseStore } from '../providers/traffic/kube/lease-store.ts';
import type { KubeRoute, RouteSeen } from '../providers/traffic/kube/route.ts';
import { RouteEvents } from '../providers/traffic/kube/route-events.ts';
import { kubeRoutes } from '../providers/traffic/kube/routes.ts';
import { Election } from './election.ts';
import { Errands, type Underway } from './errands.ts';
import { Homing } from './homing.ts';
import { LeaseBook } from './lease-book.ts';
import type { GuardReport } from './reports.ts';
import { RouteBook } from './route-book.ts';
import { Touch } from './touch.ts';
import { hasCanary } from './tracked.ts';

export type { GuardReport } from './reports.ts';

interface GuardOptions {
  readonly client: KubeClient;
  readonly leaseNamespace: string;
  /** Must differ between guards, and between two lives of one. Default: a random one. */
  readonly identity?: string;
  readonly report: (report: GuardReport) => void;
}

export interface GuardState {
  readonly leads: boolean;
  /** The Leases are known, and the API server answers. */
  readonly ready: boolean;
  readonly inTouch: boolean;
  readonly tracked: number;
  readonly canaries: number;
  /** Since the renewal of the canary that was renewed least lately. */
  readonly oldestMs: number;
}

/** Who may not act now may soon. */
const lookAgainMs = 1_000;
/** The holder's renewals are seen by the watch every second, so one that is silent for so long is dead. */
const quietMs = 6_000;
/**
 * A route that was brought home and raised again by somebody is taken down so often for the same state of its Lease.
 */
const maxReasserts = 3;

export class Guard {
  private readonly options: GuardOptions;
  private readonly election: Election;
  private readonly hub: KubeHub;
  private readonly events: RouteEvents;
  private readonly homing: Homing;
  private readonly leases: LeaseBook;
  private readonly routes: RouteBook;
  private readonly touch = new Touch();
  private readonly timers = new Map<TargetId, NodeJS.Timeout>();
  private readonly errands: Errands;
  private readonly reasserted = new Map<TargetId, { readonly state: string; readonly times: number }>();
  private readonly stopper = new AbortController();
  private away = false;

  constructor(options: GuardOptions) {
    const { client, leaseNamespace, identity = randomUUID(), report } = options;
    const kinds: ReadonlyMap<string, KubeRoute> = new Map(
      kubeRoutes.map((kind) => [kind.type, kind.routeOf(client)]),
    );
    // Each request that is under way listens.
    setMaxListeners(0, this.stopper.signal);
    this.options = options;
    this.hub = new KubeHub(client);
    this.events = new RouteEvents(new KubeEvents(client, 'sluice-guard', () => this.errands.calm()));
    this.homing = new Homing(new LeaseStore(client, leaseNamespace), kinds);
    this.routes = new RouteBook(this.hub, kinds, (target, route) => this.routeSeen(target, route));
    this.leases = new LeaseBook((target, lease) => {
      if (lease === null) this.reasserted.delete(target);
      this.routes.keep(target, lease);
    });
    this.errands = new Errands({
      once: (target, underway) => this.bringOnce(target, underway),
      mayAct: (target) => this.mayAct(target),
      stateOf: (target) => this.leases.stateOf(target),
      onEnd: (target) => {
        this.look(target);
        // Who raised the route while it was brought home was not listened to.
        this.routes.tellLater(target);
      },
      report,
      signal: this.stopper.signal,
    });
    this.election = new Election({
      client,
      namespace: leaseNamespace,
      identity,
      now: () => performance.now(),
      onLead: () => {
        report({ kind: 'leads' });
        this.lookAtAll();
      },
      onLost: () => report({ kind: 'follows' }),
      onAnswer: () => this.answered(),
      onTrouble: (error) => this.unanswered(error),
    });
  }

  /** Guards until `stop`, and gives the lead up at its end. */
  async run(): Promise<void> {
    const { client, leaseNamespace } = this.options;
    const { signal } = this.stopper;
    const watched = { kind: leaseKind, namespace: leaseNamespace, quietMs };
    const handlers = {
      onList: (objects: readonly KubeObject[]) => {
        this.leases.takeAll(objects);
        this.lookAtAll();
      },
      onChange: (change: 'changed' | 'deleted', object: KubeObject) => this.take(change, object),
      onTrouble: (error: unknown) => this.trouble(error),
    };
    await Promise.all([watchKind(client, watched, handlers, signal), this.election.run(signal)]);
    await this.errands.settled();
    await this.events.settled();
    this.hub.close();
  }

  stop(): void {
    this.stopper.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  state(): GuardState {
    const inTouch = this.touch.holds(performance.now());
    const ready = this.leases.listed && inTouch;
    return { leads: this.election.leads(), ready, inTouch, ...this.leases.census() };
  }

  private take(change: 'changed' | 'deleted', object: KubeObject): void {
    if (change === 'changed') this.election.saw(object);
    const target = this.leases.take(change, object);
    if (target === allTargets) this.lookAtAll();
    else if (target !== null) this.look(target);
  }

  private lookAtAll(): void {
    for (const target of this.leases.targets) this.look(target);
  }

  private look(target: TargetId): void {
    clearTimeout(this.timers.get(target));
    this.timers.delete(target);
    if (this.stopper.signal.aborted) return;
    this.errands.hurry(target);
    const due = this.leases.dueOf(target);
    if (due === null) return;
    if ('inMs' in due) {
      this.later(target, due.inMs);
      return;
    }
    if (this.errands.has(target)) return;
    const patienceMs = this.leases.patienceMs(target);
    if (patienceMs > 0) {
      this.later(target, patienceMs);
      return;
    }
    // Leadership and touch come and go.
    if (this.mayAct(target)) this.errands.begin(target, due.why, !this.leases.hasCanary(target));
    else this.later(target, lookAgainMs);
  }

  private later(target: TargetId, inMs: number): void {
    const timer = setTimeout(() => this.look(target), Math.max(1, inMs));
    this.timers.set(target, timer);
  }

  /** A stop is certain. That a lease has lapsed is only known by who would have heard of its renewal. */
  private mayAct(target: TargetId): boolean {
    if (!this.election.leads() || this.stopper.signal.aborted) return false;
    const due = this.leases.dueOf(target);
    if (due === null || !('why' in due)) return false;
    return due.why !== 'lapsed' || this.touch.holds(performance.now());
  }

  private async bringOnce(target: TargetId, { startedMs, isSafe }: Underway): Promise<'safe' | 'over'> {
    const tracked = this.leases.get(target);
    const due = this.leases.dueOf(target);
    if (tracked === undefined || tracked.lease.route === null || due === null || !('why' in due))
      return 'over';
    const { why } = due;
    const { route } = tracked.lease;
    const { report } = this.options;
    const told = (kind: 'restored' | 'found-home') =>
      report({ kind, target, route, why, tookMs: Math.round(performance.now() - startedMs) });
    const { stoppedAll } = this.leases;
    const outcome = await this.homing.bring({
      target,
      tracked,
      why,
      stoppedAll,
      object: isSafe ? null : this.routes.objectOf(target),
      mayAct: () => this.mayAct(target),
      signal: this.stopper.signal,
    });
    trace.getActiveSpan()?.setAttribute('sluice.outcome', outcome.kind);
    switch (outcome.kind) {
      case 'not-now':
        break;
      case 'renewed':
        report({ kind: 'renewed', target });
        this.leases.saw(target, outcome.lease);
        break;
      case 'rewritten':
        this.leases.saw(target, outcome.lease);
        break;
      case 'nothing':
        this.leases.done(target, tracked, stoppedAll);
        report({ kind: 'nothing', target, problem: outcome.problem });
        break;
      case 'safe':
        told('restored');
        return 'safe';
      case 'home':
        this.leases.done(target, tracked, stoppedAll);
        this.routes.wasHome(target, outcome.seen.version);
        if (outcome.wrote || isSafe) this.events.broughtHome(outcome.seen, why);
        if (isSafe) break;
        if (outcome.wrote) told('restored');
        else if (hasCanary(tracked.lease)) told('found-home');
    }
    return 'over';
  }

  /** Somebody may raise what was brought home, such as a writer whose clock was behind. */
  private routeSeen(target: TargetId, { shares, match }: RouteSeen): void {
    const tracked = this.leases.get(target);
    if (tracked === undefined || this.errands.has(target)) return;
    if (shares[otherSlot(tracked.lease.stableSlot)] === 0 && match === null) return;
    const before = this.reasserted.get(target);
    const times = before?.state === tracked.doneFor ? before.times : 0;
    if (times >= maxReasserts) return;
    const state = this.leases.undone(target);
    if (state === null) return;
    this.reasserted.set(target, { state, times: times + 1 });
    this.look(target);
  }

  private answered(): void {
    const awayMs = this.touch.answered(performance.now());
    if (awayMs === 0 && !this.away) return;
    this.leases.reprieve(awayMs);
    this.away = false;
    this.options.report({ kind: 'back', awayMs: Math.round(awayMs), targets: this.leases.targets.length });
    this.lookAtAll();
  }

  private unanswered(error: unknown): void {
    if (this.away || this.touch.holds(performance.now())) this.trouble(error);
    else {
      this.away = true;
      this.options.report({ kind: 'away', problem: messageOf(error) });
    }
  }

  private trouble(error: unknown): void {
    // That it is away has been said.
    if (this.away) return;
    this.options.report({ kind: 'trouble', problem: messageOf(error) });
  }
}
