/** A budget of starts that all share. Who comes when it is used up gets a place in a line, which is kept for them for a while. */
import type { Budget } from './buckets.ts';

/** So long after its time a place is kept; then whoever comes may have it. */
const keptMs = 5_000;
/** Nobody is told to come later than that. Beyond it, and beyond so many, there are no places. */
const longestWaitMs = 300_000;
const mostPlaces = 10_000;
/** Places are made of fractions of seconds. */
const tolerance = 1e-6;

export class StartLine {
  private readonly budget: Budget;
  private readonly nowMs: () => number;
  private left: number;
  private atMs: number;
  /** The time of the last place. */
  private endMs = 0;
  /** When it is whose turn. The order in which they came is that of their turns. */
  private readonly places = new Map<string, number>();

  constructor(budget: Budget, nowMs: () => number = () => performance.now()) {
    this.budget = budget;
    this.nowMs = nowMs;
    this.left = budget.burst;
    this.atMs = nowMs();
  }

  /** 0: it may begin now. Else the milliseconds after which it may: a place is kept for it, so that newcomers are not faster then. */
  take(name: string): number {
    this.refill();
    const turnMs = this.places.get(name);
    if (turnMs !== undefined && turnMs > this.atMs) return turnMs - this.atMs;
    if (turnMs !== undefined) this.places.delete(name);
    const needed = 1 + this.due();
    if (this.left + tolerance < needed) return this.queue(name);
    this.left -= 1;
    return 0;
  }

  /** Whether it would have to wait now. */
  isFullFor(name: string): boolean {
    this.refill();
    const turnMs = this.places.get(name);
    if (turnMs !== undefined) return turnMs > this.atMs;
    return this.left + tolerance < 1 + this.due();
  }

  /** A place for somebody who may not begin now for another reason. */
  later(name: string): number {
    this.refill();
    const turnMs = this.places.get(name);
    if (turnMs !== undefined && turnMs > this.atMs) return turnMs - this.atMs;
    this.places.delete(name);
    return this.queue(name);
  }

  private refill(): void {
    const { perSecond, burst } = this.budget;
    const atMs = this.nowMs();
    const refilled = this.left + ((atMs - this.atMs) / 1000) * perSecond;
    this.atMs = atMs;
    for (const [name, turnMs] of this.places) {
      if (turnMs > atMs - keptMs) break;
      this.places.delete(name);
    }
    // Told in whole seconds, more may come at once than may otherwise.
    this.left = Math.min(burst + this.due(), refilled);
  }

  /** Those whose turn it is and who have not come yet. */
  private due(): number {
    let count = 0;
    for (const turnMs of this.places.values()) {
      if (turnMs > this.atMs) break;
      count += 1;
    }
    return count;
  }

  private queue(name: string): number {
    const turnMs = Math.max(this.endMs, this.atMs) + 1000 / this.budget.perSecond;
    const waitMs = turnMs - this.atMs;
    if (waitMs > longestWaitMs || this.places.size >= mostPlaces) return Math.min(waitMs, longestWaitMs);
    this.endMs = turnMs;
    this.places.set(name, turnMs);
    return waitMs;
  }
}
