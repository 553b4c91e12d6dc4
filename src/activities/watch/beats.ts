/** How often the watches of one worker heartbeat: each heartbeat is a write in Temporal's database, for which a thousand would be too much. */

/** What they may send together. */
const perSecond = 100;
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
}
