/** What was seen last of each target, and whether that may still be believed. */
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Followed } from './follow.ts';
import type { LeaseState } from './lease-state.ts';
import type { LeaseSeen } from './lease-store.ts';

/** What was seen so lately counts as what is. */
const justNowMs = 1_000;
/**
 * And so long if whoever changes the route would have been noticed; longer where many are looked at, since each look
 * costs the API server two reads. The stop of everything is asked for apart, at one interval for all.
 */
const toldMs = { least: 8_000, each: 100, most: 20_000 };

export class Sights {
  private readonly seen = new Map<TargetId, Followed & { readonly atMs: number }>();
  /** Counts what is known to have made a sight old. */
  private readonly changes = new Map<TargetId, number>();
  private readonly told = new Map<TargetId, () => boolean>();

  /** Looks, and keeps what was seen unless it is old already; that a stop is in force is asked each time. */
  async look(target: TargetId, ask: () => Promise<Followed>): Promise<Followed> {
    const before = this.changes.get(target);
    const atMs = performance.now();
    const seen = await ask();
    if (isStopped(seen.lease)) this.seen.delete(target);
    else if (this.changes.get(target) === before) this.seen.set(target, { ...seen, atMs });
    return seen;
  }

  /** Null: it has to be looked at. */
  fresh(target: TargetId): Followed | null {
    const seen = this.seen.get(target);
    if (seen === undefined) return null;
    const forMs = this.told.get(target)?.() === true ? this.toldForMs : justNowMs;
    return performance.now() - seen.atMs <= forMs ? seen : null;
  }

  private get toldForMs(): number {
    return Math.min(toldMs.most, Math.max(toldMs.least, this.told.size * toldMs.each));
  }

  /** The Lease was written by us. */
  wrote(target: TargetId, lease: LeaseState): void {
    const seen = this.seen.get(target);
    if (seen === undefined) return;
    if (lease.stop !== null) this.seen.delete(target);
    else this.seen.set(target, { ...seen, lease: { ...lease, stoppedAll: false } });
  }

  /** What was seen has to do for a while longer. */
  hold(target: TargetId): void {
    const seen = this.seen.get(target);
    if (seen !== undefined) this.seen.set(target, { ...seen, atMs: performance.now() });
  }

  forget(target: TargetId): void {
    this.seen.delete(target);
    this.changes.set(target, (this.changes.get(target) ?? 0) + 1);
  }

  /** From now on changes of the route are told, for as long as `isLive`. The returned function ends it. */
  follow(target: TargetId, isLive: () => boolean): () => void {
    this.told.set(target, isLive);
    return () => {
      if (this.told.get(target) === isLive) this.told.delete(target);
      this.changes.delete(target);
    };
  }
}

function isStopped({ stop, stoppedAll }: LeaseSeen): boolean {
  return stop !== null || stoppedAll;
}
