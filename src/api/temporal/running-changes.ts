/**
 * What runs, kept up to date by what has changed since the list was read: most of a long list is as it was. By times of
 * Temporal's, so what a clock that is far off hides, a whole list finds now and then. Pure.
 */
import type { RolloutSummary } from '../contract.ts';

export interface Running {
  readonly summary: RolloutSummary;
  readonly memo: (key: string) => unknown;
}

/** A run as visibility lists it. */
export interface Listed extends Running {
  readonly isOpen: boolean;
  /** Another one: something about the run has changed. */
  readonly mark: string;
}

/** So far back is looked each time: visibility lags, and clocks differ. */
const overlapMs = 30_000;
/** Whatever changes say, a whole list is read so often ... */
const wholeEveryMs = 30_000;
/** ... and each time for so long, when changes were seen to be missing. */
const distrustMs = 5 * 60_000;
/** What a whole list shows to be new is no older than this if the reading before it was no longer ago. */
const soonMs = 10_000;

export class RunningChanges {
  private byTarget: ReadonlyMap<string, Running> = new Map();
  private marks: ReadonlyMap<string, string> = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private wholeAtMs = Number.NEGATIVE_INFINITY;
  private distrustedUntilMs = Number.NEGATIVE_INFINITY;
  /** Runs that a whole list has shown to be changed, which the changes that are read next have to show too. */
  private owed: ReadonlySet<string> = new Set();

  /** From when on changes are to be asked for; null: the whole list is. Times are epoch milliseconds. */
  since(nowMs: number): number | null {
    const isDue = nowMs - this.wholeAtMs >= wholeEveryMs || nowMs < this.distrustedUntilMs;
    // Those that owe something are asked for it first.
    return isDue && this.owed.size === 0 ? null : this.readAtMs - overlapMs;
  }

  /** Changes cannot be had, or are not to be relied on. */
  distrust(nowMs: number): void {
    this.owed = new Set();
    this.distrustedUntilMs = nowMs + distrustMs;
  }

  /** Takes all that run. Returns whether anything is new. `askedAtMs`: when they were asked for. */
  whole(listed: readonly Listed[], askedAtMs: number): boolean {
    const open = newestOf(listed.filter(({ isOpen }) => isOpen));
    const marks = new Map([...open.values()].map(({ summary, mark }) => [summary.runId, mark]));
    const fresh = [...marks]
      .filter(([runId, mark]) => this.marks.get(runId) !== mark)
      .map(([runId]) => runId);
    const gone = runsOf(this.byTarget).filter((runId) => !marks.has(runId));
    const wasReadLately = askedAtMs - this.readAtMs <= soonMs && askedAtMs >= this.distrustedUntilMs;
    this.owed = new Set(wasReadLately ? [...fresh, ...gone] : []);
    this.byTarget = new Map([...open].map(([target, one]) => [target, this.asBefore(one)]));
    this.marks = marks;
    this.wholeAtMs = askedAtMs;
    this.readAtMs = askedAtMs;
    return fresh.length > 0 || gone.length > 0;
  }

  /** Takes what has changed, as `whole`. Null: something is missing, and they are not to be relied on. */
  changed(listed: readonly Listed[], askedAtMs: number): boolean | null {
    const shown = new Set(listed.map(({ summary }) => summary.runId));
    if ([...this.owed].some((runId) => !shown.has(runId))) {
      this.distrust(askedAtMs);
      return null;
    }
    this.owed = new Set();
    this.readAtMs = askedAtMs;
    const news = listed.filter(({ summary, mark }) => this.marks.get(summary.runId) !== mark);
    if (news.length === 0) return false;
    const byTarget = new Map(this.byTarget);
    for (const { summary, isOpen } of news) {
      if (!isOpen && byTarget.get(summary.target)?.summary.runId === summary.runId)
        byTarget.delete(summary.target);
    }
    for (const [target, one] of newestOf(news.filter(({ isOpen }) => isOpen))) {
      const known = byTarget.get(target);
      if (known === undefined || known.summary.startedAtMs <= one.summary.startedAtMs)
        byTarget.set(target, one);
    }
    const open = new Set(runsOf(byTarget));
    // Of runs that have ended only those are remembered that are shown again and again.
    const kept = [...this.marks].filter(([runId]) => open.has(runId) || shown.has(runId));
    this.marks = new Map([...kept, ...news.map(({ summary, mark }) => [summary.runId, mark] as const)]);
    this.byTarget = byTarget;
    return true;
  }

  /** What has not changed stays the same object, so that whoever has made something of it need not do that again. */
  private asBefore(one: Listed): Running {
    const before = this.byTarget.get(one.summary.target);
    const { runId } = one.summary;
    return before?.summary.runId === runId && this.marks.get(runId) === one.mark ? before : one;
  }

  get running(): ReadonlyMap<string, Running> {
    return this.byTarget;
  }
}

function newestOf(listed: readonly Listed[]): Map<string, Listed> {
  const newest = new Map<string, Listed>();
  for (const one of listed) {
    const known = newest.get(one.summary.target);
    if (known === undefined || known.summary.startedAtMs <= one.summary.startedAtMs) {
      newest.set(one.summary.target, one);
    }
  }
  return newest;
}

function runsOf(byTarget: ReadonlyMap<string, Running>): string[] {
  return [...byTarget.values()].map(({ summary }) => summary.runId);
}
