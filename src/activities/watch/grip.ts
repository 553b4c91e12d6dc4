/**
 * Holding the data plane at what the stage asked for: takes it over, sees drift, reasserts a bounded number of times.
 */
import { compareRoute, lapsedBefore, type RouteWanted } from '../../domain/rollout/drift.ts';
import type { WatchEnding } from '../../domain/rollout/types.ts';
import type { TrafficState } from '../../providers/traffic/types.ts';
import { callSignal } from '../call-limit.ts';
import type { Clock } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';
import type { Lease } from './lease.ts';

/** How often drift is answered by writing again before people are asked. */
const maxReasserts = 3;

interface GripOptions {
  readonly side: TrafficSide;
  readonly lease: Lease;
  readonly clock: Clock;
  /** What the stage asks for; its lease is the one that `lease` gave last. */
  readonly wanted: Omit<RouteWanted, 'leaseUntilMs'>;
  readonly tolerateDrift: boolean;
  readonly reasserted: number;
}

const lapsed: WatchEnding = {
  kind: 'lapsed',
  reason: 'the lease ran out while nobody renewed it; traffic had gone back to stable by itself',
};

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
  async tighten(): Promise<GripEnding | null> {
    const { lease, wanted, tolerateDrift } = this.options;
    this.trouble = null;
    const seen = await this.look();
    const ending = this.owned ? await this.compare(seen) : await this.takeOver(seen);
    if (ending) return ending;
    // Who tolerates that the owner is lost (a restarted data plane, while a person is asked) has no lease to renew.
    if (tolerateDrift && this.trouble !== null && seen.epoch !== wanted.epoch) return null;
    const renewal = await lease.renew(wanted.epoch);
    if (renewal === 'gone') return { kind: 'gone' };
    if (renewal === 'lapsed') return lapsed;
    if (renewal === 'orphaned') {
      this.trouble =
        'Temporal does not answer, so the lease is not renewed and traffic will go back to stable';
    }
    return null;
  }

  /** A whole lease for the time until the next watch: nobody renews while the workflow decides what comes. */
  async handOver(): Promise<void> {
    if (this.owned) await this.options.lease.renew(this.options.wanted.epoch, 'now');
  }

  /** Whoever owns the target is told of changes, and need not ask for each pulse. */
  private look(): Promise<TrafficState> {
    const { provider, target } = this.options.side;
    if (this.owned && provider.glance) return provider.glance(target, callSignal());
    return provider.read(target, callSignal());
  }

  private async takeOver(seen: TrafficState): Promise<WatchEnding | null> {
    const { lease, clock, wanted } = this.options;
    if (lapsedBefore(seen, clock.now()) && !seen.stopped && seen.epoch <= wanted.epoch) {
      return lapsed;
    }
    const comparison = compareRoute(
      { ...seen, epoch: Math.max(seen.epoch, wanted.epoch) },
      this.ownWanted(),
      clock.now(),
    );
    if (comparison.kind === 'stopped' || comparison.kind === 'fenced') return comparison;
    if (seen.stableSlot !== wanted.stableSlot) return this.slotMoved(seen);
    await this.write();
    lease.untilMs = seen.leaseUntilMs;
    this.owned = true;
    return null;
  }

  private async compare(seen: TrafficState): Promise<WatchEnding | null> {
    const comparison = compareRoute(seen, this.ownWanted(), this.options.clock.now());
    if (comparison.kind === 'as-asked') return null;
    if (comparison.kind !== 'drifted') return comparison;
    this.trouble = comparison.reason;
    if (seen.stableSlot !== this.options.wanted.stableSlot) return this.slotMoved(seen);
    if (this.options.tolerateDrift) return null;
    if (this.reasserted >= maxReasserts) {
      return {
        kind: 'drifted',
        reason: `${comparison.reason}, again after it was put right ${maxReasserts} times`,
      };
    }
    this.reasserted += 1;
    await this.write();
    // A restarted data plane has lost the lease too; renewing it is due now.
    this.options.lease.untilMs = seen.leaseUntilMs;
    return null;
  }

  private slotMoved(seen: TrafficState): WatchEnding {
    return { kind: 'moved', reason: `the stable slot was changed to ${seen.stableSlot} from outside` };
  }

  private async write(): Promise<void> {
    const { side, wanted } = this.options;
    await side.provider.setRoute(
      side.target,
      { weightPercent: wanted.weightPercent, match: wanted.match },
      wanted.epoch,
      callSignal(),
    );
  }

  private ownWanted(): RouteWanted {
    return { ...this.options.wanted, leaseUntilMs: this.options.lease.untilMs };
  }
}
