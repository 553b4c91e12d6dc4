/** What a watch has told of the Leases of one namespace. */
import { performance } from 'node:perf_hooks';
import type { TargetId } from '../domain/plan/types.ts';
import type { KubeObject } from '../providers/kube/types.ts';
import {
  allTargets,
  holdersOf,
  type LeaseState,
  readLease,
  targetOf,
} from '../providers/traffic/kube/lease-state.ts';
import { type Due, done, dueOf, hasCanary, reprieved, seen, stateOf, type Tracked } from './tracked.ts';

/** So long a writer may take from the Lease to its route before it is helped. */
const writerMs = 1_000;

export class LeaseBook {
  /** All that there is was told at least once. */
  listed = false;
  stoppedAll = false;
  private readonly tracked = new Map<TargetId, Tracked>();
  /** Called whenever a target's Lease is there or has changed; null: it is of no interest any more. */
  private readonly onChange: (target: TargetId, lease: LeaseState | null) => void;

  constructor(onChange: (target: TargetId, lease: LeaseState | null) => void) {
    this.onChange = onChange;
  }

  get targets(): readonly TargetId[] {
    return [...this.tracked.keys()];
  }

  get(target: TargetId): Tracked | undefined {
    return this.tracked.get(target);
  }

  /** What is to be done for a target is done for this state of it; null: it is of no interest. */
  stateOf(target: TargetId): string | null {
    const tracked = this.tracked.get(target);
    return tracked === undefined ? null : stateOf(tracked, this.stoppedAll);
  }

  /** Whether the target's Lease gives a canary anything. */
  hasCanary(target: TargetId): boolean {
    const tracked = this.tracked.get(target);
    return tracked !== undefined && hasCanary(tracked.lease);
  }

  /** Whoever has just written a Lease that gives nothing is most likely writing its route now. */
  patienceMs(target: TargetId): number {
    const tracked = this.tracked.get(target);
    if (tracked === undefined || hasCanary(tracked.lease)) return 0;
    return Math.max(0, tracked.seenAtMs + writerMs - performance.now());
  }

  takeAll(objects: readonly KubeObject[]): void {
    this.listed = true;
    const there = new Set(objects.map(targetOf));
    if (!there.has(allTargets)) this.stoppedAll = false;
    for (const object of objects) this.take('changed', object);
    for (const target of this.targets) {
      if (!there.has(target)) this.deleted(target);
    }
  }

  /** Which target is to be looked at; `*`: all of them; null: none. */
  take(change: 'changed' | 'deleted', object: KubeObject): TargetId | null {
    const target = targetOf(object);
    if (target === allTargets) this.stoppedAll = change === 'changed' && holdersOf(object).length > 0;
    else if (target !== null && change === 'deleted') this.deleted(target);
    else if (target !== null) this.saw(target, readLease(object));
    return target;
  }

  saw(target: TargetId, lease: LeaseState): void {
    const now = seen(this.tracked.get(target), lease, performance.now());
    this.tracked.set(target, now);
    this.onChange(target, now.lease);
  }

  reprieve(awayMs: number): void {
    const nowMs = performance.now();
    for (const [target, one] of this.tracked) this.tracked.set(target, reprieved(one, awayMs, nowMs));
  }

  /** All is done for the state that `as` was in, whatever has happened since. */
  done(target: TargetId, as: Tracked, stoppedAll: boolean): void {
    const now = this.tracked.get(target);
    if (now !== undefined) this.tracked.set(target, { ...now, doneFor: done(as, stoppedAll).doneFor });
  }

  /** What was done for the present state has to be done again. Returns that state; null: nothing was done for it. */
  undone(target: TargetId): string | null {
    const now = this.tracked.get(target);
    if (now === undefined || now.doneFor === null) return null;
    const open = { ...now, doneFor: null };
    const due = dueOf(open, this.stoppedAll, performance.now());
    if (due === null || !('why' in due)) return null;
    if (done(open, this.stoppedAll).doneFor !== now.doneFor) return null;
    this.tracked.set(target, open);
    return now.doneFor;
  }

  dueOf(target: TargetId): Due {
    const tracked = this.tracked.get(target);
    return tracked === undefined ? null : dueOf(tracked, this.stoppedAll, performance.now());
  }

  /** How many there are, how many of them give a canary anything, and since when none of these was renewed. */
  census(): { readonly tracked: number; readonly canaries: number; readonly oldestMs: number } {
    const nowMs = performance.now();
    const canaries = [...this.tracked.values()].filter(({ lease }) => hasCanary(lease) && lease.forMs > 0);
    const ages = canaries.map(({ seenAtMs }) => nowMs - seenAtMs);
    return { tracked: this.tracked.size, canaries: canaries.length, oldestMs: Math.max(0, ...ages) };
  }

  private deleted(target: TargetId): void {
    const known = this.tracked.get(target);
    if (known === undefined) return;
    if (hasCanary(known.lease)) {
      this.tracked.set(target, { ...known, deleted: true });
      return;
    }
    this.tracked.delete(target);
    this.onChange(target, null);
  }
}
