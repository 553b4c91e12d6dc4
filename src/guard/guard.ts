/**
 * Brings routes home when a Lease is stopped or runs out. It knows Leases and routes, and nothing of Temporal; what it
 * does is safe to do twice, by two guards at once, and at any time.
 */
import { performance } from 'node:perf_hooks';
import { messageOf } from '../domain/errors.ts';
import type { TargetId } from '../domain/plan/types.ts';
import type { KubeClient } from '../providers/kube/client.ts';
import { lease as leaseKind } from '../providers/kube/kinds.ts';
import type { KubeObject } from '../providers/kube/types.ts';
import { watchKind } from '../providers/kube/watch.ts';
import { follow } from '../providers/traffic/kube/follow.ts';
import {
  allTargets,
  holdersOf,
  type RouteRecord,
  readLease,
  targetLabel,
  targetOf,
} from '../providers/traffic/kube/lease-state.ts';
import { type LeaseSeen, LeaseStore } from '../providers/traffic/kube/lease-store.ts';
import type { KubeRoute } from '../providers/traffic/kube/route.ts';
import { kubeRoutes } from '../providers/traffic/kube/routes.ts';
import { Turns } from '../providers/turns.ts';
import { dueOf, markOf, reprieved, seen, type Tracked } from './tracked.ts';

/** What the guard did, for logs, metrics and Events. */
export type GuardReport =
  | {
      readonly kind: 'restored';
      readonly target: TargetId;
      readonly route: RouteRecord;
      readonly why: 'stopped' | 'lapsed';
      readonly tookMs: number;
    }
  | {
      readonly kind: 'failed';
      readonly target: TargetId;
      readonly problem: string;
      readonly attempts: number;
    }
  | { readonly kind: 'away'; readonly problem: string }
  | { readonly kind: 'back'; readonly targets: number };

export interface GuardOptions {
  readonly client: KubeClient;
  readonly leaseNamespace: string;
  readonly report: (report: GuardReport) => void;
  /** Whether this guard is the one that acts; default: it is. */
  readonly leads?: () => boolean;
}

/** Routes that are brought home at the same time; the others wait their turn. */
const atOnce = 32;
const retryMs = 500;

export class Guard {
  private readonly options: GuardOptions;
  private readonly store: LeaseStore;
  private readonly routes: ReadonlyMap<string, KubeRoute>;
  private readonly tracked = new Map<TargetId, Tracked>();
  private readonly timers = new Map<TargetId, NodeJS.Timeout>();
  private readonly acting = new Map<TargetId, Promise<void>>();
  private readonly turns = new Turns(atOnce);
  private readonly stopper = new AbortController();
  private stoppedAll = false;
  private away = false;

  constructor(options: GuardOptions) {
    this.options = options;
    this.store = new LeaseStore(options.client, options.leaseNamespace);
    this.routes = new Map(kubeRoutes.map((kind) => [kind.type, kind.routeOf(options.client)]));
  }

  /** Guards until `stop`. */
  async run(): Promise<void> {
    const watched = {
      kind: leaseKind,
      namespace: this.options.leaseNamespace,
      labelSelector: targetLabel,
    };
    const handlers = {
      onList: (objects: readonly KubeObject[]) => this.takeAll(objects),
      onChange: (change: 'changed' | 'deleted', object: KubeObject) => this.take(change, object),
      onTrouble: (error: unknown) => this.lost(error),
    };
    await watchKind(this.options.client, watched, handlers, this.stopper.signal);
    await Promise.allSettled(this.acting.values());
  }

