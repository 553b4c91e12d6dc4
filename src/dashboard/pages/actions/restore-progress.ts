/** How far a way back has come: its milestones against the deadline, and the lines of what was done. */
import type { RollbackAction } from '../../../domain/rollout/rollback-record.ts';
import type { RolloutStatus } from '../../../domain/rollout/status.ts';

export interface Milestone {
  readonly title: string;
  readonly state: 'done' | 'running' | 'waiting' | 'late' | 'failed';
  /** Since the decision; null: not yet. */
  readonly afterMs: number | null;
  readonly detail: string;
}

export interface RestoreProgress {
  readonly decidedAtMs: number;
  /** Null: the rollout does not say. */
  readonly deadlineMs: number | null;
  /** Null: the data plane does not read 0 yet. */
  readonly restoredAfterMs: number | null;
  readonly ended: boolean;
  readonly milestones: readonly Milestone[];
  readonly actions: readonly RollbackAction[];
}

type Told = Pick<RolloutStatus, 'rollback' | 'outcome' | 'rollbackTimeoutMs' | 'arms'>;

/** Null: nothing has turned the rollout round. */
export function restoreProgress(status: Told, nowMs: number): RestoreProgress | null {
  const { rollback, outcome } = status;
  if (rollback === null) return null;
  const deadlineMs = status.rollbackTimeoutMs ?? null;
  const ended = outcome !== null;
  return {
    decidedAtMs: rollback.decidedAtMs,
    deadlineMs,
    restoredAfterMs: rollback.restoreMs,
    ended,
    milestones: [decided(status), home(status, nowMs), ...verified(status), settled(status)],
    actions: rollback.actions,
  };
}

function decided({ rollback, outcome }: Told): Milestone {
  const by = rollback?.actor === null ? 'by Sluice' : `by ${rollback?.actor}`;
  // Of a rollout that has ended the headline says why. All else is reckoned from here.
  const detail = outcome === null ? (rollback?.reason ?? '') : '';
  return { title: `Decided ${by}`, state: 'done', afterMs: null, detail };
}

function home({ rollback, rollbackTimeoutMs, arms }: Told, nowMs: number): Milestone {
  const title = `All traffic on ${rollback?.stableVersion ?? arms?.stableVersion ?? 'stable'}, read back`;
  const afterMs = rollback?.restoreMs ?? null;
  const takenMs = afterMs ?? nowMs - (rollback?.decidedAtMs ?? nowMs);
  const isLate = rollbackTimeoutMs !== undefined && takenMs > rollbackTimeoutMs;
  const alarm = rollback?.actions.findLast(({ kind }) => kind === 'restore-late' || kind === 'second-means');
  const state = afterMs === null ? (isLate ? 'late' : 'running') : 'done';
  const detail = isLate ? (alarm?.text ?? 'later than the plan allows') : (alarm?.text ?? '');
  return { title, state, afterMs, detail };
}

function verified({ rollback }: Told): readonly Milestone[] {
  const verification = rollback?.verification ?? null;
  if (rollback === null || verification === null) return [];
  const { result, reason, endedAtMs } = verification;
  const state = result === 'passed' ? 'done' : 'failed';
  return [{ title: 'Stable judged', state, afterMs: endedAtMs - rollback.decidedAtMs, detail: reason }];
}

function settled({ rollback, outcome }: Told): Milestone {
  const title = 'Read again, cleaned up and ended';
  const last = rollback?.actions.findLast(({ kind }) => kind === 'cleaned' || kind === 'clean-up-failed');
  if (last?.kind === 'clean-up-failed') {
    return { title, state: 'failed', afterMs: last.afterMs, detail: last.text };
  }
  if (outcome !== null) return { title, state: 'done', afterMs: last?.afterMs ?? null, detail: '' };
  return { title, state: rollback?.restoredAtMs == null ? 'waiting' : 'running', afterMs: null, detail: '' };
}
