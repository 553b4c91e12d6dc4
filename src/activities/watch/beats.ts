/**
 * How often the watches of one worker do what would be too much for a thousand of them: each heartbeat is a write in
 * Temporal's database, each measurement two questions to the data plane, and each end the work of a whole rollback.
 */

import { mostShown } from '../../domain/rollout/instances.ts';
import { allRows } from '../../domain/rollout/series.ts';

/** What they may send together. */
const perSecond = 100;
/** So many may measure their share in a second, and each does so after this time at the latest. */
const measures = { perSecond: 200, mostMs: 5_000 };
/**
 * What runs the versions is looked at so often together, and by each no more often than this: on a cluster it takes
 * four questions.
 */
const instances = { perSecond: 5, leastMs: 10_000 };
/**
 * Of its time limit, how much a heartbeat may take at most, and what it leaves of it at least: a call that uses its own
 * limit may delay it.
 */
const longest = { share: 0.6, leavesMs: 2_500 };

/** Looks in the series of one heartbeat, and of all watches together: what they send is written with each heartbeat. */
const seriesRows = { least: 60, most: allRows, together: 6_000 };

/** Likewise of what runs the versions: instances of each that are named. */
const named = { least: 1, most: mostShown, together: 1_000 };

/** Watches that find themselves stopped end as these do; the others look again with their next pulse. */
const homecomings = { atOnce: 10, perSecond: 50 };

export class Beats {
  private watching = 0;
  private mayEnd: number = homecomings.atOnce;
  private endedMs = 0;

  enter(): void {
    this.watching += 1;
  }

  leave(): void {
    this.watching -= 1;
  }

  /** Time between two heartbeats of a watch, whose time limit is `timeoutMs`. */
  everyMs(timeoutMs: number): number {
    const mostMs = Math.min(timeoutMs * longest.share, timeoutMs - longest.leavesMs);
    return Math.min(mostMs, (this.watching * 1000) / perSecond);
  }

  /** How many looks of all checks the series in a heartbeat may have; its shares are a third of that. */
  get seriesRows(): number {
    const { least, most, together } = seriesRows;
    return Math.max(least, Math.min(most, Math.floor(together / Math.max(1, this.watching))));
  }

  /** How many instances of each version a heartbeat may name. */
  get namedInstances(): number {
    const { least, most, together } = named;
    return Math.max(least, Math.min(most, Math.floor(together / Math.max(1, this.watching))));
  }

  /** Time between two measurements of a watch's share, which is only for people to see. */
  get measureEveryMs(): number {
    return Math.min(measures.mostMs, (this.watching * 1000) / measures.perSecond);
  }

  /** Time between two looks of a watch at what runs the versions, which is only for people to see. */
  get instancesEveryMs(): number {
    return Math.max(instances.leastMs, (this.watching * 1000) / instances.perSecond);
  }

  /**
   * Whether a watch that is stopped may end now. Where very many are, users are safe already, and what their rollouts
   * do next would be in the way of the stops that are still to come; who must know at once is told.
   */
  mayGoHome(nowMs: number): boolean {
    const gained = (Math.max(0, nowMs - this.endedMs) * homecomings.perSecond) / 1000;
    this.mayEnd = Math.min(homecomings.atOnce, this.mayEnd + gained);
    this.endedMs = nowMs;
    if (this.mayEnd < 1) return false;
    this.mayEnd -= 1;
    return true;
  }
}
