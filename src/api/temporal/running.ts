/** Every rollout that runs, with what its memo says of its traffic. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { decoded } from '../../codec/readable.ts';
import { changedAttribute, withStatus, workflowType } from '../../domain/rollout/names.ts';
import { terminalPhases } from '../../domain/rollout/types.ts';
import { isInvalidCall } from '../../worker/invalid-call.ts';
import {
  type Listing,
  lastOfEach,
  listAll,
  listEndedSince,
  listOpen,
  listPaused,
  pagesBy,
} from '../../worker/listing.ts';
import { hasEnded, phaseSchema } from '../contract.ts';
import { ask, callTimeoutMs, type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { type Listed, type Running, RunningChanges } from './running-changes.ts';
import { memoOf, summaryOf } from './visibility.ts';

/** Whoever waits for it wants few calls. */
const pageSize = 200;
/**
 * Each row costs a small server a millisecond, in which it does nothing else; nobody waits for what is kept at hand.
 */
const smallPageSize = 50;
const maxRows = 20_000;
const rollouts = `WorkflowType = "${workflowType}"`;

/** From visibility, which lags a little. `timeoutMs` is for each page. Throws `temporal-unavailable`. */
export async function runningRollouts(deps: TemporalDeps, timeoutMs = workerTimeoutMs): Promise<Running[]> {
  return (await listOpen(listingOf(deps, pageSize, timeoutMs), rollouts)).map(listedOf);
}

function listingOf(deps: TemporalDeps, pageSize: number, timeoutMs: number): Listing {
  const page = pagesBy(deps.client, (work) => ask(deps, work, timeoutMs));
  return { page, pageSize, maxRows };
}

const runningPhases = phaseSchema.options.filter((phase) => !terminalPhases.some((end) => end === phase));

/**
 * Between two lists of those that are kept at hand, and after one that took long: Temporal has others to answer too.
 */
const rest = { leastMs: 1_500, mostMs: 4_000, timesTook: 2 };
/** Counted from when it was asked for. */
const freshForMs = 3_000;
/** So long after a change was seen, another part of visibility may not show it yet. */
const laggingMs = 3_000;
/** Whoever watches has no use for another list before the next one is due. */
const shownFor = { mostMs: 15_000, turns: 2 };
/** Under load a list may be long in coming. Whoever gets nothing asks Temporal, as if there were no list. */
const maxAgeMs = 60_000;

interface Lately {
  readonly running: Running;
  /** False: much may have happened since. */
  readonly fresh: boolean;
}

interface List {
  readonly askedMs: number;
  readonly tookMs: number;
  /** Whether it can be relied on to show all that visibility does. */
  readonly sure: boolean;
  readonly byTarget: ReadonlyMap<string, Running>;
}

