/**
 * What comes between a restore and its clean-up: the actions of the strategy, the verification, and a cooldown's limit.
 */
import type { PhasedAction } from '../plan/types.ts';
import { isAutomatic } from './cooldown.ts';
import { withNote } from './timeline.ts';
import type { ActionReport, Effect, RolloutEvent, RolloutState } from './types.ts';

/** Long enough for a version that died in its warm slot to come up again. */
const readyTimeoutMs = 30_000;

/** What is to be done before the clean-up of a rollback; null: nothing. */
export function aftermathOf(state: RolloutState): Effect | null {
  if (state.cause === null || state.arms === null) return null;
  const action = nextAction(state);
  if (action !== null) return { kind: 'act', key: `act:${endedActions(state).length}`, action };
  if (state.plan.rollback.verify && state.verification === null) return { kind: 'verify', key: 'verify' };
  if (state.parked !== 'waiting') return null;
  return { kind: 'rest', key: 'rest:parked', untilMs: state.cooldown?.untilMs ?? null };
}

/** The actions of the plan's strategy, in order. */
function actionsOf({ plan, promotedAtMs }: RolloutState): readonly PhasedAction[] {
  if (plan.rollback.strategy === 'phased') return plan.rollback.actions ?? [];
  if (plan.rollback.strategy !== 'blue-green' || promotedAtMs === null) return [];
  return [{ action: 'ready', hook: null, timeoutMs: readyTimeoutMs, onFailure: 'continue' }];
}

function nextAction(state: RolloutState): PhasedAction | null {
  const ended = endedActions(state);
  const actions = actionsOf(state);
  const last = ended.at(-1);
  const stopped = last && last.problem !== null && actions[ended.length - 1]?.onFailure === 'stop';
  return stopped ? null : (actions[ended.length] ?? null);
}

function endedActions({ actions }: RolloutState): readonly ActionReport[] {
  return actions.filter(({ endedAtMs }) => endedAtMs !== null);
}

export function onActing(state: RolloutState, nowMs: number): RolloutState {
  const action = state.phase === 'cleaning' ? nextAction(state) : null;
  if (action === null) return state;
  const { hook } = action;
  const begun: ActionReport = {
    action: action.action,
    hook,
    startedAtMs: nowMs,
    endedAtMs: null,
    problem: null,
  };
  const actions = [...endedActions(state), begun];
  return withNote({ ...state, actions }, { kind: 'action-started', text: `${nameOf(begun)} begins` }, nowMs);
}

export function onActed(state: RolloutState, problem: string | null, nowMs: number): RolloutState {
  const begun = state.actions.at(-1);
  if (begun === undefined || begun.endedAtMs !== null) return state;
  const ended: ActionReport = { ...begun, endedAtMs: nowMs, problem };
  const known: RolloutState = { ...state, actions: [...endedActions(state), ended] };
  const durationMs = nowMs - begun.startedAtMs;
  const left = actionsOf(known).length - known.actions.length;
  const skipped =
    problem !== null && nextAction(known) === null && left > 0 ? `; ${left} more are left out` : '';
  const text =
    problem === null
      ? `${nameOf(ended)} is done after ${durationMs} ms`
      : `${nameOf(ended)} failed after ${durationMs} ms: ${problem}${skipped}`;
  return withNote(known, { kind: 'action-ended', text, data: { durationMs, problem } }, nowMs);
}

function nameOf({ action, hook }: ActionReport): string {
  return hook === null ? action : `${action} ${hook}`;
}

export function onVerified(
  state: RolloutState,
  { result, reason, looks }: RolloutEvent & { kind: 'verified' },
  nowMs: number,
): RolloutState {
  if (state.phase !== 'cleaning' || state.cause === null || state.verification !== null) return state;
  const known: RolloutState = { ...state, verification: { result, reason, looks, endedAtMs: nowMs } };
  const passed = result === 'passed';
  const text = passed
    ? `the stable version is well: ${reason}`
    : `severity 1: the stable version could not be shown to be well (${result}): ${reason}; the canary stays at 0 %`;
  const data = { result, ...(passed ? {} : { severity: 1 }) };
  return withNote(known, { kind: 'verified', text, data }, nowMs);
}

/**
 * A second rollback of Sluice's own within the cooldown of a first one: traffic is home, and there it stops. The
 * canary's version is left running without traffic, and the target stays taken, until a person has looked or the
 * cooldown is over.
 */
export function parkedIfRepeated(state: RolloutState, nowMs: number): RolloutState {
  const { cooldown, cause, plan, reports, parked } = state;
  if (parked !== null || cause === null || reports.length === 0) return state;
  const repeated = cooldown?.automatic === true && nowMs < cooldown.untilMs && isAutomatic(cause);
  if (!repeated || plan.rollback.allowRepeat === true) return state;
  const until = new Date(cooldown.untilMs).toISOString();
  const reason = `a second rollback by itself within the cooldown of the first, which ends at ${until}`;
  const text = `severity 1: parked at 0 % until a person says rollback, or until then: ${reason}`;
  const note = { kind: 'held' as const, text, data: { hold: 'repeat', severity: 1 } };
  return withNote({ ...state, parked: 'waiting' }, note, nowMs);
}

export function released(state: RolloutState, why: string, nowMs: number): RolloutState {
  if (state.parked !== 'waiting') return state;
  return withNote(
    { ...state, parked: 'released' },
    { kind: 'released', text: `no longer parked: ${why}` },
    nowMs,
  );
}
