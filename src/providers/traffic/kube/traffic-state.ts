/** What is told of a target: by its Lease, and by its route. */
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import type { Behind, TrafficState } from '../types.ts';
import { type Followed, wantedOf } from './follow.ts';
import { untilOf } from './lease-state.ts';
import { givenIn } from './notes.ts';
import type { RouteSeen } from './route.ts';

/**
 * While the lease lives the route itself tells the share, so that drift is seen; after it, what was asked for is left.
 */
export function stateOf({ lease, seen }: Followed, nowMs: number): TrafficState {
  const canary = otherSlot(lease.stableSlot);
  const stopped = lease.stop !== null || lease.stoppedAll;
  const lives = !stopped && untilOf(lease) > nowMs;
  const wanted = wantedOf(lease, lives);
  const has = { weightPercent: seen.shares[canary], match: seen.match };
  const asAsked =
    seen.incomplete === undefined &&
    sameShare(has.weightPercent, wanted.canaryPercent) &&
    sameMatch(has.match, wanted.match);
  const told = lives ? has : lease;
  return {
    stableSlot: lease.stableSlot,
    weightPercent: told.weightPercent,
    match: told.match,
    epoch: lease.epoch,
    leaseUntilMs: untilOf(lease),
    stopped,
    ...(seen.observed && (lives || asAsked) ? {} : { behind: givenBy(seen, canary) }),
    ...(asAsked || seen.otherWriter === null ? {} : { writer: seen.otherWriter }),
  };
}

function givenBy(seen: RouteSeen, canary: Slot): Behind {
  const given = givenIn(seen);
  return { weightPercent: given[canary], match: given.match };
}
