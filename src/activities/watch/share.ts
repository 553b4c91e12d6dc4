/** The canary's measured share, from the data plane's own request counters over a short window. */
import { otherSlot, type Slot } from '../../domain/rollout/types.ts';
import type { Clock } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';

const windowMs = 10_000;

interface Count {
  readonly atMs: number;
  readonly canary: number;
  readonly stable: number;
}

export class MeasuredShare {
  percent: number | null = null;
  /** Requests to the canary since this watch (or one before it, in the same stage) began; null: not counted. */
  canaryRequests: number | null;
  private counts: Count[] = [];
  private readonly side: TrafficSide;
  private readonly stableSlot: Slot;
  private readonly clock: Clock;

  constructor(side: TrafficSide, stableSlot: Slot, clock: Clock, before: number | null) {
    this.canaryRequests = before;
    this.side = side;
    this.stableSlot = stableSlot;
    this.clock = clock;
  }

  /** Unless it was measured less than `everyMs` ago. */
  async measure(signal: AbortSignal, everyMs = 0): Promise<void> {
    const before = this.counts.at(-1);
    if (before !== undefined && this.clock.now() - before.atMs < everyMs) return;
    const seen = await this.side.provider.counts?.(this.side.target, signal);
    if (seen === undefined) return;
    const nowMs = this.clock.now();
    const now = {
      atMs: nowMs,
      canary: seen.requests[otherSlot(this.stableSlot)],
      stable: seen.requests[this.stableSlot],
    };
    // Counters that fall mean that the data plane was restarted.
    const restarted = before && (now.canary < before.canary || now.stable < before.stable);
    const since = before === undefined ? now.canary : restarted ? 0 : before.canary;
    this.canaryRequests = (this.canaryRequests ?? 0) + now.canary - since;
    this.counts = restarted ? [now] : [...this.counts.filter(({ atMs }) => atMs > nowMs - windowMs), now];
    this.percent = shareBetween(this.counts[0], now);
  }
}

function shareBetween(from: Count | undefined, to: Count): number | null {
  if (from === undefined) return null;
  const canary = to.canary - from.canary;
  const all = canary + to.stable - from.stable;
  return all > 0 ? (canary / all) * 100 : null;
}
