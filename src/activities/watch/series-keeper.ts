/**
 * Keeps what a watch has seen for charts: each look, and the measured share as often as checks are looked at. Once for
 * the result, and once in as few rows as heartbeats have room for.
 */
import { lookPointOf } from '../../domain/analysis/look-point.ts';
import type { CheckConfig, Verdict } from '../../domain/analysis/types.ts';
import { emptySeries, type WatchSeries, withLook, withShare } from '../../domain/rollout/series.ts';

interface KeeperOptions {
  readonly checks: readonly CheckConfig[];
  readonly nowMs: number;
  /** Time between two measured shares. */
  readonly everyMs: number;
  /** The watch is that after the promotion. */
  readonly after: boolean;
  /** What the attempt before has left. */
  readonly left: WatchSeries | undefined;
  /** How many looks of all checks a heartbeat has room for now. */
  readonly beatRows: () => number;
}

export class SeriesKeeper {
  kept: WatchSeries;
  /** For heartbeats. */
  short: WatchSeries;
  private readonly beatRows: () => number;
  private readonly everyMs: number;
  private shareAtMs = Number.NEGATIVE_INFINITY;

  constructor({ checks, nowMs, everyMs, after, left, beatRows }: KeeperOptions) {
    const names = checks.map(({ name }) => name);
    this.everyMs = everyMs;
    this.beatRows = beatRows;
    this.kept = left ?? emptySeries(nowMs, names, after);
    this.short = this.kept;
  }

  look(check: CheckConfig, verdict: Verdict): void {
    const point = lookPointOf(check, verdict);
    this.kept = withLook(this.kept, check.name, point);
    this.short = withLook(this.short, check.name, point, this.beatRows());
  }

  /** Null: the data plane does not count, or nobody asked lately. */
  share(nowMs: number, percent: number | null): void {
    if (percent === null || nowMs - this.shareAtMs < this.everyMs) return;
    this.shareAtMs = nowMs;
    this.kept = withShare(this.kept, nowMs, percent);
    this.short = withShare(this.short, nowMs, percent, this.beatRows());
  }
}
