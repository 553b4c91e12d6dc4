/**
 * The state machine of a rollout: (state, event) gives the next state; the state alone says what to do (`effectOf`).
 */
import { onGated } from '../gates/state.ts';
import type { Plan } from '../plan/types.ts';
import { onActed, onActing, onVerified, parkedIfRepeated, released } from './aftermath.ts';
import { applyCommand, isTerminal } from './commands.ts';
import { decideAgainst, heldAtStart } from './failure.ts';
import { closeReport, entering, limitsBind, rollBack } from './moves.ts';
import { onOutside } from './outside.ts';
import { hastened, isRamping, onRamped } from './ramp.ts';
import { startedText, withNote } from './timeline.ts';
import { emptyCarry, type Force, type RolloutEvent, type RolloutState, type StageReport } from './types.ts';
import { onWatched, withEvidence } from './watched.ts';
import { onTelling, onTold } from './webhooks.ts';

interface Start {
  readonly plan: Plan;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  /** Default: nothing is passed over. */
  readonly force?: Force;
}

/** Room for this many effects, with the attempts of each, between two rollouts that begin a second apart. */
const epochsPerSecond = 1000;

export function initialState({ plan, actor, reason, atMs, force }: Start): RolloutState {
  const state: RolloutState = {
    plan,
    phase: (plan.gates ?? []).length > 0 ? 'gating' : 'preparing',
    stage: 0,
    paused: false,
    hold: null,
    arms: null,
    carry: emptyCarry,
    resumedFrom: null,
    reports: [],
    cause: null,
    promotedAtMs: null,
    restoredAtMs: null,
    fallbackCold: false,
    restoreLate: false,
    force: force ?? null,
    author: actor,
    ...((plan.gates ?? []).length > 0 ? { gatingSinceMs: atMs } : {}),
    cooldown: null,
    ramp: null,
    actions: [],
    verification: null,
    parked: null,
    asked: null,
    kept: false,
    epochBase: Math.floor(atMs / 1000) * epochsPerSecond,
    sequence: 0,
    startedAtMs: atMs,
    endedAtMs: null,
    timeline: [],
    droppedEntries: 0,
  };
  return withNote(state, { kind: 'started', text: startedText(plan, reason), actor }, atMs);
}

/** What is still noted, and changes nothing. */
const afterEnd: readonly RolloutEvent['kind'][] = ['command', 'malformed', 'telling', 'told'];

/** Total: every event is legal in every state; what does not fit is noted or ignored, and never harms. */
export function apply(state: RolloutState, event: RolloutEvent, nowMs: number): RolloutState {
  if (isTerminal(state) && !afterEnd.includes(event.kind)) return state;
  switch (event.kind) {
    case 'command':
      return applyCommand(state, event.command, event.via, nowMs);
    case 'malformed': {
      const text = `${event.name} ignored: ${event.message}`;
      return withNote(state, { kind: 'message-malformed', text }, nowMs);
    }
    case 'telling':
      return onTelling(state, event.keys);
    case 'told':
      return onTold(state, event, nowMs);
    case 'outside':
      return onOutside(state, event.event, nowMs);
    case 'watched':
      return onWatched(state, event.result, nowMs);
    case 'evidence':
      return withEvidence(state, event.stage, event.result);
    case 'ramped':
      return onRamped(state, event.result, nowMs);
    case 'restored':
      return onRestored(state, event, nowMs);
    case 'cut-off':
      return withNote(state, { kind: 'second-means', text: cutOffText(event) }, nowMs);
    case 'restore-late':
      return withNote({ ...state, restoreLate: true }, { kind: 'restore-late', text: event.reason }, nowMs);
    case 'unsafe':
      return onUnsafe(state, event.reason, nowMs);
    case 'acting':
      return onActing(state, nowMs);
    case 'acted':
      return onActed(state, event.problem, nowMs);
    case 'verified':
      return onVerified(state, event, nowMs);
    case 'rested':
      return released(state, 'the cooldown is over', nowMs);
    case 'cleaned':
      return onCleaned(state, event.problem, nowMs);
    case 'cancelled':
      return onCancelled(state, nowMs);
    case 'failed':
      return onFailed(state, event, nowMs);
    case 'limit':
      return onLimit(state, event, nowMs);
    case 'gated':
      return onGated(state, event, nowMs);
    case 'prepared':
      return onPrepared(state, event, nowMs);
    case 'shifted':
      return onShifted(state, event.readWeightPercent, nowMs);
    case 'promoted':
      return onPromoted(state, nowMs);
    case 'blocked':
      return rollBack(state, { kind: event.cause, reason: event.reason, actor: null, atMs: nowMs });
  }
}

function onCancelled(state: RolloutState, nowMs: number): RolloutState {
  const reason = 'cancellation was requested';
  const turned = rollBack(state, { kind: 'cancel', reason, actor: null, atMs: nowMs }, 'at-once');
  return released(hastened(turned, reason, nowMs), reason, nowMs);
}

function onFailed(
  state: RolloutState,
  event: RolloutEvent & { kind: 'failed' },
  nowMs: number,
): RolloutState {
  const reason = `${event.step}: ${event.reason}`;
  if (isRamping(state)) return hastened(state, reason, nowMs);
  return decideAgainst(state, { kind: 'failure', reason, actor: null, atMs: nowMs });
}