  stop(): void {
    this.stopper.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** Looks at every target anew; for a guard that has just become the one that acts. */
  lookAtAll(): void {
    for (const target of this.tracked.keys()) this.look(target);
  }

  private takeAll(objects: readonly KubeObject[]): void {
    const wasAway = this.away;
    this.away = false;
    const there = new Set(objects.map(targetOf));
    for (const object of objects) this.take('changed', object, false);
    if (wasAway) {
      const nowMs = performance.now();
      for (const [target, one] of this.tracked) this.tracked.set(target, reprieved(one, nowMs));
      this.options.report({ kind: 'back', targets: this.tracked.size });
    }
    for (const target of this.tracked.keys()) {
      if (!there.has(target)) void this.lostLease(target);
    }
    this.lookAtAll();
  }

  private take(change: 'changed' | 'deleted', object: KubeObject, look = true): void {
    const target = targetOf(object);
    if (target === null) return;
    const lease = readLease(object);
    if (target === allTargets) {
      this.stoppedAll = change === 'changed' && holdersOf(object).length > 0;
      if (look) this.lookAtAll();
      return;
    }
    if (change === 'deleted') {
      void this.lostLease(target);
      return;
    }
    this.tracked.set(target, seen(this.tracked.get(target), lease, performance.now()));
    if (look) this.look(target);
  }

  /** Somebody deleted a Lease under a canary: what is known of it is written anew, as a stop. */
  private async lostLease(target: TargetId): Promise<void> {
    const known = this.tracked.get(target);
    this.tracked.delete(target);
    if (known === undefined || known.lease.route === null) return;
    if (known.lease.weightPercent === 0 && known.lease.match === null) return;
    const stop = new Date().toISOString();
    const anew = (now: { epoch: number }) => (now.epoch > 0 ? {} : { ...known.lease, forMs: 0, stop });
    await this.store.change(target, anew, this.stopper.signal).catch((error: unknown) => {
      if (this.stopper.signal.aborted) return;
      this.options.report({ kind: 'failed', target, problem: messageOf(error), attempts: 1 });
      this.tracked.set(target, known);
      this.later(target, retryMs, () => void this.lostLease(target));
    });
  }

  private lost(error: unknown): void {
    if (!this.away) this.options.report({ kind: 'away', problem: messageOf(error) });
    this.away = true;
  }

  private look(target: TargetId): void {
    const tracked = this.tracked.get(target);
    clearTimeout(this.timers.get(target));
    this.timers.delete(target);
    if (tracked === undefined || this.stopper.signal.aborted) return;
    const due = dueOf(tracked, this.stoppedAll, performance.now());
    if (due === null) return;
    if ('inMs' in due) {
      this.later(target, due.inMs, () => this.look(target));
      return;
    }
    // While nothing is heard of renewals no lease is known to be over. A stop needs no such knowledge.
    if (due.why === 'lapsed' && this.away) return;
    if (this.acting.has(target) || this.options.leads?.() === false) return;
    const act = this.bringHome(target, due.why).finally(() => {
      this.acting.delete(target);
      this.look(target);
    });
    this.acting.set(target, act);
  }

  private later(target: TargetId, inMs: number, act: () => void): void {
    clearTimeout(this.timers.get(target));
    this.timers.set(target, setTimeout(act, Math.max(1, inMs)));
  }

  private async bringHome(target: TargetId, why: 'stopped' | 'lapsed'): Promise<void> {
    const { signal } = this.stopper;
    const startedMs = performance.now();
    for (let attempts = 1; !signal.aborted; attempts++) {
      const tracked = this.tracked.get(target);
      if (tracked === undefined || dueOf(tracked, this.stoppedAll, performance.now()) === null) return;
      if (!(await this.turns.take(why === 'stopped', signal))) return;
      try {
        const route = await this.followOnce(target, tracked);
        if (route === null) return;
        const tookMs = Math.round(performance.now() - startedMs);
        this.options.report({ kind: 'restored', target, route, why, tookMs });
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.options.report({ kind: 'failed', target, problem: messageOf(error), attempts });
      } finally {
        this.turns.done();
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  /** The route that is home now; null: the lease was renewed meanwhile, and nothing was to be done. */
  private async followOnce(target: TargetId, tracked: Tracked): Promise<RouteRecord | null> {
    const record = tracked.lease.route;
    const route = this.routes.get(record?.type ?? '');
    if (record === null || route === undefined) throw new Error(`no route of type ${record?.type ?? 'any'}`);
    // The Lease itself is asked before its route is touched: the watch may be behind.
    let renewed = false;
    const lives = (lease: LeaseSeen) => {
      renewed = lease.renewedAtMs !== tracked.lease.renewedAtMs || lease.epoch !== tracked.lease.epoch;
      return renewed && lease.forMs > 0;
    };
    const { lease } = await follow(this.store, route, target, record, lives, this.stopper.signal);
    const { stoppedAll, ...state } = lease;
    const now = seen(this.tracked.get(target) ?? tracked, state, performance.now());
    const home = { ...now, homeFor: markOf(now, this.stoppedAll) };
    this.tracked.set(target, renewed && state.stop === null && !stoppedAll ? now : home);
    return renewed && state.stop === null && !stoppedAll ? null : record;
  }
}
