/** Why and since when a rollout stands still, by whom, as its own story tells it. Pure. */
import type { RolloutStatus } from './status.ts';

interface Pause {
  /** Null: the story does not say. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly sinceMs: number | null;
}

/** The pause of a rollout that is paused: a person's, or that of an event from outside. */
export function pauseOf({ timeline }: Pick<RolloutStatus, 'timeline'>): Pause {
  const line = timeline.findLast(
    ({ kind, data }) =>
      (kind === 'command' && data?.command === 'pause') || (kind === 'event' && data?.action === 'hold'),
  );
  const given = line?.kind === 'event' ? line.text : line?.data?.reason;
  return {
    actor: line?.actor ?? null,
    reason: typeof given === 'string' ? given : null,
    sinceMs: line?.atMs ?? null,
  };
}

/** Since when it is held for what it is held for now; null: the story does not say. */
export function heldSinceMs({ timeline }: Pick<RolloutStatus, 'timeline'>): number | null {
  return timeline.findLast(({ kind, data }) => kind === 'held' && data?.hold !== undefined)?.atMs ?? null;
}

type Asking = Pick<RolloutStatus, 'question' | 'timeline' | 'reports' | 'startedAtMs' | 'arms'>;

/** Since when its question waits for a yes or a no; null: it asks nothing, or the story does not say. */
export function askedSinceMs({ question, timeline, reports, startedAtMs, arms }: Asking): number | null {
  if (question === undefined) return null;
  if (!question.startsWith('gate:')) {
    return timeline.findLast(({ kind }) => kind === 'approval-asked')?.atMs ?? null;
  }
  if (arms === null) return startedAtMs;
  const prepared = timeline.findLast(({ kind }) => kind === 'prepared')?.atMs;
  return reports.at(-1)?.endedAtMs ?? prepared ?? null;
}
