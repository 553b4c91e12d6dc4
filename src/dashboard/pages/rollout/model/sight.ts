/** As of when the view of a rollout is known to be true, which is what its heartbeat's age goes by. Pure. */
import type { Followed, StreamLost } from '../../../../client/index.ts';
import { type Silence, silenceOf } from '../../../../domain/rollout/silence.ts';
import type { Connection } from '../../../live/connection.ts';
import { shownKind } from '../../../live/heard.ts';
import type { Shown } from './last-account.ts';

/** Times by this browser's clock. */
export interface Sight {
  /** Null: nothing was seen yet. */
  readonly asOfMs: number | null;
  /** The latest sign while the API sees the rollout; null: it does not. */
  readonly heardAtMs: number | null;
}

export const sightless: Sight = { asOfMs: null, heardAtMs: null };

/**
 * A mere sign of life makes true only what stood before it: one that comes first after a silence may come before the
 * API, or the connection, has looked again.
 */
export function sightAfter(
  known: Sight,
  { kind, atMs }: Pick<Exclude<Followed, StreamLost>, 'kind' | 'atMs'>,
): Sight {
  if (kind === 'view') return { asOfMs: atMs, heardAtMs: atMs };
  if (kind === 'trouble') return { ...known, heardAtMs: null };
  return known.heardAtMs === null ? known : { asOfMs: known.heardAtMs, heardAtMs: atMs };
}

/** All times by the clock of the workers. */
export interface Hearing {
  /** Whether what is shown is told of now: else nothing of it may be told as if it went on. */
  readonly isHeard: boolean;
  /** As of when it is true: now, or when it was heard of last. */
  readonly nowMs: number;
  readonly silence: Silence | null;
}

interface Heard extends Shown {
  readonly connection: Connection;
  readonly sight: Sight;
  /** Of this browser's clock before that of the workers. */
  readonly aheadMs: number;
}

/** `hereMs`: by this browser's clock. What has ended does not grow old. */
export function hearingOf({ view, toldAtMs, connection, sight, aheadMs }: Heard, hereMs: number): Hearing {
  const { live, endedAtMs } = view;
  if (endedAtMs !== null) return { isHeard: true, nowMs: hereMs - aheadMs, silence: null };
  const seenMs = sight.asOfMs ?? hereMs;
  const silence = live === null ? null : silenceOf(live, seenMs - aheadMs - live.atMs);
  const last = [
    ...(shownKind(connection, hereMs) === 'live' ? [] : [seenMs - aheadMs]),
    ...(toldAtMs === null ? [] : [toldAtMs - aheadMs]),
    ...(live === null || silence === null ? [] : [live.atMs]),
  ];
  return { isHeard: last.length === 0, nowMs: Math.min(hereMs - aheadMs, ...last), silence };
}
