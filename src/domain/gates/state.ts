/** Gates in a rollout's state: which are asked now, what their answers mean, and who has approved. Pure. */
import { rollBack } from '../rollout/moves.ts';
import { withNote } from '../rollout/timeline.ts';
import type { Command, RolloutEvent, RolloutState } from '../rollout/types.ts';
import type { Approval, GateConfig, GatePlace, GateReport } from './types.ts';

/** More than any gate asks for. */
const maxApprovals = 50;
/** After that many, gates are not asked anew for what somebody has said within this time. */
const repeatedWithinMs = 60_000;

/** The gates of a place; empty: none. */
export function gatesOf({ plan }: Pick<RolloutState, 'plan'>, place: GatePlace): readonly GateConfig[] {
  if (place === 'start') return plan.gates ?? [];
  if (place === 'standing') return plan.guards ?? [];
  return plan.stages[place]?.gates ?? [];
}

/** Where a rollout that is gating asks. */
export function gatingPlace(state: RolloutState): GatePlace {
  return state.arms === null ? 'start' : state.stage;
}

/** Whether one of the gates that are asked now waits for people. */
export function asksForApproval(state: RolloutState): boolean {
  return (
    state.phase === 'gating' && gatesOf(state, gatingPlace(state)).some(({ type }) => type === 'approval')
  );
}

export function onGated(
  state: RolloutState,
  event: Pick<RolloutEvent & { kind: 'gated' }, 'place' | 'reports'>,
  nowMs: number,
): RolloutState {
  const { place, reports } = event;
  const known = withReports(state, reports);
  if (state.phase !== 'gating' || gatingPlace(state) !== place) return known;
  const closed = reports.filter(({ answer }) => answer !== 'open');
  if (closed.length === 0) {
    const names = reports.map(({ name }) => name).join(', ');
    const noted = withNote(known, { kind: 'gates-open', text: `open: ${names}`, data: { place } }, nowMs);
    return { ...noted, phase: place === 'start' ? 'preparing' : 'shifting' };
  }
  const reason = closed.map(({ name, reason: why }) => `${name}: ${why}`).join('; ');
  return refused(known, reason, null, nowMs);
}

/**
 * A gate's no, or a person's: before the start nothing was touched and the rollout ends; later users go back to stable.
 */
export function refused(
  state: RolloutState,
  reason: string,
  actor: string | null,
  nowMs: number,
): RolloutState {
  const noted = withNote(
    state,
    { kind: 'gate-refused', text: reason, actor, data: { place: gatingPlace(state) } },
    nowMs,
  );
  if (state.arms !== null) return rollBack(noted, { kind: 'gate', reason, actor, atMs: nowMs });
  return ended({ ...noted, refusal: reason }, 'refused before anything was touched', nowMs);
}

/** A rollout that is still before its first touch just ends, whatever the reason. */
function ended(state: RolloutState, why: string, nowMs: number): RolloutState {
  const done: RolloutState = { ...state, phase: 'refused', endedAtMs: nowMs };
  return withNote(done, { kind: 'finished', text: `rollout ended: ${why}` }, nowMs);
}

/** A person's yes; whether it is enough is the gate's to say. */
export function withApproval(state: RolloutState, command: Command, nowMs: number): RolloutState {
  const { actor = null, reason = null } = command;
  const approval = { actor, reason, place: gatingPlace(state), atMs: nowMs };
  const approvals = state.approvals ?? [];
  const isSame = (one: Approval) => one.actor === actor && one.place === approval.place;
  const yeses = state.yeses ?? approvals.length;
  const justSaid = approvals.some((one) => isSame(one) && nowMs < one.atMs + repeatedWithinMs);
  if (yeses >= maxApprovals && justSaid) return state;
  // However often somebody says yes, it pushes out nobody else's.
  const kept = [...approvals.filter((one) => !isSame(one)), approval].slice(-maxApprovals);
  return { ...state, yeses: yeses + 1, approvals: kept };
}

export function withReports(state: RolloutState, reports: readonly GateReport[]): RolloutState {
  return { ...state, gates: latestOf(state.gates ?? [], reports) };
}

/** What gates that opened have found, by gate: the first digest is the one that the rollout began with. */
export function digestsOf({ gates = [] }: Pick<RolloutState, 'gates'>): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { gate, answer, facts } of gates) {
    if (answer === 'open' && typeof facts.digest === 'string') found[gate] ??= facts.digest;
  }
  return found;
}

/** Of each gate at each place the latest. */
export function latestOf(before: readonly GateReport[], now: readonly GateReport[]): readonly GateReport[] {
  const isNew = (one: GateReport) => now.some(({ name, place }) => name === one.name && place === one.place);
  return [...before.filter((one) => !isNew(one)), ...now];
}
