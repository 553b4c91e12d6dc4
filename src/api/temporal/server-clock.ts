/**
 * How old Temporal's timestamps are, though its clock and this one may be apart. What it tells of has happened, so the
 * time of it that seems youngest shows how far this clock can be ahead at most. It errs by an age too low: until
 * something young was heard of, an old time grows old from when it was heard first.
 */

/** What was learned counts for this long, and up to twice: a clock may be set. */
const spanMs = 5 * 60_000;

export class ServerClock {
  private readonly clock: () => number;
  /** The least age that a time seemed to have: in this span, and in the one before. */
  private least = Number.POSITIVE_INFINITY;
  private leastBefore = Number.POSITIVE_INFINITY;
  private sinceMs: number;

  /** `clock`: one that nobody sets. */
  constructor(clock = () => performance.now()) {
    this.clock = clock;
    this.sinceMs = clock();
  }

  /** For `ageMs`. */
  now(): number {
    return this.clock();
  }

  /** Of what has happened, by Temporal's clock; to be told after its answer. */
  heard(timeMs: number): void {
    const nowMs = this.clock();
    if (nowMs - this.sinceMs > spanMs) {
      const isRecent = nowMs - this.sinceMs <= 2 * spanMs;
      this.leastBefore = isRecent ? this.least : Number.POSITIVE_INFINITY;
      this.least = Number.POSITIVE_INFINITY;
      this.sinceMs = nowMs;
    }
    this.least = Math.min(this.least, nowMs - timeMs);
  }

  /** At least so old; 0 as well for what is still to come. `atMs`: a moment of this clock. */
  ageMs(timeMs: number, atMs: number): number {
    return Math.max(0, atMs - timeMs - Math.min(this.least, this.leastBefore));
  }
}
