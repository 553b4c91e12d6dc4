/** Holding the data plane at what the stage asked for: takes it over, sees drift, reasserts a bounded number of times. */
import { compareRoute, lapsedBefore, type RouteWanted } from '../../domain/rollout/drift.ts';
import type { WatchEnding } from '../../domain/rollout/types.ts';
import type { TrafficState } from '../../providers/traffic/types.ts';
import type { Clock } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';
import type { Lease } from './lease.ts';

/** How often drift is answered by writing again before people are asked. */
const maxReasserts = 3;

export interface GripOptions {
  readonly side: TrafficSide;
  readonly lease: Lease;
  readonly clock: Clock;
  /** What the stage asks for; its lease is the one that `lease` gave last. */
  readonly wanted: Omit<RouteWanted, 'leaseUntilMs'>;
  readonly tolerateDrift: boolean;
  readonly reasserted: number;
}

/** `gone`: the workflow that this watch works for does not run any more. */
export type GripEnding = WatchEnding | { readonly kind: 'gone' };

export class Grip {
  reasserted: number;
  /** What is out of order though the watch goes on, for people. */
  trouble: string | null = null;
  private owned = false;
  private readonly options: GripOptions;

  constructor(options: GripOptions) {
    this.options = options;
    this.reasserted = options.reasserted;
  }

  /** One round: read, compare, act, renew. Errors: those of the traffic provider. */
  async tighten(signal: AbortSignal): Promise<GripEnding | null> {
    const { side, lease, wanted } = this.options;
    this.trouble = null;
    const seen = await side.provider.read(side.target, signal);
    const ending = this.owned ? await this.compare(seen, signal) : await this.takeOver(seen, signal);
    if (ending) return ending;
    const renewal = await lease.renew(wanted.epoch, signal);
    if (renewal === 'gone') return { kind: 'gone' };
    if (renewal === 'orphaned') {
      this.trouble =
        'Temporal does not answer, so the lease is not renewed and traffic will go back to stable';
    }
    return null;
  }

  private async takeOver(seen: TrafficState, signal: AbortSignal): Promise<WatchEnding | null> {
    const { lease, clock, wanted } = this.options;
    if (lapsedBefore(seen, clock.now()) && !seen.stopped && seen.epoch <= wanted.epoch) {
      return {
        kind: 'lapsed',
        reason: 'the lease ran out while nobody watched; traffic had gone back to stable by itself',
      };
    }
    const comparison = compareRoute(
      { ...seen, epoch: Math.max(seen.epoch, wanted.epoch) },
      this.ownWanted(),
      clock.now(),
    );
    if (comparison.kind === 'stopped' || comparison.kind === 'fenced') return comparison;
    if (seen.stableSlot !== wanted.stableSlot) return this.slotMoved(seen);
    await this.write(signal);
    lease.untilMs = seen.leaseUntilMs;
    this.owned = true;
    return null;
  }

  private async compare(seen: TrafficState, signal: AbortSignal): Promise<WatchEnding | null> {
    const comparison = compareRoute(seen, this.ownWanted(), this.options.clock.now());
    if (comparison.kind === 'as-asked') return null;
    if (comparison.kind !== 'drifted') return comparison;
    this.trouble = comparison.reason;
    if (this.options.tolerateDrift) return null;
    if (seen.stableSlot !== this.options.wanted.stableSlot) return this.slotMoved(seen);
    if (this.reasserted >= maxReasserts) {
      return {
        kind: 'drifted',
        reason: `${comparison.reason}, again after it was put right ${maxReasserts} times`,
      };
    }
    this.reasserted += 1;
    await this.write(signal);
    // A restarted data plane has lost the lease too; renewing it is due now.
    this.options.lease.untilMs = seen.leaseUntilMs;
    return null;
  }

  private slotMoved(seen: TrafficState): WatchEnding {
    return { kind: 'drifted', reason: `the stable slot was changed to ${seen.stableSlot} from outside` };
  }

  private async write(signal: AbortSignal): Promise<void> {
    const { side, wanted } = this.options;
    await side.provider.setRoute(
      side.target,
      { weightPercent: wanted.weightPercent, match: wanted.match },
      wanted.epoch,
      signal,
    );
  }

  private ownWanted(): RouteWanted {
    return { ...this.options.wanted, leaseUntilMs: this.options.lease.untilMs };
  }
}
