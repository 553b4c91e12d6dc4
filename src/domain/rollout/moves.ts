/** The moves between phases that several events share. */
import { mayRamp, shareOf } from './ramp.ts';
import { withNote } from './timeline.ts';
import {
  emptyCarry,
  type Phase,
  type RollbackCause,
  type RolloutState,
  type StageReport,
  type WatchCarry,
} from './types.ts';

/** The stage under way is passed: on to the next one, or to promotion. */
export function advance(state: RolloutState, ending: StageReport['ending'], nowMs: number): RolloutState {
  const last = state.stage >= state.plan.stages.length - 1;
  return last
    ? begin(state, 'promoting', ending, nowMs)
    : begin({ ...closeReport(state, ending, nowMs), stage: state.stage + 1 }, 'shifting', null, nowMs);
}

export function begin(
  state: RolloutState,
  phase: 'shifting' | 'promoting',
  ending: StageReport['ending'],
  nowMs: number,
): RolloutState {
  const closed = ending === null ? state : closeReport(state, ending, nowMs);
  const free: RolloutState = { ...closed, hold: null, carry: emptyCarry };
  const moved = phase === 'promoting' ? { ...free, phase } : entering(free, nowMs);
  return phase === 'promoting'
    ? withNote(moved, { kind: 'promoting', text: `making ${state.plan.version} the stable version` }, nowMs)
    : moved;
}

/** Into the stage that is next: through its gates, if it has any. */
export function entering(state: RolloutState, nowMs: number): RolloutState {
  const gates = state.plan.stages[state.stage]?.gates ?? [];
  return gates.length > 0
    ? { ...state, phase: 'gating', gatingSinceMs: nowMs }
    : { ...state, phase: 'shifting' };
}

/** Ends the report of the stage under way with the evidence gathered so far. */
export function closeReport(state: RolloutState, ending: StageReport['ending'], nowMs: number): RolloutState {
  const reports = state.reports.map((report, index) =>
    index === state.reports.length - 1 && report.endedAtMs === null
      ? { ...report, ending, endedAtMs: nowMs, ...evidenceOf(state.carry) }
      : report,
  );
  return { ...state, reports };
}

/**
 * Turns the rollout round, by the plan's strategy unless it must be at once. The first cause stands; a later one
 * changes nothing.
 */
export function rollBack(
  state: RolloutState,
  cause: RollbackCause,
  pace: 'strategy' | 'at-once' = 'strategy',
): RolloutState {
  if (state.cause !== null) return state;
  const ramps = pace === 'strategy' && mayRamp(state, cause);
  const closed = closeReport(state, 'rolled-back', cause.atMs);
  const turned: RolloutState = {
    ...closed,
    phase: 'restoring',
    paused: false,
    hold: null,
    asked: null,
    cause,
    ramp: ramps ? { fromPercent: shareOf(state), endedAtMs: null } : null,
    fallbackCold: state.phase === 'cleaning',
  };
  const how = ramps ? 'back to stable step by step' : 'back to stable';
  const text = `bringing all traffic ${how}: ${cause.reason}${harmOf(state, cause)}`;
  return withNote(
    turned,
    { kind: 'restore-started', text, actor: cause.actor, data: { cause: cause.kind } },
    cause.atMs,
  );
}

/** A stop in the data plane that nobody has owned up to yet. */
export function isUnexplainedStop({ cause }: RolloutState): boolean {
  return cause?.kind === 'stop' && cause.actor === null;
}

/**
 * The API writes the stop before it tells the rollout, so the stop may be seen first. Whose it was comes after it, and
 * the record must name them; the time of the decision stays.
 */
export function explained(state: RolloutState, cause: RollbackCause): RolloutState {
  if (state.cause === null || !isUnexplainedStop(state)) return state;
  return { ...state, cause: { ...cause, atMs: state.cause.atMs } };
}

/** Causes that are facts and no decisions: users are on stable already, or somebody else has taken over. */
const facts: readonly RollbackCause['kind'][] = ['lapse', 'stop', 'fenced', 'drift', 'event'];

function harmOf(state: RolloutState, { kind }: RollbackCause): string {
  if (!facts.includes(kind) || !isIrreversible(state)) return '';
  return '; severity 1: users are back from a stage that the plan calls irreversible';
}

/** Whether a stage that cannot be undone has been reached: its share was read back. */
export function isIrreversible({ plan, reports }: RolloutState): boolean {
  return plan.stages.slice(0, reports.length).some((stage) => stage.irreversible === true);
}

/** Phases in which time limits bind: before promotion and not yet going back. */
export function limitsBind(phase: Phase): boolean {
  return ['gating', 'preparing', 'shifting', 'soaking', 'holding', 'approving'].includes(phase);
}

export function evidenceOf({
  checks,
  canaryRequests,
}: WatchCarry): Pick<StageReport, 'checks' | 'canaryRequests'> {
  return { checks, canaryRequests };
}

/** The evidence with which a resumed stage begins: after missing evidence it soaks anew, after drift it goes on. */
export function freshened({ plan, stage, resumedFrom }: RolloutState, carry: WatchCarry): WatchCarry {
  if (resumedFrom === null) return carry;
  const warmUpMs = plan.stages[stage]?.warmUpMs ?? 0;
  const watchedMs = resumedFrom === 'inconclusive' ? Math.min(carry.watchedMs, warmUpMs) : carry.watchedMs;
  return { ...carry, watchedMs, reasserted: 0, extended: false };
}
