/** Which commands are legal when, and what they do. Rollback is legal in every state that is not the end. */
import { approvalFault, stageApprovalFault } from '../gates/approval.ts';
import { linkContext, linkFault, withUsed } from '../gates/approval-link.ts';
import { refuseConfirm, refuseOverride, withOverride, withOverrideAsked } from '../gates/override.ts';
import { asksForApproval, refused, withApproval } from '../gates/state.ts';
import { released } from './aftermath.ts';
import { expectationFault } from './expectation.ts';
import { advance, begin, entering, explained, freshened, rollBack } from './moves.ts';
import { hastened } from './ramp.ts';
import { withNote } from './timeline.ts';
import { type Command, type CommandName, commandNames, type RolloutState, terminalPhases } from './types.ts';

/** Why the command does not fit the state, in one sentence; null: it does. */
export function refusalOf(state: RolloutState, command: Command, nowMs: number): string | null {
  const outdated = expectationFault(state, command);
  if (outdated !== null) return outdated;
  if (isTerminal(state)) return `the rollout has ended: ${state.phase}`;
  if (command.name === 'rollback') return null;
  if (state.cause) return 'the rollout is going back to stable; only rollback is accepted';
  const unlinked = command.link === undefined ? null : linkFault(linkContext(state), command.link, nowMs);
  if (unlinked !== null) return unlinked;
  switch (command.name) {
    case 'promote':
      return refusePromote(state, command.full === true);
    case 'pause':
      if (state.paused) return 'the rollout is paused already';
      return ['preparing', 'shifting', 'soaking'].includes(state.phase)
        ? null
        : `a rollout that is ${state.phase} has no stage clock to pause`;
    case 'resume':
      return state.paused || state.hold !== null ? null : 'the rollout is neither paused nor held';
    case 'approve':
      if (asksForApproval(state)) return approvalFault(state, command);
      if (state.asked !== null) return null;
      return state.phase === 'approving'
        ? stageApprovalFault(state, command)
        : 'no approval is being asked for';
    case 'reject':
      return state.phase === 'approving' || state.asked !== null || asksForApproval(state)
        ? null
        : 'no approval is being asked for';
    case 'override':
      return refuseOverride(state, command, nowMs);
    case 'confirm':
      return refuseConfirm(state, command, nowMs);
  }
}

function refusePromote(state: RolloutState, full: boolean): string | null {
  if (state.phase === 'approving') return 'this stage waits for an approval; use approve or reject';
  if (state.phase !== 'soaking' && state.phase !== 'holding') {
    return `a rollout that is ${state.phase} cannot be promoted; wait for a stage to soak`;
  }
  if (!full) return null;
  const ahead = state.plan.stages.slice(state.stage);
  const guarded = ahead.find((stage) => stage.approval);
  if (guarded) return `stage "${guarded.name}" needs an approval, which promote --full may not skip`;
  const gated = ahead.slice(isUnshifted(state) ? 0 : 1).find((stage) => (stage.gates ?? []).length > 0);
  return gated ? `stage "${gated.name}" has gates, which promote --full may not skip` : null;
}

export function legalCommands(state: RolloutState): readonly CommandName[] {
  // Of anybody at the moment of the last change: who it is, and when, decides only when somebody says it.
  const nowMs = state.timeline.at(-1)?.atMs ?? state.startedAtMs;
  const said = { actor: 'anybody', reason: 'any' };
  return commandNames.filter((name) => refusalOf(state, { name, ...said }, nowMs) === null);
}

/** Applies a command that may come at any time; what does not fit is noted and changes nothing else. */
export function applyCommand(
  state: RolloutState,
  command: Command,
  via: 'update' | 'signal',
  nowMs: number,
): RolloutState {
  const actor = command.actor ?? null;
  const refusal = refusalOf(state, command, nowMs);
  if (refusal !== null) {
    return withNote(
      state,
      { kind: 'command-refused', text: `${command.name} refused: ${refusal}`, actor },
      nowMs,
    );
  }
  const noted = withNote(
    withUsed(state, command.link),
    { kind: 'command', text: sentence(command), actor, data: facts(command) },
    nowMs,
  );
  switch (command.name) {
    case 'rollback':
      return goBack(noted, command, via, nowMs);
    case 'reject':
      if (noted.asked !== null) return { ...noted, asked: null, kept: true };
      if (noted.phase === 'gating') {
        const why = `rejected by ${actor ?? 'somebody'}: ${command.reason ?? 'no reason given'}`;
        return refused(noted, why, actor, nowMs);
      }
      return rollBack(noted, {
        kind: 'rejected',
        reason: command.reason ?? 'no reason given',
        actor,
        atMs: nowMs,
      });
    case 'pause':
      return { ...noted, paused: true };
    case 'resume':
      return resume(noted, nowMs);
    case 'approve':
      if (noted.asked !== null) return rollBack(noted, { ...noted.asked, actor, atMs: nowMs });
      if (noted.phase === 'gating') return withApproval(noted, command, nowMs);
      return advance(noted, 'soaked', nowMs);
    case 'promote':
      return promote(noted, command.full === true, nowMs);
    case 'override':
      return withOverrideAsked(noted, command, nowMs);
    case 'confirm':
      return withOverride(noted, command, nowMs);
  }
}

