/** What Sluice needs from a data plane. Each provider implements this and passes the traffic contract suite. */
import type { z } from 'zod';
import type { HeaderMatch, TargetId } from '../../domain/plan/types.ts';
import type { Slot } from '../../domain/rollout/types.ts';
import type { Rights } from '../kube/rights.ts';

export { otherSlot, type Slot } from '../../domain/rollout/types.ts';

export interface TrafficTarget {
  readonly id: TargetId;
  /** The plan's options for this provider, validated by the provider's `options` schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the data plane itself says, read back. */
export interface TrafficState {
  /** The slot that stable traffic goes to. */
  readonly stableSlot: Slot;
  /** The canary's share as written, percent; it counts only while the lease lives and nothing is stopped. */
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
  /** Epoch of the present owner; 0: nobody. */
  readonly epoch: number;
  /** The canary may take traffic until then, epoch milliseconds; 0: no lease was ever given to this owner. */
  readonly leaseUntilMs: number;
  /** A stop of the target, or of everything, is in force. */
  readonly stopped: boolean;
  /**
   * Where a guard or a controller has yet to make the data plane follow: what the canary still gets. Absent: it
   * follows.
   */
  readonly behind?: Behind;
  /** Who else wrote last, when the data plane is not as it was asked to be; absent: it is, or nobody is known. */
  readonly writer?: string;
}

export interface Behind {
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
}

export type Asked = Pick<TrafficState, 'weightPercent' | 'match' | 'leaseUntilMs' | 'stopped'>;

export interface TrafficCounts {
  /** Since the data plane started, each counted when it begins; a fall means a restart. */
  readonly requests: Readonly<Record<Slot, number>>;
  /** Begun and not ended yet; null: the data plane does not tell, so there may be some. */
  readonly current: Readonly<Record<Slot, number | null>>;
}

export interface Route {
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
}

/**
 * Every write carries the epoch of its writer. A write whose epoch is lower than the data plane's is refused with
 * `traffic-fenced` and changes nothing. All calls are idempotent and bounded by `signal`.
 * Errors: `traffic-unavailable` (retryable), `traffic-fenced`, `traffic-unready`.
 */
export interface TrafficProvider {
  /** The one header that stages may match on, in lower case; `*`: any; empty: none. */
  readonly matchHeader: string;
  /**
   * Takes the target for `epoch`: checks that the data plane knows it, sets the canary to 0, clears a former stop of
   * the target (never of `*`).
   */
  prepare(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<TrafficState>;
  /** Sets share and match, takes over from a lower epoch, carries its lease over and never extends it. */
  setRoute(target: TrafficTarget, route: Route, epoch: number, signal?: AbortSignal): Promise<void>;
  /** Lets the canary take traffic until `untilMs`. Only `watch` calls it. Fenced unless `epoch` is the owner. */
  renew(target: TrafficTarget, epoch: number, untilMs: number, signal?: AbortSignal): Promise<void>;
  read(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState>;
  /**
   * As `read`, but it may be some seconds old where a change would have been noticed. For who looks again and again;
   * never proof of anything. Absent: `read` costs little.
   */
  glance?(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState>;
  /** Makes `slot` the stable one in one write and ends the canary's share; survives a restart of the data plane. */
  setStable(target: TrafficTarget, slot: Slot, epoch: number, signal?: AbortSignal): Promise<void>;
  /**
   * All traffic to stable, at once: stops the canary, then drops share, match and lease. Works half-way through
   * anything.
   */
  restore(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void>;
  /** The express lane: one write that no renewal undoes; cleared only by the next `prepare`. */
  stop(target: TrafficTarget, signal?: AbortSignal): Promise<void>;
  /** Stops everything behind this data plane, for as long as anybody holds it; `prepare` never clears it. */
  stopAll(holder: string, signal?: AbortSignal): Promise<void>;
  /** Lets go what `stopAll` wrote for this holder. Returns who else holds it; nobody: everything may go on. */
  release(holder: string, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * A stop is written by one and followed by another, who needs about so long for each and should have the way free
   * meanwhile. Absent: it is in force when it is written.
   */
  readonly stopFollowedMs?: number;
  /** How long one restore may take; for data planes where it is several requests to somewhere else. Default: 1 s. */
  readonly restoreLimitMs?: number;
  /**
   * After the end of a rollout: gives back what the data plane need not keep. Fenced if a newer epoch owns the target.
   */
  leave?(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void>;
  /**
   * What was asked for, without a look at whether the data plane follows; `*`: only whether everything is stopped. For
   * those who may stop a canary but not see its route. Absent: `read` tells.
   */
  asked?(target: TrafficTarget | '*', signal?: AbortSignal): Promise<Asked>;
  /** The only shares that the data plane can give the target, percent; null: any. */
  shares?(target: TrafficTarget, signal?: AbortSignal): Promise<readonly number[] | null>;
  /** Whether what `leave` leaves sends to the canary's pods again: then they are stopped before it. */
  leavesLast?(target: TrafficTarget): boolean;
  /**
   * Calls when something has changed in the data plane, maybe without need; returns when `signal` aborts, or at once if
   * it cannot tell. Never rejects.
   */
  changes?(target: TrafficTarget, onChange: () => void, signal: AbortSignal): Promise<void>;
  counts?(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficCounts>;
  /** The clock by which the data plane ends leases, epoch milliseconds; undefined: it does not tell. */
  clock?(signal?: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

/** The share of ordinary requests that the canary really gets at `nowMs`, percent. */
export function effectivePercent(state: TrafficState, nowMs: number): number {
  if (state.behind !== undefined) return state.behind.weightPercent;
  return state.stopped || state.leaseUntilMs <= nowMs ? 0 : state.weightPercent;
}

/** How a provider enters the catalogue: one file, one line in `index.ts`, one run of the contract suite. */
export interface TrafficProviderType {
  readonly type: string;
  readonly summary: string;
  /** What a plan may set. */
  readonly options: z.ZodType<Record<string, unknown>>;
  /** What the operator sets once for an instance (addresses, files). */
  readonly settings: z.ZodType<Record<string, unknown>>;
  /** What it needs to be allowed on a Kubernetes cluster; absent: it has nothing to do with one. */
  readonly rights?: Rights;
  /** Options that name objects of a cluster, beside `namespace`; absent: plans choose none. */
  readonly naming?: readonly string[];
  create(settings: Record<string, unknown>): TrafficProvider;
}
