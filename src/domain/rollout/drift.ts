/** Compares what the data plane says with what this rollout asked for. Pure: the caller reads and acts. */
import type { HeaderMatch } from '../plan/types.ts';
import type { Slot } from './types.ts';

interface RouteReading {
  readonly stableSlot: Slot;
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
  readonly epoch: number;
  readonly leaseUntilMs: number;
  readonly stopped: boolean;
  /** Who else wrote last; absent: nobody, or it is not known. */
  readonly writer?: string;
}

export interface RouteWanted {
  readonly stableSlot: Slot;
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
  readonly epoch: number;
  /** The lease that this owner gave last; 0: none yet. */
  readonly leaseUntilMs: number;
}

type Comparison =
  | { readonly kind: 'as-asked' }
  | { readonly kind: 'stopped' | 'fenced' | 'lapsed' | 'drifted'; readonly reason: string };

export function compareRoute(seen: RouteReading, wanted: RouteWanted, nowMs: number): Comparison {
  if (seen.stopped) return { kind: 'stopped', reason: 'a stop was found in the data plane' };
  if (seen.epoch > wanted.epoch) {
    return { kind: 'fenced', reason: `a newer owner (epoch ${seen.epoch}) holds the data plane` };
  }
  if (seen.stableSlot !== wanted.stableSlot) {
    return { kind: 'drifted', reason: `the stable slot was changed to ${seen.stableSlot} from outside` };
  }
  if (
    seen.epoch !== wanted.epoch ||
    !sameShare(seen.weightPercent, wanted.weightPercent) ||
    !sameMatch(seen.match, wanted.match)
  ) {
    const whose = seen.epoch === wanted.epoch ? '' : ', owner lost';
    const by = seen.writer === undefined ? '' : `, last written by ${seen.writer}`;
    return {
      kind: 'drifted',
      reason: `the canary reads ${seen.weightPercent} % instead of ${wanted.weightPercent} %${whose}${by}`,
    };
  }
  if (wanted.leaseUntilMs > 0 && seen.leaseUntilMs <= nowMs) {
    return {
      kind: 'lapsed',
      reason: 'the lease ran out while nobody renewed it; traffic had gone back to stable by itself',
    };
  }
  return { kind: 'as-asked' };
}

/**
 * What a `watch` finds when it takes over: a lease of an earlier owner that ran out means that users are on stable
 * already. No owner at all means that the data plane was restarted, which is drift.
 */
export function lapsedBefore(seen: RouteReading, nowMs: number): boolean {
  return seen.epoch > 0 && seen.leaseUntilMs > 0 && seen.leaseUntilMs <= nowMs;
}

export function sameMatch(a: HeaderMatch | null, b: HeaderMatch | null): boolean {
  return a?.value === b?.value && a?.header.toLowerCase() === b?.header.toLowerCase();
}

/** Shares are kept in hundredths of a percent. */
export function sameShare(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.005;
}
