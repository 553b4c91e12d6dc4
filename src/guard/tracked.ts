/**
 * What the guard knows of one target, and when it has to act. A lease is over when no renewal was *seen* for as long as
 * it lives, by the guard's own steady clock: clocks that differ or jump end no lease early.
 */
import type { LeaseState } from '../providers/traffic/kube/lease-state.ts';

export interface Tracked {
  readonly lease: LeaseState;
  /** Steady milliseconds at which the last renewal was seen, or from which on renewals are waited for anew. */
  readonly seenAtMs: number;
  /** The state in which the route was last found as it should be; null: it was not looked at. */
  readonly homeFor: string | null;
}

export type Due = { readonly why: 'stopped' | 'lapsed' } | { readonly inMs: number } | null;

/** A change as it was seen; only a renewal starts the lease's time anew. */
export function seen(before: Tracked | undefined, lease: LeaseState, nowMs: number): Tracked {
  const renewed =
    before === undefined ||
    before.lease.renewedAtMs !== lease.renewedAtMs ||
    before.lease.forMs !== lease.forMs;
  return { lease, seenAtMs: renewed ? nowMs : before.seenAtMs, homeFor: before?.homeFor ?? null };
}

/** The API server was away, so nobody could renew: every lease gets its whole time once more. */
export function reprieved(tracked: Tracked, nowMs: number): Tracked {
  return { ...tracked, seenAtMs: nowMs };
}

/** When the guard must look at the target's route; null: not unless something changes. */
export function dueOf(tracked: Tracked, stoppedAll: boolean, nowMs: number): Due {
  const { lease, seenAtMs } = tracked;
  // Without a route there is nothing to bring home, and without a share asked for there is nothing to take away.
  if (lease.route === null || (lease.weightPercent === 0 && lease.match === null)) return null;
  if (lease.stop !== null || stoppedAll)
    return tracked.homeFor === markOf(tracked, stoppedAll) ? null : { why: 'stopped' };
  const inMs = seenAtMs + lease.forMs - nowMs;
  if (inMs > 0) return { inMs };
  return tracked.homeFor === markOf(tracked, stoppedAll) ? null : { why: 'lapsed' };
}

/** The very state for which the route was brought home: a later renewal, stop or owner is another. */
export function markOf({ lease }: Tracked, stoppedAll: boolean): string {
  return JSON.stringify([lease.epoch, lease.renewedAtMs, lease.stop, stoppedAll, lease.stableSlot]);
}