function onPrepared(
  state: RolloutState,
  event: RolloutEvent & { kind: 'prepared' },
  nowMs: number,
): RolloutState {
  const epochBase = Math.max(state.epochBase, event.epochBase);
  const known: RolloutState = { ...state, arms: event.arms, epochBase, cooldown: event.cooldown ?? null };
  if (state.phase !== 'preparing') return known;
  const { stableVersion, canaryVersion } = event.arms;
  const text = `${canaryVersion} is ready beside ${stableVersion}${event.note ? `; ${event.note}` : ''}`;
  const ready = withNote(entering(known, nowMs), { kind: 'prepared', text }, nowMs);
  return event.stableProblem ? heldAtStart(ready, event.stableProblem, nowMs) : ready;
}

function onShifted(state: RolloutState, readWeightPercent: number, nowMs: number): RolloutState {
  const stage = state.plan.stages[state.stage];
  if (state.phase !== 'shifting' || stage === undefined) return state;
  const report: StageReport = {
    name: stage.name,
    weightPercent: stage.weightPercent,
    startedAtMs: nowMs,
    endedAtMs: null,
    plannedMs: stage.warmUpMs + stage.soakMs,
    ending: null,
    checks: [],
    canaryRequests: null,
  };
  const shifted: RolloutState = {
    ...state,
    phase: 'soaking',
    carry: emptyCarry,
    reports: [...state.reports, report],
  };
  const match = stage.match ? ` and requests with ${stage.match.header}: ${stage.match.value}` : '';
  const text = `canary at ${readWeightPercent} %${match}, read back from the data plane`;
  return withNote(shifted, { kind: 'shifted', text, data: { readWeightPercent } }, nowMs);
}

function onPromoted(state: RolloutState, nowMs: number): RolloutState {
  if (state.phase !== 'promoting') return { ...state, promotedAtMs: state.promotedAtMs ?? nowMs };
  const { version, watchAfterMs } = state.plan;
  const promoted: RolloutState = {
    ...state,
    phase: watchAfterMs > 0 ? 'watching' : 'cleaning',
    promotedAtMs: nowMs,
    carry: emptyCarry,
  };
  return withNote(promoted, { kind: 'promoted', text: `${version} is stable and takes all traffic` }, nowMs);
}

function onRestored(
  state: RolloutState,
  event: RolloutEvent & { kind: 'restored' },
  nowMs: number,
): RolloutState {
  if (state.phase !== 'restoring') return state;
  const attempts = event.attempts === 1 ? 'one attempt' : `${event.attempts} attempts`;
  const restored = withNote(
    { ...state, phase: 'cleaning', restoredAtMs: nowMs, restoreLate: false },
    {
      kind: 'restored',
      text: `canary reads 0 % in the data plane after ${event.tookMs} ms and ${attempts}`,
      data: { attempts: event.attempts, tookMs: event.tookMs },
    },
    nowMs,
  );
  return parkedIfRepeated(restored, nowMs);
}

function onUnsafe(state: RolloutState, reason: string, nowMs: number): RolloutState {
  if (state.phase !== 'cleaning') return state;
  // After a promotion nothing is wrong for users: a version that still takes traffic is simply not stopped.
  if (state.cause === null) return onCleaned(state, `the old version was left running: ${reason}`, nowMs);
  const text = `traffic moved again after the restore, restoring once more: ${reason}`;
  return withNote(
    { ...state, phase: 'restoring', restoredAtMs: null },
    { kind: 'restore-started', text },
    nowMs,
  );
}

function onCleaned(state: RolloutState, problem: string | null, nowMs: number): RolloutState {
  // Who has been asked meanwhile could not answer any more.
  if (state.phase !== 'cleaning' || state.asked !== null) return state;
  const noted = withNote(
    state,
    problem === null
      ? { kind: 'cleaned', text: 'nothing of the rollout is left behind' }
      : { kind: 'clean-up-failed', text: `something is left behind: ${problem}` },
    nowMs,
  );
  const phase = state.cause ? 'rolled-back' : 'promoted';
  const ended: RolloutState = { ...closeReport(noted, 'soaked', nowMs), phase, endedAtMs: nowMs };
  return withNote(ended, { kind: 'finished', text: `rollout ended: ${phase}` }, nowMs);
}

function onLimit(state: RolloutState, event: RolloutEvent & { kind: 'limit' }, nowMs: number): RolloutState {
  if (!limitsBind(state.phase) && !isRamping(state)) return state;
  const name = event.scope === 'stage' ? `the stage's time limit` : 'maxDuration';
  if (event.near) {
    return withNote(
      state,
      { kind: 'limit-near', text: `${name} strikes soon and counts as a failure of the canary` },
      nowMs,
    );
  }
  const noted = withNote(state, { kind: 'limit-struck', text: `${name} is reached` }, nowMs);
  const reason = `${name} is reached`;
  if (isRamping(noted)) return hastened(noted, reason, nowMs);
  return decideAgainst(noted, { kind: 'limit', reason, actor: null, atMs: nowMs });
}

function cutOffText({ means, problem }: RolloutEvent & { kind: 'cut-off' }): string {
  const what = `the data plane does not obey in time, so the canary is cut off by ${means}`;
  return problem === null ? what : `${what}, which failed: ${problem}`;
}
