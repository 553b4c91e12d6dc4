/** What each sign of a stream, or an answer, makes of what is known: true, out of sight of the API, untold, or lost. */
import type { ApiError } from '../../client/index.ts';
import type { Connection, ConnectionKind } from './connection.ts';

export interface Heard {
  readonly kind: string;
  readonly atMs: number;
  readonly trouble?: { readonly message: string };
  /** Of the live list; null: nothing was said of its age. */
  readonly clocks?: unknown;
}

export interface Known extends Connection {
  /**
   * What the API has said it cannot see, and not that it sees it again, also once the connection was lost; null:
   * nothing.
   */
  readonly unseen: string | null;
}

export const connecting: Known = {
  kind: 'connecting',
  asOfMs: null,
  heardAtMs: null,
  why: null,
  unseen: null,
};

/** A mere sign of life makes nothing true again that the API has said it cannot see. */
export function after(known: Known, sign: Heard, asOfMs: number): Known {
  const { kind, atMs: heardAtMs, trouble, clocks = null } = sign;
  if (trouble) return { ...known, heardAtMs, kind: 'stale', why: trouble.message, unseen: trouble.message };
  const isMere = kind === 'alive' && clocks === null;
  if (isMere && known.unseen !== null) return { ...known, heardAtMs, kind: 'stale', why: known.unseen };
  return { kind: 'live', asOfMs, heardAtMs, why: null, unseen: null };
}

export function lost(known: Known, why: string): Known {
  return { ...known, kind: 'lost', why };
}

type Failure = Pick<ApiError, 'status' | 'code'>;

/** A question or a stream has failed, and is tried again. */
export function failed(known: Known, error: Failure & Pick<ApiError, 'detail'>): Known {
  return { ...known, kind: awayKind(error), why: error.detail };
}

/** Nothing can be told of rollouts then. */
const sightless: ReadonlySet<ApiError['code']> = new Set([
  'temporal-unavailable',
  'worker-absent',
  'payload-key-missing',
]);

/** An answer in other words than the API's is that of a proxy before it. */
function awayKind({ status, code }: Failure): ConnectionKind {
  if (status === 0 || code === 'answer-strange') return 'lost';
  return sightless.has(code) ? 'stale' : 'failing';
}

/** The API will not tell, or not any more: what was seen grows old. */
export function refused(known: Known, why: string): Known {
  return { ...known, kind: 'refused', why };
}

/** Longer than two signs of life are apart. */
const quietMs = 12_000;

/**
 * A connection that has brought nothing for that long is not shown as if it were live. What it brings may be older than
 * that, as where Temporal takes seconds to list what runs. `nowMs`: this browser's.
 */
export function shownKind(
  { kind, heardAtMs = null }: Pick<Connection, 'kind' | 'heardAtMs'>,
  nowMs: number,
): ConnectionKind {
  return kind === 'live' && heardAtMs !== null && nowMs - heardAtMs > quietMs ? 'connecting' : kind;
}

/** Whom the API does not tell. */
const barred: ReadonlySet<number> = new Set([401, 403]);

/** Of a question that is asked again and again; that there is nothing of the kind is an answer as well. */
export function kindOf(data: unknown, problem: (Failure & Pick<ApiError, 'passing'>) | null): ConnectionKind {
  if (problem?.passing && !isSettled(problem)) return awayKind(problem);
  if (problem !== null && barred.has(problem.status)) return 'refused';
  return data === null && problem === null ? 'connecting' : 'live';
}

/** The operator has set up no such thing, which time does not mend. */
function isSettled({ code }: Failure): boolean {
  return code.endsWith('-unconfigured');
}
