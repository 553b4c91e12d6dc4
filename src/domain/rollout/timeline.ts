/** The rollout's story: appending to it, within a bound. */
import type { RolloutState, TimelineEntry, TimelineKind } from './types.ts';

const maxEntries = 300;

/** Entries that a flood of messages can make; they give way first. */
const noise: readonly TimelineKind[] = ['command-refused', 'message-malformed', 'event'];

export interface Note {
  readonly kind: TimelineKind;
  readonly text: string;
  readonly actor?: string | null;
  readonly data?: Readonly<Record<string, unknown>>;
}

export function withNote(state: RolloutState, note: Note, atMs: number): RolloutState {
  const entry: TimelineEntry = {
    atMs,
    kind: note.kind,
    text: note.text,
    stage: state.reports.length > 0 ? state.stage : null,
    actor: note.actor ?? null,
    ...(note.data ? { data: note.data } : {}),
  };
  const timeline = [...state.timeline, entry];
  if (timeline.length <= maxEntries) return { ...state, timeline };
  const firstNoise = state.timeline.findIndex((known) => noise.includes(known.kind));
  timeline.splice(firstNoise >= 0 ? firstNoise : 1, 1);
  return { ...state, timeline, droppedEntries: state.droppedEntries + 1 };
}
