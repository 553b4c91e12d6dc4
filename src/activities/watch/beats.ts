/**
 * How often the watches of one worker do what would be too much for a thousand of them: each heartbeat is a write in
 * Temporal's database, and each measurement two questions to the data plane.
 */

/** What they may send together. */
const perSecond = 100;
/** So many may measure their share in a second, and each does so after this time at the latest. */
const measures = { perSecond: 200, mostMs: 5_000 };
/** Of its time limit, how much a heartbeat may take at most: the next one may be late, or get lost. */
const longestShare = 0.4;

export class Beats {
  private watching = 0;

  enter(): void {
    this.watching += 1;
  }

  leave(): void {
    this.watching -= 1;
  }

  /** Time between two heartbeats of a watch, whose time limit is `timeoutMs`. */
  everyMs(timeoutMs: number): number {
    return Math.min(timeoutMs * longestShare, (this.watching * 1000) / perSecond);
  }

  /** Time between two measurements of a watch's share, which is only for people to see. */
  get measureEveryMs(): number {
    return Math.min(measures.mostMs, (this.watching * 1000) / measures.perSecond);
  }
}
