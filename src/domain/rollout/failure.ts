/** What a decision of Sluice's own against the new version leads to: back, a freeze, or a question to a person. */
import { isIrreversible, rollBack } from './moves.ts';
import { withNote } from './timeline.ts';
import type { HoldKind, RollbackCause, RolloutState } from './types.ts';

/**
 * For failures that leave a choice. What users are on stable for already (a lapse, a stop) is a fact and goes to
 * `rollBack`.
 */
export function decideAgainst(state: RolloutState, cause: RollbackCause): RolloutState {
  if (state.cause !== null || state.asked !== null || state.kept) return state;
  if (freezes(state)) return frozen(state, cause);
  if (cause.kind === 'limit' && isHeldForWorseStable(state)) {
    const text = `severity 1: ${cause.reason}; the canary stays held, since the way back leads to a worse version`;
    return withNote(state, pageOf(text, cause), cause.atMs);
  }
  if (asksFirst(state)) return asking(state, cause);
  return rollBack(state, cause);
}

/** At the start of a rollout the same hold has touched no user, and its end by a limit changes nothing for them. */
function isHeldForWorseStable({ hold, reports }: RolloutState): boolean {
  return hold?.kind === 'sick-stable' && reports.length > 0;
}

/** Whether a failure now freezes: the plan or the stage wants it, or a stage that cannot be undone has been reached. */
function freezes(state: RolloutState): boolean {
  if (state.reports.length === 0 || state.phase === 'cleaning') return false;
  if (isIrreversible(state)) return true;
  const { plan, reports } = state;
  const wanted = plan.stages[reports.length - 1]?.onFailure ?? plan.onFailure;
  return wanted === 'freeze';
}

/** Sluice does nothing more by itself: the share stays as it is, the lease is renewed, and people are paged. */
function frozen(state: RolloutState, cause: RollbackCause): RolloutState {
  const why = isIrreversible(state)
    ? 'a stage that cannot be undone has been reached'
    : 'onFailure is freeze';
  const text = `severity 1: ${cause.reason}; frozen instead of rolled back, since ${why}`;
  // A promotion that fails half-way has no share to stay at: it is tried again, until the lease ends.
  if (state.phase === 'promoting') return withNote(state, pageOf(text, cause), cause.atMs);
  if (state.hold?.kind === 'failure') return state;
  return held(state, 'failure', cause, text);
}

/** There is nothing better to go back to, so neither way is taken until a person forces one. */
export function heldForSickStable(state: RolloutState, reason: string, nowMs: number): RolloutState {
  if (state.cause !== null || state.hold?.kind === 'sick-stable') return state;
  const ways = 'rollback forces the way back, promote the way on';
  const cause: RollbackCause = { kind: 'check', reason, actor: null, atMs: nowMs };
  return held(state, 'sick-stable', cause, `severity 1: held until a person decides: ${reason}; ${ways}`);
}

/** Found before any user is touched: a rollback would have nowhere good to go. `force` goes on all the same. */
export function heldAtStart(state: RolloutState, problem: string, nowMs: number): RolloutState {
  if (state.force !== 'all') return heldForSickStable(state, problem, nowMs);
  const text = `severity 1: ${problem}; the rollout was forced, so it goes on`;
  return withNote(state, { kind: 'released', text, data: { severity: 1 } }, nowMs);
}

function held(state: RolloutState, kind: HoldKind, cause: RollbackCause, text: string): RolloutState {
  const drifted = state.hold?.kind === 'drift' || state.hold?.drifted === true;
  const next: RolloutState = {
    ...state,
    phase: state.phase === 'watching' ? 'watching' : 'holding',
    paused: false,
    hold: { kind, reason: cause.reason, ...(drifted ? { drifted } : {}) },
  };
  return withNote(
    next,
    { ...pageOf(text, cause), data: { ...pageOf(text, cause).data, hold: kind } },
    cause.atMs,
  );
}

/**
 * Whether a person has to agree before Sluice takes back what all users are on already. A canary's rollback asks
 * nobody.
 */
export function asksFirst({ phase, cause, plan, asksToTheEnd }: RolloutState): boolean {
  const ending = phase === 'cleaning' && cause === null && asksToTheEnd === true;
  return (phase === 'watching' || ending) && plan.rollback.approval === true;
}

/** Asks once at a time; what comes while a person is thinking is in the timeline. */
export function asking(state: RolloutState, cause: RollbackCause): RolloutState {
  if (state.asked !== null) return state;
  const text = `severity 1: ${cause.reason}; the version is promoted, so its rollback waits for an approval`;
  const note = { ...pageOf(text, cause), kind: 'approval-asked' as const };
  return withNote({ ...state, asked: cause }, note, cause.atMs);
}

function pageOf(text: string, cause: RollbackCause) {
  return { kind: 'held' as const, text, data: { severity: 1, cause: cause.kind } };
}