/**
 * Whether the story has the very request already: a repetition may come another way than the first time, as an update
 * after a signal, and Temporal tells only those of one way apart.
 */
export function isRepeated({ timeline }: RolloutState, command: Command): boolean {
  if (command.requestId === undefined) return false;
  const [text, actor, data] = [sentence(command), command.actor ?? null, JSON.stringify(facts(command))];
  return timeline.some(
    (line) =>
      line.kind === 'command' &&
      line.text === text &&
      line.actor === actor &&
      JSON.stringify(line.data) === data,
  );
}

/**
 * The API sends updates and has written the stop already, so an update is at once, unless it says that there was none;
 * a signal goes by the plan's strategy, unless it says that it took the place of such an update. Whoever asks again
 * without a word of patience has none left.
 */
function goBack(
  state: RolloutState,
  { reason = 'no reason given', actor, gradual }: Command,
  via: 'update' | 'signal',
  nowMs: number,
): RolloutState {
  const cause = { kind: 'command', reason, actor: actor ?? null, atMs: nowMs } as const;
  const patient = gradual ?? via === 'signal';
  if (state.cause === null) return rollBack(state, cause, patient ? 'strategy' : 'at-once');
  const hurried = gradual ? state : hastened(state, 'rollback was asked for again', nowMs);
  const told = explained(hurried, cause);
  return released(told, 'rollback was asked for', nowMs);
}

function resume(state: RolloutState, nowMs: number): RolloutState {
  if (state.phase === 'watching') return { ...state, hold: null, kept: true };
  if (isUnshifted(state)) return entering({ ...state, hold: null }, nowMs);
  if (state.phase !== 'holding') return { ...state, paused: false };
  const resumed: RolloutState = {
    ...state,
    phase: 'soaking',
    paused: false,
    hold: null,
    resumedFrom: state.hold?.kind ?? null,
  };
  return { ...resumed, carry: freshened(resumed, state.carry) };
}

/** Held before the stage's share was read back. */
function isUnshifted({ phase, stage, reports }: RolloutState): boolean {
  return phase === 'holding' && stage >= reports.length;
}

function promote(state: RolloutState, full: boolean, nowMs: number): RolloutState {
  const moving = { ...state, paused: false, hold: null };
  if (isUnshifted(state) && !full) return entering(moving, nowMs);
  if (full)
    return begin({ ...moving, stage: state.plan.stages.length - 1 }, 'promoting', 'promoted-by-hand', nowMs);
  if (state.plan.stages[state.stage]?.approval) {
    return withNote(
      { ...moving, phase: 'approving' },
      {
        kind: 'approval-asked',
        text: 'the soak was cut short by hand; the stage still waits for an approval',
      },
      nowMs,
    );
  }
  return advance(moving, 'promoted-by-hand', nowMs);
}

function sentence(command: Command): string {
  const how = command.full ? ' (full)' : command.gradual ? ' (gradual)' : '';
  const name = `${command.name}${how}`;
  return command.reason ? `${name}: ${command.reason}` : name;
}

function facts(command: Command): Record<string, unknown> {
  return {
    command: command.name,
    ...(command.requestId === undefined ? {} : { requestId: command.requestId }),
    ...(command.reason === undefined ? {} : { reason: command.reason }),
    ...(command.for === undefined ? {} : { for: command.for }),
    ...(command.expect === undefined ? {} : { expect: command.expect }),
    ...(command.link === undefined ? {} : { link: command.link.id }),
    ...(command.link?.by === undefined ? {} : { linkMadeBy: command.link.by }),
  };
}

export function isTerminal(state: RolloutState): boolean {
  return terminalPhases.some((phase) => phase === state.phase);
}
