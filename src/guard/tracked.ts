/**
 * What the guard knows of one target, and when it has to act. A lease is over when no renewal was *seen* for as long as
 * it lives, by the guard's own steady clock: clocks that differ or jump end no lease early.
 */
import { type LeaseState, untilOf } from '../providers/traffic/kube/lease-state.ts';

export interface Tracked {
  readonly lease: LeaseState;
  /** Steady milliseconds at which the last renewal was seen, or from which on renewals are waited for anew. */
  readonly seenAtMs: number;
  /**
   * How much of the time since the last renewal does not count any more, beside that in which the API server was away.
   */
  readonly forgivenMs: number;
  /** The state for which all is done that can be; null: for none. */
  readonly doneFor: string | null;
  /** Somebody deleted the Lease; this is what it said. */
  readonly deleted: boolean;
}

/** `deleted` and `stopped` are certain when they are seen; that a lease has lapsed is only concluded. */
export type Why = 'stopped' | 'lapsed' | 'deleted';

/** `null`: nothing, unless something changes. */
export type Due = { readonly why: Why } | { readonly inMs: number } | null;

/**
 * Between asking for a share and the first lease nothing is given; a route that has some all the same is looked for
 * then.
 */
const firstLeaseMs = 10_000;

/** A change as it was seen; only a renewal starts the lease's time anew. */
export function seen(before: Tracked | undefined, lease: LeaseState, nowMs: number): Tracked {
  // Made anew under a canary by somebody who knew nothing of it, such as for a stop: what was known of it still holds.
  if (before !== undefined && lease.epoch === 0 && before.lease.epoch > 0 && hasCanary(before.lease))
    return { ...before, lease: { ...before.lease, stop: lease.stop ?? before.lease.stop }, deleted: true };
  const renewed = before === undefined || before.deleted || isRenewed(before.lease, lease);
  return {
    lease,
    seenAtMs: renewed ? nowMs : before.seenAtMs,
    forgivenMs: renewed ? 0 : before.forgivenMs,
    doneFor: before?.doneFor ?? null,
    deleted: false,
  };
}

export function isRenewed(before: LeaseState, now: LeaseState): boolean {
  return before.renewedAtMs !== now.renewedAtMs || before.forMs !== now.forMs || before.epoch !== now.epoch;
}

/**
 * Nobody could renew while the API server was away, or it would not have been seen: that time does not count, and the
 * lease gets its whole time once more. What it had used up of that is forgiven for the time of one lease in all, so
 * that breaks that come again and again keep no lease alive.
 */
export function reprieved(tracked: Tracked, awayMs: number, nowMs: number): Tracked {
  const seenAtMs = Math.min(tracked.seenAtMs + awayMs, nowMs);
  const forgiveMs = Math.min(nowMs - seenAtMs, Math.max(0, tracked.lease.forMs - tracked.forgivenMs));
  return { ...tracked, seenAtMs: seenAtMs + forgiveMs, forgivenMs: tracked.forgivenMs + forgiveMs };
}

/** All is done that can be for the state that it is in. */
export function done(tracked: Tracked, stoppedAll: boolean): Tracked {
  return { ...tracked, doneFor: stateOf(tracked, stoppedAll) };
}

/** Whether the Lease gives the canary anything, and there is a route by which it does. */
export function hasCanary({ route, weightPercent, match }: LeaseState): boolean {
  return route !== null && (weightPercent > 0 || match !== null);
}

/**
 * When the guard must look at the target's route. It looks also where the Lease gives a canary nothing: whoever wrote
 * that may have died before writing the route.
 */
export function dueOf(tracked: Tracked, stoppedAll: boolean, nowMs: number): Due {
  const { lease, seenAtMs, deleted } = tracked;
  if (lease.route === null) return null;
  const why: Why | null = deleted ? 'deleted' : lease.stop !== null || stoppedAll ? 'stopped' : null;
  const inMs = seenAtMs + (lease.forMs > 0 ? lease.forMs : firstLeaseMs) - nowMs;
  if (why === null && inMs > 0) return { inMs };
  return tracked.doneFor === stateOf(tracked, stoppedAll) ? null : { why: why ?? 'lapsed' };
}

/** What the guard acts upon: a later renewal, stop or owner is another state, for which all has to be done again. */
export function stateOf({ lease, deleted }: Tracked, stoppedAll: boolean): string {
  const { epoch, stop, stableSlot } = lease;
  return JSON.stringify([epoch, untilOf(lease), stop, stoppedAll, stableSlot, deleted]);
}
