/** Break-glass for windows: one person asks with a reason, another one confirms, and it ends by itself. Pure. */
import { formatDuration, parseDuration } from '../duration.ts';
import { withNote } from '../rollout/timeline.ts';
import type { Command, RolloutState } from '../rollout/types.ts';
import type { Override, OverrideRequest } from './types.ts';

/** How long it counts unless whoever asks says otherwise. */
const usualMs = 3_600_000;
const longestMs = 86_400_000;
/** So long somebody may confirm it. */
const confirmWithinMs = 3_600_000;

/** Null: the time that is asked for is one. */
export function overrideTimeFault(text: string): string | null {
  const reading = parseDuration(text);
  if (!reading.ok) return `for: ${reading.problem}`;
  const fits = reading.ms >= 60_000 && reading.ms <= longestMs;
  return fits ? null : `for must be 1m to ${formatDuration(longestMs)}, not ${text}`;
}

/** Whether a window has a say anywhere in the plan. */
function hasWindow({ gates = [], guards = [], stages }: RolloutState['plan']): boolean {
  const all = [...gates, ...guards, ...stages.flatMap((stage) => stage.gates ?? [])];
  return all.some(({ type }) => type === 'window');
}

export function refuseOverride(state: RolloutState, command: Command, nowMs: number): string | null {
  if (!hasWindow(state.plan)) return 'no window binds this rollout, so there is nothing to override';
  const { actor = '', reason = '' } = command;
  if (actor === '') return 'an override needs the name of whoever asks for it (actor)';
  if (reason === '') return 'an override needs a reason';
  const pending = pendingOf(state, nowMs);
  if (pending === null) return null;
  return `${pending.actor} has asked for one already; confirm it, or wait until ${iso(pending.atMs + confirmWithinMs)}`;
}

export function refuseConfirm(state: RolloutState, { actor = '' }: Command, nowMs: number): string | null {
  const pending = pendingOf(state, nowMs);
  if (pending === null) return 'no override is asked for, or nobody confirmed it in time';
  if (actor === '') return 'a confirmation needs the name of whoever gives it (actor)';
  return same(actor, pending.actor) ? `${actor} has asked for it; somebody else must confirm it` : null;
}

export function withOverrideAsked(state: RolloutState, command: Command, nowMs: number): RolloutState {
  const { actor = '', reason = '' } = command;
  const reading = parseDuration(command.for ?? formatDuration(usualMs));
  const request = { actor, reason, forMs: reading.ok ? reading.ms : usualMs, atMs: nowMs };
  return { ...state, overrideAsked: request };
}

/** In force from now on. */
export function withOverride(state: RolloutState, { actor = '' }: Command, nowMs: number): RolloutState {
  const { overrideAsked: asked } = state;
  if (asked === undefined || asked === null) return state;
  const override = { ...asked, confirmedBy: actor, confirmedAtMs: nowMs, untilMs: nowMs + asked.forMs };
  const text = `windows are overridden until ${iso(override.untilMs)} by ${asked.actor} and ${actor}: ${asked.reason}`;
  return withNote({ ...state, overrideAsked: null, override }, { kind: 'override', text, actor }, nowMs);
}

/** Null: none is, or its time is over. */
export function overrideAt(override: Override | undefined, nowMs: number): Override | null {
  return override !== undefined && nowMs < override.untilMs ? override : null;
}

function pendingOf({ overrideAsked }: RolloutState, nowMs: number): OverrideRequest | null {
  if (overrideAsked === undefined || overrideAsked === null) return null;
  return nowMs - overrideAsked.atMs < confirmWithinMs ? overrideAsked : null;
}

/** Names are claims; that of the same person in capitals is no second person. */
export function same(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