/** What runs, for many at once, and at hand for whoever must not wait. */
export class RunningList {
  private underWay: Promise<ReadonlyMap<string, Running>> | null = null;
  private last: List | null = null;
  /** When it was last known that something had changed. */
  private newsMs = Number.NEGATIVE_INFINITY;
  private readonly changes = new RunningChanges();
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** By target. Mostly costs Temporal as much as a few single looks. Throws `temporal-unavailable`. */
  byTarget(): Promise<ReadonlyMap<string, Running>> {
    this.underWay ??= this.fetch().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  /**
   * All that ran a moment ago, to be shown: the list at hand unless it is overdue, else a new one. Throws
   * `temporal-unavailable`.
   */
  async now(): Promise<{ readonly askedAtMs: number; readonly all: readonly Running[] }> {
    if (this.last === null || ageOf(this.last) > shownForMs(this.last)) await this.byTarget();
    const ageMs = this.last === null ? 0 : ageOf(this.last);
    return { askedAtMs: Date.now() - ageMs, all: [...(this.last?.byTarget.values() ?? [])] };
  }

  /** The target's rollout as it was a while ago; null: not seen then, or no list is at hand. */
  lately(target: string): Lately | null {
    if (this.last === null) return null;
    const ageMs = ageOf(this.last);
    const running = ageMs > maxAgeMs ? undefined : this.last.byTarget.get(target);
    return running ? { running, fresh: this.last.sure && ageMs <= freshForMs } : null;
  }

  /** All that ran a while ago; none where no list is at hand. */
  allLately(): readonly Running[] {
    return this.last === null || ageOf(this.last) > maxAgeMs ? [] : [...this.last.byTarget.values()];
  }

  /**
   * Whether nothing is known to have changed since then, by a list of a moment ago. `atMs` as of `performance.now()`.
   */
  quietSince(atMs: number): boolean {
    const { last } = this;
    return last?.sure === true && ageOf(last) <= freshForMs && this.newsMs + laggingMs < atMs;
  }

  /** How many are in which phase, by the list at hand; null: it is too old, or there is none. */
  phases(): ReadonlyMap<string, number> | null {
    if (this.last === null || ageOf(this.last) > maxAgeMs) return null;
    // A phase with nobody in it says so, rather than nothing.
    const counts = new Map<string, number>(runningPhases.map((phase) => [phase, 0]));
    for (const { summary } of this.last.byTarget.values()) {
      const phase = summary.phase ?? 'unknown';
      counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Keeps a list at hand from now on, for as long as the process has something else to do. `calm` resolves when nothing
   * more urgent is under way.
   */
  keep(calm: () => Promise<void>): void {
    calm()
      .then(() => this.byTarget())
      .catch(() => {})
      .finally(() => setTimeout(() => this.keep(calm), restMs(this.last?.tookMs ?? 0)).unref());
  }

  private async fetch(): Promise<ReadonlyMap<string, Running>> {
    const askedMs = performance.now();
    const isNew = (await this.readChanges()) ?? (await this.readWhole());
    if (isNew) this.newsMs = performance.now();
    const { running: byTarget, sure } = this.changes;
    this.last = { askedMs, tookMs: performance.now() - askedMs, sure, byTarget };
    return byTarget;
  }

  private async readWhole(): Promise<boolean> {
    const askedAtMs = Date.now();
    const infos = await listOpen(listingOf(this.deps, smallPageSize, callTimeoutMs), rollouts);
    return this.changes.whole(infos.map(listedOf), askedAtMs);
  }

  /** Null: they are not enough to go by. */
  private async readChanges(): Promise<boolean | null> {
    const askedAtMs = Date.now();
    const sinceMs = this.changes.since();
    if (sinceMs === null) return null;
    const since = new Date(sinceMs).toISOString();
    const listing = listingOf(this.deps, pageSize, callTimeoutMs);
    try {
      // One after the other, the last of all what has ended: what is said of a run last is how it is.
      const infos = [
        ...(await listAll(listing, `${rollouts} AND ${withStatus.running} AND StartTime > "${since}"`)),
        ...((await listPaused(listing, rollouts)) ?? []),
        ...(await listAll(listing, `${rollouts} AND ${changedAttribute} > "${since}"`)),
        ...(await listEndedSince(listing, rollouts, sinceMs)),
      ];
      return this.changes.changed(lastOfEach(infos).map(listedOf), askedAtMs);
    } catch (error) {
      // No worker of this version has registered the attribute yet.
      if (!isInvalidCall(error)) throw error;
      this.changes.distrust();
      return null;
    }
  }
}

function ageOf({ askedMs }: List): number {
  return performance.now() - askedMs;
}

function restMs(tookMs: number): number {
  return Math.min(rest.mostMs, Math.max(rest.leastMs, rest.timesTook * tookMs));
}

function shownForMs({ tookMs }: List): number {
  return Math.min(shownFor.mostMs, Math.max(freshForMs, shownFor.turns * (tookMs + restMs(tookMs))));
}

function listedOf(info: RawWorkflowExecutionInfo): Listed {
  const summary = summaryOf(info);
  const changedAt = decoded(info.searchAttributes?.indexedFields?.[changedAttribute]);
  return {
    summary,
    memo: (key) => memoOf(info, key),
    isOpen: !hasEnded(summary) && summary.temporalStatus !== 'CONTINUED_AS_NEW',
    changedAt: typeof changedAt === 'string' ? changedAt : null,
  };
}
