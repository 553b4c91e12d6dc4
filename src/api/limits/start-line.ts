/**
 * A budget of starts that all share. Who comes when it is used up gets a place in a line, which is kept for them for a
 * while.
 */
import type { Budget } from './buckets.ts';

/** So long after its time a place is kept; then whoever comes may have it. */
const keptMs = 5_000;
/** Nobody is told to come later than that. Beyond it, and beyond so many, there are no places. */
const longestWaitMs = 300_000;
const mostPlaces = 10_000;
/** Places are made of fractions of seconds. */
const tolerance = 1e-6;
/** Of what may come at once; more places nobody has, so that others need not stand behind all that one may ask for. */
const shareOfOne = 1 / 4;

export interface Comer {
  /** The same when it comes once more. */
  readonly name: string;
  /** Whose start it is; null: not known, so it could be anybody's. */
  readonly owner: string | null;
}

/** `rate`: more came than may begin. `in-flight`: too many of those that were let in are not answered yet. */
export type WhyRefused = 'rate' | 'in-flight';

export interface Refused {
  readonly waitMs: number;
  readonly why: WhyRefused;
}

interface Place {
  readonly owner: string | null;
  readonly turnMs: number;
  keptUntilMs: number;
}

export class StartLine {
  private readonly budget: Budget;
  private readonly nowMs: () => number;
  private left: number;
  private atMs: number;
  /** The time of the last place. */
  private endMs = 0;
  /** The order in which they came is that of their turns. */
  private readonly places = new Map<string, Place>();

  constructor(budget: Budget, nowMs: () => number = () => performance.now()) {
    this.budget = budget;
    this.nowMs = nowMs;
    this.left = budget.burst;
    this.atMs = nowMs();
  }

  /**
   * Null: it may begin now. Else the milliseconds after which it may: a place is kept for it, so that newcomers are not
   * faster then. `free`: so many may be under way beside those that are.
   */
  take(comer: Comer, free: number): Refused | null {
    this.refill();
    const why = this.lacks(comer.name, free);
    if (why !== null) return { waitMs: this.toldAgain(comer.name) ?? this.queue(comer), why };
    this.places.delete(comer.name);
    this.left -= 1;
    return null;
  }

  /** As `take`, for whoever has a place already; null also for others. */
  known(name: string, free: number): Refused | null {
    this.refill();
    const why = this.places.has(name) ? this.lacks(name, free) : null;
    const waitMs = why === null ? null : this.toldAgain(name);
    return why === null || waitMs === null ? null : { waitMs, why };
  }

  private refill(): void {
    const { perSecond, burst } = this.budget;
    const atMs = this.nowMs();
    const refilled = this.left + ((atMs - this.atMs) / 1000) * perSecond;
    this.atMs = atMs;
    let due = 0;
    for (const [name, { turnMs, keptUntilMs }] of this.places) {
      if (turnMs > atMs) break;
      if (keptUntilMs <= atMs) this.places.delete(name);
      else due += 1;
    }
    // Told in whole seconds, more may come at once than may otherwise.
    this.left = Math.min(burst + due, refilled);
  }

  /** Null: there is enough for it and for all before it. */
  private lacks(name: string, free: number): WhyRefused | null {
    const needed = 1 + this.before(name);
    if (this.left + tolerance < needed) return 'rate';
    // Of those whose turn it is anyone may have what is free, as it cannot wait for those who come later or never.
    const isDue = (this.places.get(name)?.turnMs ?? Number.POSITIVE_INFINITY) <= this.atMs;
    return free < (isDue ? 1 : needed) ? 'in-flight' : null;
  }

  /** How many stand before it: all, if it has no place. */
  private before(name: string): number {
    if (!this.places.has(name)) return this.places.size;
    let count = 0;
    for (const other of this.places.keys()) {
      if (other === name) break;
      count += 1;
    }
    return count;
  }

  /** Null: it has no place. */
  private toldAgain(name: string): number | null {
    const place = this.places.get(name);
    if (place === undefined) return null;
    if (place.turnMs > this.atMs) return place.turnMs - this.atMs;
    // It came in time, and others are to blame that it has to come again.
    const waitMs = Math.min(longestWaitMs, (1 + this.before(name)) * this.stepMs);
    place.keptUntilMs = this.atMs + waitMs + keptMs;
    return waitMs;
  }

  private queue({ name, owner }: Comer): number {
    const turnMs = Math.max(this.endMs, this.atMs) + this.stepMs;
    const waitMs = turnMs - this.atMs;
    const none = waitMs > longestWaitMs || this.places.size >= mostPlaces || this.hasEnough(owner);
    if (none) return Math.min(waitMs, longestWaitMs);
    this.endMs = turnMs;
    this.places.set(name, { owner, turnMs, keptUntilMs: turnMs + keptMs });
    return waitMs;
  }

  private hasEnough(owner: string | null): boolean {
    if (owner === null) return false;
    const most = Math.max(1, this.budget.burst * shareOfOne);
    let count = 0;
    for (const place of this.places.values()) if (place.owner === owner) count += 1;
    return count >= most;
  }

  private get stepMs(): number {
    return 1000 / this.budget.perSecond;
  }
}
