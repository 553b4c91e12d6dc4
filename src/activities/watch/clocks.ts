/** Looks at the clocks of worker and data plane now and then while a canary lives by its lease. */

import type { Clock } from '../deps.ts';
import { clockProblem } from '../skew.ts';
import type { TrafficSide } from '../targets.ts';

const everyMs = 30_000;

export class Clocks {
  /** What is wrong, in one sentence; null: nothing, or not known. */
  problem: string | null = null;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private readonly side: TrafficSide;
  private readonly clock: Clock;
  private readonly ttlMs: number;

  constructor(side: TrafficSide, clock: Clock, ttlMs: number) {
    this.side = side;
    this.clock = clock;
    this.ttlMs = ttlMs;
  }

  async look(): Promise<void> {
    if (this.clock.now() - this.lookedAtMs < everyMs) return;
    this.lookedAtMs = this.clock.now();
    // A data plane that does not answer is noticed elsewhere.
    this.problem = await clockProblem(this.side, this.clock, this.ttlMs).catch(() => this.problem);
  }
}
