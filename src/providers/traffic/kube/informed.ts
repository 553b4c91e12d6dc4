/** Who is stable where the Lease does not say it: the route is asked, and only then. */

import type { TargetId } from '../../../domain/plan/types.ts';
import { isProblem } from '../../kube/errors.ts';
import { stableInMark } from './follow.ts';
import type { LeaseState } from './lease-state.ts';
import type { LeaseStore } from './lease-store.ts';
import { NoRoute, type RouteSeen } from './route.ts';

/**
 * Where there is no Lease, since somebody deleted it, or one that was made anew by whoever knew nothing of the target,
 * the route says who is stable: by its mark while a canary lives, else a canary's Service that has everything, by a
 * promotion or by its owner.
 */
export function informed<L extends LeaseState>(lease: L, { shares, mark }: RouteSeen): L {
  if (lease.epoch > 0) return lease;
  const isPromoted = shares.green > 0 && shares.blue === 0;
  return { ...lease, stableSlot: stableInMark(mark) ?? (isPromoted ? 'green' : lease.stableSlot) };
}

interface Informing {
  readonly store: LeaseStore;
  readonly target: TargetId;
  readonly readRoute: () => Promise<RouteSeen>;
  /** The route as it was just read. */
  readonly seen?: RouteSeen | undefined;
  /** As for the store. */
  readonly from?: 'last';
  /**
   * A route that will not tell, however often it is asked, hinders nothing; one that does not answer now is to be asked
   * again.
   */
  readonly orGuess?: true;
}

/** Changes the Lease as the store does; one that does not say who is stable gets it from the route. */
export async function changeInformed(
  { store, target, readRoute, seen: known, from, orGuess }: Informing,
  change: (state: LeaseState) => Partial<LeaseState>,
  signal?: AbortSignal,
): Promise<LeaseState> {
  const by = (seen: RouteSeen | null | undefined) => (state: LeaseState) => {
    if (state.epoch > 0 || seen === null) return change(state);
    if (seen === undefined) throw new Uninformed();
    const { stableSlot } = informed(state, seen);
    return { stableSlot, ...change({ ...state, stableSlot }) };
  };
  try {
    return await store.change(target, by(known), signal, from);
  } catch (error) {
    if (!(error instanceof Uninformed)) throw error;
  }
  const seen = await readRoute().catch((error: unknown) => {
    if (error instanceof NoRoute || (orGuess && !signal?.aborted && !mayTellLater(error))) return null;
    throw error;
  });
  return await store.change(target, by(seen), signal);
}

/** What is guessed is written with an owner, and from then on nobody asks the route. */
function mayTellLater(error: unknown): boolean {
  return isProblem(error, 'unavailable', 'conflict', 'gone');
}

/** The Lease does not say who is stable, and the route was not asked yet. */
class Uninformed extends Error {}
