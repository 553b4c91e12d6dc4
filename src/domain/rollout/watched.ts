/** What the end of a `watch` means for the rollout: on, hold, or back. */
import { onGated, withReports } from '../gates/state.ts';
import { decideAgainst, heldForSickStable } from './failure.ts';
import { advance, entering, evidenceOf, freshened, rollBack } from './moves.ts';
import { withNote } from './timeline.ts';
import type {
  HoldKind,
  RollbackCause,
  RolloutState,
  StageReport,
  WatchEnding,
  WatchResult,
} from './types.ts';

export function onWatched(state: RolloutState, result: WatchResult, nowMs: number): RolloutState {
  if (!['gating', 'soaking', 'holding', 'approving', 'watching'].includes(state.phase))
    return withEvidence(state, state.stage, result);
  const known: RolloutState = { ...state, carry: freshened(state, result.carry) };
  const { ending } = result;
  switch (ending.kind) {
    case 'interrupted':
      return known;
    case 'soaked':
    case 'conclusive':
      return onSoaked(known, nowMs);
    case 'inconclusive':
      return onInconclusive(known, ending.reason, nowMs);
    case 'obstructed':
      return hold(known, 'dependency', `severity 2: ${ending.reason}`, nowMs);
    case 'gated':
      return onGated(known, ending, nowMs);
    case 'guarded':
      return onGuarded(known, ending, nowMs);
    case 'recovered':
      return onRecovered(known, ending.reason, nowMs);
    case 'drifted':
      return onDrifted(known, ending, nowMs);
    case 'failed': {
      const noted = withNote(
        known,
        { kind: 'check-failed', text: ending.reason, data: { check: ending.check } },
        nowMs,
      );
      return decideAgainst(noted, causeOf(ending, 'check', nowMs));
    }
    case 'skewed':
      return withNote(known, { kind: 'clock-skewed', text: `severity 2: ${ending.reason}` }, nowMs);
    case 'stable-worse':
      return heldForSickStable(known, ending.reason, nowMs);
    case 'moved':
      return rollBack(known, causeOf(ending, 'drift', nowMs));
    case 'lapsed':
      return rollBack(known, causeOf(ending, 'lapse', nowMs));
    case 'stopped':
      return rollBack(known, causeOf(ending, 'stop', nowMs));
    case 'fenced':
      return rollBack(known, causeOf(ending, 'fenced', nowMs));
  }
}

function onGuarded(
  state: RolloutState,
  { gate, reason, onRefuse, reports }: WatchEnding & { kind: 'guarded' },
  nowMs: number,
): RolloutState {
  const known = withReports(state, reports);
  const text = `${gate}: ${reason}`;
  if (onRefuse === 'hold') return hold(known, 'gate', `severity 2: ${text}`, nowMs);
  const noted = withNote(known, { kind: 'gate-refused', text, data: { place: 'standing' } }, nowMs);
  return decideAgainst(noted, { kind: 'gate', reason: text, actor: null, atMs: nowMs });
}

function causeOf(
  ending: WatchEnding & { reason: string },
  kind: RollbackCause['kind'],
  atMs: number,
): RollbackCause {
  return { kind, reason: ending.reason, actor: null, atMs };
}

export function withEvidence(state: RolloutState, stage: number, result: WatchResult): RolloutState {
  const report = state.reports[stage];
  if (!report || looksIn(report.checks) > looksIn(result.carry.checks)) return state;
  return { ...state, reports: state.reports.with(stage, { ...report, ...evidenceOf(result.carry) }) };
}

function onSoaked(state: RolloutState, nowMs: number): RolloutState {
  if (state.phase === 'watching') {
    if (state.hold !== null || state.asked !== null) return state;
    return withNote(
      { ...state, phase: 'cleaning' },
      { kind: 'stage-passed', text: 'the watch after promotion is over; the old version may go' },
      nowMs,
    );
  }
  if (state.phase === 'approving' || state.paused) return state;
  const stage = state.plan.stages[state.stage];
  const passed = withNote(
    { ...state, hold: null },
    { kind: 'stage-passed', text: `stage "${stage?.name}" passed its checks${driftNote(state)}` },
    nowMs,
  );
  if (!stage?.approval) return advance(passed, 'soaked', nowMs);
  return withNote(
    { ...passed, phase: 'approving' },
    { kind: 'approval-asked', text: `stage "${stage.name}" waits for an approval` },
    nowMs,
  );
}

function onInconclusive(state: RolloutState, reason: string, nowMs: number): RolloutState {
  if (state.phase !== 'soaking' || state.paused) return state;
  if (state.plan.analysis.onInconclusive === 'hold') return hold(state, 'inconclusive', reason, nowMs);
  return decideAgainst(state, { kind: 'inconclusive', reason, actor: null, atMs: nowMs });
}

/** Plans of rollouts that began before there was a choice name none. */
function onDrifted(
  state: RolloutState,
  ending: WatchEnding & { reason: string },
  nowMs: number,
): RolloutState {
  if (state.plan.drift !== 'rollback') return hold(state, 'drift', ending.reason, nowMs);
  return decideAgainst(state, causeOf(ending, 'drift', nowMs));
}

/** What held the stage is over, so its soak goes on where it was. */
function onRecovered(state: RolloutState, reason: string, nowMs: number): RolloutState {
  if (state.hold?.kind !== 'dependency' && state.hold?.kind !== 'gate') return state;
  const free: RolloutState = { ...state, hold: null };
  // Held before its stage began, it has gates to pass first.
  const unshifted = state.stage >= state.reports.length;
  return withNote(
    unshifted ? entering(free, nowMs) : { ...free, phase: 'soaking' },
    { kind: 'released', text: `the stage goes on: ${reason}` },
    nowMs,
  );
}

export function hold(
  state: RolloutState,
  kind: keyof typeof releasedBy,
  reason: string,
  nowMs: number,
): RolloutState {
  if (state.phase === 'watching') return state;
  if (state.hold?.kind === 'failure' || state.hold?.kind === 'sick-stable') {
    if (kind !== 'drift') return state;
    const text = `drift is only reported from now on: ${reason}`;
    return withNote({ ...state, hold: { ...state.hold, drifted: true } }, { kind: 'held', text }, nowMs);
  }
  // What lets go by itself must not take a person's pause with it.
  const paused = (kind === 'gate' || kind === 'dependency') && state.paused;
  const held: RolloutState = { ...state, phase: 'holding', paused, hold: { kind, reason } };
  return withNote(
    held,
    { kind: 'held', text: `held until ${releasedBy[kind]}: ${reason}`, data: { hold: kind } },
    nowMs,
  );
}

/** A freeze and a sick stable version have words of their own. */
const releasedBy: Readonly<Record<Exclude<HoldKind, 'failure' | 'sick-stable'>, string>> = {
  inconclusive: 'a person decides',
  drift: 'a person decides',
  event: 'a person decides',
  dependency: 'it is healthy again or a person decides',
  gate: 'it is open again or a person decides',
};

function driftNote({ carry }: RolloutState): string {
  return carry.reasserted > 0 ? `; drift in the data plane was put right ${carry.reasserted} times` : '';
}

function looksIn(checks: StageReport['checks']): number {
  return checks.reduce((sum, { looks }) => sum + looks, 0);
}
