/** The rollout's story: appending to it, within a bound, and what its lines tell. */
import {
  type Outcome,
  type RolloutState,
  type TimelineEntry,
  type TimelineKind,
  terminalPhases,
} from './types.ts';

const maxEntries = 300;

/** Entries that a flood of messages can make; they give way first. */
const noise: readonly TimelineKind[] = ['command-refused', 'message-malformed', 'event'];

interface Note {
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

interface Begun {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
}

/** The first line of a story. `reason`: as somebody gave it, if they did. */
export function startedText(begun: Begun, reason: string | undefined): string {
  return `${what(begun)}${reason ? `: ${reason}` : ''}`;
}

/** The reason that the first line of a story tells; null: none was given, or it is another line. */
export function reasonIn({ kind, text }: TimelineEntry, begun: Begun): string | null {
  const before = `${what(begun)}: `;
  return kind === 'started' && text.startsWith(before) ? text.slice(before.length) : null;
}

function what({ service, version, environment }: Begun): string {
  return `rollout of ${service} ${version} to ${environment}`;
}

/** The outcome that the last line of a story tells; null: it is another line. */
export function outcomeIn({ kind, text }: TimelineEntry): Outcome | null {
  if (kind !== 'finished') return null;
  // What ended before anything was touched says why in its own words.
  return terminalPhases.find((outcome) => text === `rollout ended: ${outcome}`) ?? 'refused';
}

/** What turned a rollout round, in the line that begins its way back; null: it is another line. */
export function triggerIn({ kind, data }: TimelineEntry): string | null {
  return kind === 'restore-started' && typeof data?.cause === 'string' ? data.cause : null;
}
