/** Follows the live list of all rollouts: its changes, and whether what was seen may be old. */
import type { BoardAlive, BoardQuery, BoardRows } from '../api/contract/board.ts';
import type { Trouble } from '../api/contract/rollouts.ts';
import { type ClientSettings, send } from './send.ts';
import { keptOpen, type StreamLost, type StreamOptions, streamHeaders } from './stream.ts';

export type BoardSign =
  | { readonly kind: 'rows'; readonly rows: BoardRows; readonly atMs: number }
  /** Nothing has changed. */
  | { readonly kind: 'alive'; readonly clocks: BoardAlive | null; readonly atMs: number }
  /** The API itself cannot see rollouts now. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly atMs: number }
  | StreamLost;

/** Goes on until the caller leaves or gives the signal. Throws when access is refused, and at the signal. */
export async function* watchRollouts(
  settings: ClientSettings,
  query: BoardQuery,
  options: StreamOptions = {},
): AsyncGenerator<BoardSign> {
  const connect = (lastEventId: string | null, signal: AbortSignal) =>
    send(settings, 'watchRollouts', query, {
      signal,
      headers: streamHeaders(lastEventId),
    });
  for await (const sign of keptOpen(connect, options)) {
    if (sign.kind === 'lost') yield sign;
    else if (sign.kind === 'alive') yield { kind: 'alive', clocks: null, atMs: sign.atMs };
    else yield* read(sign.event.event, sign.event.data, sign.atMs);
  }
}

/** Events of a kind that a newer API may have are passed over. */
function* read(event: string, data: string, atMs: number): Generator<BoardSign> {
  switch (event) {
    case 'rows':
      yield { kind: 'rows', rows: JSON.parse(data) as BoardRows, atMs };
      break;
    case 'alive':
      yield { kind: 'alive', clocks: JSON.parse(data) as BoardAlive, atMs };
      break;
    case 'trouble':
      yield { kind: 'trouble', trouble: JSON.parse(data) as Trouble, atMs };
      break;
  }
}
