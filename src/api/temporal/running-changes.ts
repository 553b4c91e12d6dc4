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
  /** When its attributes changed last; null: they have not since its start, or an older worker has changed them. */
  readonly changedAt: string | null;
}

interface Mark {
  /** Running or paused, which dates nothing. */
  readonly status: string;
  readonly state: string;
  readonly changedAt: string | null;
}

/** So far back is looked each time: visibility lags, and clocks differ. */
const overlapMs = 30_000;
/** Whatever changes say, a whole list is read so often ... */
const wholeEveryMs = 30_000;
/** ... and each time for so long, when changes were seen to be missing: the longer, the more often that was so. */
const distrust = { leastMs: 5 * 60_000, mostMs: 60 * 60_000 };
/** What a whole list shows to be new is no older than this if the reading before it was no longer ago. */
const soonMs = 10_000;

export class RunningChanges {
  private byTarget: ReadonlyMap<string, Running> = new Map();
  private marks: ReadonlyMap<string, Mark> = new Map();
  /** When something was read last, epoch milliseconds; the other times are of a clock that is never set. */
  private readAtMs = Number.NEGATIVE_INFINITY;
  private readMs = Number.NEGATIVE_INFINITY;
  private wholeMs = Number.NEGATIVE_INFINITY;
  private distrustedUntilMs = Number.NEGATIVE_INFINITY;
  private distrustForMs = distrust.leastMs;
  /** Runs that a whole list has shown to be changed, which the changes that are read next have to show too. */
  private owed: ReadonlySet<string> = new Set();
  /** Changes have shown something, so they do show what changes. */
  private proven = false;
  /** An older worker, which dates nothing, has some of those that run. */
  private undated = false;
  private lastWasWhole = false;
  private readonly clock: () => number;

  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
  }

  get running(): ReadonlyMap<string, Running> {
    return this.byTarget;
  }

  /** Whether what was read last shows all that visibility did then. */
  get sure(): boolean {
    return this.lastWasWhole || this.proven;
  }

  /** From when on changes are to be asked for, epoch milliseconds; null: the whole list is. */
  since(): number | null {
    const isDue = this.clock() - this.wholeMs >= wholeEveryMs || this.undated || this.isDistrusted;
    // Those that owe something are asked for it first.
    return isDue && this.owed.size === 0 ? null : this.readAtMs - overlapMs;
  }

  /** Changes cannot be had, or are not to be relied on. */
  distrust(): void {
    this.owed = new Set();
    this.proven = false;
    this.distrustedUntilMs = this.clock() + this.distrustForMs;
    this.distrustForMs = Math.min(distrust.mostMs, 2 * this.distrustForMs);
  }

  /** Takes all that run. Returns whether anything is new. `askedAtMs`: when they were asked for, epoch milliseconds. */
  whole(listed: readonly Listed[], askedAtMs: number): boolean {
    const open = newestOf(listed.filter(({ isOpen }) => isOpen));
    const marks = new Map([...open.values()].map((one) => [one.summary.runId, markOf(one)]));
    const fresh = [...marks].filter(([runId, mark]) => this.isNews(runId, mark));
    const moved = fresh.filter(([runId, mark]) => this.hasMoved(runId, mark)).map(([runId]) => runId);
    const gone = runsOf(this.byTarget).filter((runId) => !marks.has(runId));
    const wasReadLately = this.clock() - this.readMs <= soonMs && !this.isDistrusted;
    this.owed = new Set(wasReadLately ? [...moved, ...gone] : []);
    this.undated = [...open.values()].some(isUndated);
    if (fresh.some(([runId, mark]) => this.movedUndated(runId, mark))) this.distrust();
    this.byTarget = new Map([...open].map(([target, one]) => [target, this.asBefore(one)]));
    this.marks = marks;
    this.wholeMs = this.clock();
    this.took(askedAtMs, true);
    return fresh.length > 0 || gone.length > 0;
  }

  /** Takes what has changed, as `whole`. Null: something is missing, and they are not to be relied on. */
  changed(listed: readonly Listed[], askedAtMs: number): boolean | null {
    const shown = new Set(listed.map(({ summary }) => summary.runId));
    const isMissing = [...this.owed].some((runId) => !shown.has(runId));
    if (isMissing || listed.some((one) => one.isOpen && isUndated(one))) {
      this.distrust();
      return null;
    }
    if (this.owed.size > 0) this.prove();
    this.owed = new Set();
    this.took(askedAtMs, false);
    const news = listed.filter((one) => this.isNews(one.summary.runId, markOf(one)));
    if (news.length === 0) return false;
    this.prove();
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
    this.marks = new Map([...kept, ...news.map((one) => [one.summary.runId, markOf(one)] as const)]);
    this.byTarget = byTarget;
    return true;
  }

  private get isDistrusted(): boolean {
    return this.clock() < this.distrustedUntilMs;
  }

  private prove(): void {
    this.proven = true;
    this.distrustForMs = distrust.leastMs;
  }

  private took(askedAtMs: number, whole: boolean): void {
    this.readAtMs = askedAtMs;
    this.readMs = this.clock();
    this.lastWasWhole = whole;
  }

  private isNews(runId: string, mark: Mark): boolean {
    return this.marks.get(runId)?.status !== mark.status || this.hasMoved(runId, mark);
  }

  private hasMoved(runId: string, { state, changedAt }: Mark): boolean {
    const before = this.marks.get(runId);
    return before?.state !== state || before.changedAt !== changedAt;
  }

  /** As when an older worker has taken it over. */
  private movedUndated(runId: string, { state, changedAt }: Mark): boolean {
    const before = this.marks.get(runId);
    return before !== undefined && before.changedAt === changedAt && before.state !== state;
  }

  /** What has not changed stays the same object, so that whoever has made something of it need not do that again. */
  private asBefore(one: Listed): Running {
    const before = this.byTarget.get(one.summary.target);
    const { runId } = one.summary;
    return before?.summary.runId === runId && !this.isNews(runId, markOf(one)) ? before : one;
  }
}

function markOf({ summary, changedAt }: Listed): Mark {
  const { temporalStatus, phase, stage } = summary;
  return { status: temporalStatus, state: `${phase} ${stage}`, changedAt };
}

/** It has moved on since its start, and nobody has dated that. */
function isUndated({ summary: { phase }, changedAt }: Listed): boolean {
  return changedAt === null && phase !== null && phase !== 'preparing';
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
