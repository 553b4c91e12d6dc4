/** What an event from outside does to a rollout: turns it round, holds it, or is noted. Each event acts once. */
import { asking, asksFirst } from './failure.ts';
import { explained, isUnexplainedStop, rollBack } from './moves.ts';
import { type Heeded, heeded, type OutsideEvent } from './outside-event.ts';
import { hastened, isRamping } from './ramp.ts';
import { withNote } from './timeline.ts';
import type { RolloutState } from './types.ts';
import { hold } from './watched.ts';

/** So many ids are remembered; whoever sends more in one rollout may be heard twice. */
const remembered = 200;

export interface Reception extends Heeded {
  readonly duplicate: boolean;
}

export function receptionOf(state: RolloutState, event: OutsideEvent): Reception {
  if ((state.seenEvents ?? []).includes(event.id)) {
    return { action: 'note', why: 'it was delivered before', duplicate: true };
  }
  const { version, events } = state.plan;
  const { action, why } = heeded(event, events, { version, startedAtMs: state.startedAtMs });
  const none = action === 'note' ? null : obstacleTo(action, state);
  if (none !== null) return { action: 'note', why: none, duplicate: false };
  const waits = action === 'rollback' && asksFirst(state) ? waitsForApproval : null;
  return { action, why: waits ?? why, duplicate: false };
}

const waitsForApproval = 'the version is promoted, so its rollback waits for an approval';

/**
 * A rollback fits every state that is not on its way back already, and ends a gradual way back; a hold only one that
 * goes forward.
 */
function obstacleTo(action: 'rollback' | 'hold', state: RolloutState): string | null {
  if (action === 'rollback' && isRamping(state)) return null;
  if (action === 'rollback' && isUnexplainedStop(state)) return null;
  if (state.cause !== null) return 'the rollout is going back to stable already';
  if (action === 'rollback' || ['preparing', 'shifting', 'soaking'].includes(state.phase)) return null;
  return `a rollout that is ${state.phase} has nothing to hold`;
}

export function onOutside(state: RolloutState, event: OutsideEvent, nowMs: number): RolloutState {
  const { action, why, duplicate } = receptionOf(state, event);
  // A flood of copies must not crowd out the story.
  if (duplicate) return state;
  const { id, type, severity, source } = event;
  const data = { id, type, severity, action };
  const text = `${type} event (${severity}): ${event.title}${why === null || action !== 'note' ? '' : `; only noted, since ${why}`}`;
  const seen = { ...state, seenEvents: [...(state.seenEvents ?? []), id].slice(-remembered) };
  const noted = withNote(seen, { kind: 'event', text, actor: source, data }, nowMs);
  if (action === 'note') return noted;
  if (action === 'hold') return heldFor(noted, event, nowMs);
  const reason = `${type} event: ${event.title}`;
  if (isRamping(noted)) return hastened(noted, reason, nowMs);
  const cause = {
    kind: 'event',
    reason,
    actor: source,
    atMs: nowMs,
    event: { id, type, severity, title: event.title, source },
  } as const;
  return asksFirst(noted) ? asking(noted, cause) : rollBack(explained(noted, cause), cause);
}

/** Before a stage soaks there is no watch to hold, so its clock is stopped until somebody resumes it. */
function heldFor(state: RolloutState, event: OutsideEvent, nowMs: number): RolloutState {
  if (state.phase !== 'soaking') return { ...state, paused: true };
  return hold(state, 'event', `${event.type} event: ${event.title}`, nowMs);
}
