/** What each sign of a stream, or an answer, makes of what is known: true, out of sight of the API, or lost. */
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

export const connecting: Known = { kind: 'connecting', asOfMs: null, why: null, unseen: null };

/** A mere sign of life makes nothing true again that the API has said it cannot see. */
export function after(known: Known, { kind, trouble, clocks = null }: Heard, asOfMs: number): Known {
  if (trouble) return { ...known, kind: 'stale', why: trouble.message, unseen: trouble.message };
  const isMere = kind === 'alive' && clocks === null;
  if (isMere && known.unseen !== null) return { ...known, kind: 'stale', why: known.unseen };
  return { kind: 'live', asOfMs, why: null, unseen: null };
}

export function lost(known: Known, why: string): Known {
  return { ...known, kind: 'lost', why };
}

/** Of a question that is asked again and again; a refusal is an answer as well. */
export function kindOf(data: unknown, problem: Pick<ApiError, 'status' | 'passing'> | null): ConnectionKind {
  if (problem?.passing) return problem.status === 0 ? 'lost' : 'stale';
  return data === null && problem === null ? 'connecting' : 'live';
}
