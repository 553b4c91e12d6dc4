/** Compares the story that a replay told with the one that was recorded. */
import { isDeepStrictEqual } from 'node:util';
import type { AuditReplay } from '../api/contract.ts';
import type { TimelineEntry } from '../domain/rollout/types.ts';
import type { ReplayOutcome } from './replay.ts';

/** The rollout's own account. It is bounded, so entries may have given way. */
export interface Recorded {
  readonly timeline: readonly TimelineEntry[];
  readonly dropped: number;
  /** The rollout may have gone on since. */
  readonly open: boolean;
}

/** `before` is the part of the story that runs told which are not replayed. */
export function agreementOf(
  outcome: ReplayOutcome,
  recorded: Recorded | null,
  before: Pick<Recorded, 'timeline' | 'dropped'>,
): AuditReplay {
  if (!outcome.ran) return { agreed: false, detail: `The history could not be replayed: ${outcome.why}.` };
  if ('deviation' in outcome) {
    return { agreed: false, detail: `Today’s code would have acted otherwise: ${outcome.deviation}` };
  }
  if (recorded === null) {
    const detail =
      'Today’s code asks for the same steps. No account of the rollout was left to compare the story with.';
    return { agreed: true, detail };
  }
  const told = [...before.timeline, ...outcome.timeline];
  const difference = firstDifference(told, recorded, before.dropped);
  if (difference !== null) return { agreed: false, detail: difference };
  return {
    agreed: true,
    detail: `Today’s code asks for the same steps and tells the same story of ${recorded.timeline.length} entries.`,
  };
}

function firstDifference(
  told: readonly TimelineEntry[],
  recorded: Recorded,
  droppedBefore: number,
): string | null {
  let at = 0;
  for (const entry of recorded.timeline) {
    const found = told.findIndex((candidate, index) => index >= at && same(candidate, entry));
    if (found < 0) return `The replay did not tell what was recorded: "${entry.text}" (${entry.kind}).`;
    at = found + 1;
  }
  const missing = recorded.timeline.length + recorded.dropped - (told.length + droppedBefore);
  if (missing > 0) return `The replay told ${missing} fewer entries than were recorded.`;
  if (missing < 0 && !recorded.open) return `The replay told ${-missing} entries that were not recorded.`;
  return null;
}

function same(a: TimelineEntry, b: TimelineEntry): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(entry: TimelineEntry): unknown {
  return JSON.parse(JSON.stringify(entry));
}
