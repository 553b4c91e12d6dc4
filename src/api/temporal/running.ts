/** Every rollout that runs, with what its memo says of its traffic. */
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import { workflowType } from '../../domain/rollout/names.ts';
import { terminalPhases } from '../../domain/rollout/types.ts';
import { phaseSchema, type RolloutSummary } from '../contract.ts';
import { ask, callTimeoutMs, type TemporalDeps, workerTimeoutMs } from './calls.ts';
import { memoOf, rawOf, summaryOf } from './visibility.ts';

export interface Running {
  readonly summary: RolloutSummary;
  readonly memo: (key: string) => unknown;
}

/** A busy server takes seconds for a thousand. */
const pageSize = 200;
const maxPages = 100;

/** From visibility, which lags a little. `timeoutMs` is for each page. Throws `temporal-unavailable`. */
export async function runningRollouts(deps: TemporalDeps, timeoutMs = workerTimeoutMs): Promise<Running[]> {
  const { workflowService, namespace } = rawOf(deps);
  const query = `WorkflowType = "${workflowType}" AND ExecutionStatus = "Running"`;
  const found: Running[] = [];
  const pageAfter = (nextPageToken: Uint8Array | null) =>
    ask(
      deps,
      () => workflowService.listWorkflowExecutions({ namespace, pageSize, query, nextPageToken }),
      timeoutMs,
    );
  let token: Uint8Array | null = null;
  for (let pages = 0; pages < maxPages; pages++) {
    const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(token);
    found.push(...(page.executions ?? []).map(runningOf));
    if (!page.nextPageToken?.length) break;
    token = page.nextPageToken;
  }
  return found;
}

const runningPhases = phaseSchema.options.filter((phase) => !terminalPhases.some((end) => end === phase));

/**
 * Between two lists of those that are kept at hand, and after one that took long: Temporal has others to answer too.
 */
const rest = { leastMs: 1_500, mostMs: 4_000, timesTook: 2 };
/** Counted from when it was asked for. */
const freshForMs = 3_000;
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
  readonly byTarget: ReadonlyMap<string, Running>;
}

/** What runs, for many at once, and at hand for whoever must not wait. */
export class RunningList {
  private underWay: Promise<ReadonlyMap<string, Running>> | null = null;
  private last: List | null = null;
  private readonly deps: TemporalDeps;

  constructor(deps: TemporalDeps) {
    this.deps = deps;
  }

  /** By target. Costs Temporal as much as a few single looks. Throws `temporal-unavailable`. */
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
    return running ? { running, fresh: ageMs <= freshForMs } : null;
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
    const running = await runningRollouts(this.deps, callTimeoutMs);
    const byTarget = new Map(running.map((one) => [one.summary.target, one]));
    this.last = { askedMs, tookMs: performance.now() - askedMs, byTarget };
    return byTarget;
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

function runningOf(info: RawWorkflowExecutionInfo): Running {
  return { summary: summaryOf(info), memo: (key) => memoOf(info, key) };
}
