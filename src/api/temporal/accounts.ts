/**
 * Rollouts' own accounts, as a worker gave them. An account is made of the history alone, so while the history has not
 * grown the worker need not be asked again, however many look.
 */
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import type { RolloutStatus } from '../../domain/rollout/status.ts';

/** Of each rollout some 10 kB. */
const mostKept = 2_000;
/** What nobody has looked at for so long makes room for others. */
const forgottenMs = 10 * 60_000;
/**
 * So old it is asked for anew. The watch may be in other hands than what decides: a rollout that nobody can decide for is
 * to be told as such, even before it has anything to decide.
 */
const holdsMs = 5 * 60_000;
/** Temporal's number for a pending activity that a worker has, and that was heard of within its heartbeat timeout. */
const startedState = 2;

interface Kept {
  /** What the description said that came before the account. */
  readonly mark: string;
  /** Null: not asked since. */
  readonly account: RolloutStatus | null;
  readonly accountAtMs: number;
  readonly seenAtMs: number;
}

export class Accounts {
  private readonly kept = new Map<string, Kept>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Whether an account is at hand, which holds unless the history has grown. */
  has(runId: string): boolean {
    const kept = this.at(runId);
    return kept !== undefined && this.holds(kept);
  }

  /**
   * What the latest description said, to be given back with an account that is asked for from now on. Null: nothing.
   */
  markOf(runId: string): string | null {
    return this.at(runId)?.mark ?? null;
  }

  /**
   * Remembers what a description said; from then on an account may be kept under its mark. The account is null where
   * there is none, the history has grown, or no worker is known to live.
   */
  described(
    runId: string,
    described: DescribeWorkflowExecutionResponse,
  ): { readonly mark: string | null; readonly account: RolloutStatus | null } {
    const mark = markOf(described);
    if (mark === null) {
      this.kept.delete(runId);
      return { mark, account: null };
    }
    const before = this.at(runId);
    const account = before?.mark === mark && this.holds(before) ? before.account : null;
    this.put(runId, { mark, account, accountAtMs: before?.accountAtMs ?? 0, seenAtMs: this.now() });
    return { mark, account };
  }

  /**
   * Keeps an account. `mark`: what was described before the account was asked for, so that the account knows at least
   * that much; where the history has grown since, it is thrown away. Null: no worker gave one, and so the one at hand
   * does not hold any more.
   */
  keep(runId: string, mark: string | null, account: RolloutStatus | null): void {
    if (mark === null || this.at(runId)?.mark !== mark) return;
    this.put(runId, { mark, account, accountAtMs: this.now(), seenAtMs: this.now() });
  }

  private at(runId: string): Kept | undefined {
    const kept = this.kept.get(runId);
    return kept !== undefined && this.now() - kept.seenAtMs < forgottenMs ? kept : undefined;
  }

  private holds({ account, accountAtMs }: Kept): boolean {
    return account !== null && this.now() - accountAtMs < holdsMs;
  }

  /** Where they are too many, those that are there stay: in turns, each would be gone before it is looked at again. */
  private put(runId: string, kept: Kept): void {
    // The one that was looked at last is the last.
    this.kept.delete(runId);
    for (const [oldest, { seenAtMs }] of this.kept) {
      if (this.now() - seenAtMs < forgottenMs) break;
      this.kept.delete(oldest);
    }
    if (this.kept.size < mostKept) this.kept.set(runId, kept);
  }
}

/** Whether an account of the rollout as it was described would be kept. */
export function canBeKept(described: DescribeWorkflowExecutionResponse): boolean {
  return markOf(described) !== null;
}

/**
 * How far the history has come, and which worker holds the watch: another one may give another account of the same
 * history. Null: something is about to be added, or no worker has a watch, so that whether one lives only its answer
 * tells.
 */
function markOf(described: DescribeWorkflowExecutionResponse): string | null {
  const { workflowExecutionInfo, pendingActivities, pendingWorkflowTask } = described;
  if (pendingWorkflowTask) return null;
  const watch = (pendingActivities ?? []).find(
    ({ activityType, state }) => activityType?.name === 'watch' && state === startedState,
  );
  const length = workflowExecutionInfo?.historyLength;
  if (watch === undefined || length === null || length === undefined) return null;
  // A worker that was started again may be called the same.
  return [length, watch.lastWorkerIdentity, watch.attempt].join(' ');
}
