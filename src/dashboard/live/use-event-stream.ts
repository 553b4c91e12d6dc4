/** An event stream of the API for as long as a component is there, with the state of its connection. */
import { useEffect, useRef, useState } from 'react';
import type { ApiProblem } from '../api/http.ts';
import type { Connection } from './connection.ts';
import type { ServerEvent } from './event-reader.ts';
import { followEvents } from './event-stream.ts';

export interface EventStream {
  readonly connection: Connection;
  /** Why the API will not tell; null: it does. */
  readonly refused: ApiProblem | null;
}

const connecting: Connection = { kind: 'connecting', asOfMs: null, why: null };

/**
 * Null: follows nothing. Another path is another stream. `onEvent` may answer since when what it was told is old, if it was told
 * so (the event's own words, by this browser's clock); a sign of life otherwise means that all that was told is still true.
 */
export function useEventStream(
  path: string | null,
  onEvent: (event: ServerEvent) => { readonly staleWhy: string } | undefined,
): EventStream {
  const [connection, setConnection] = useState(connecting);
  const [refused, setRefused] = useState<ApiProblem | null>(null);
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  useEffect(() => {
    setConnection(connecting);
    setRefused(null);
    if (path === null) return;
    let stale = false;
    return followEvents(path, {
      onEvent: (event) => {
        const trouble = latest.current(event);
        stale = trouble !== undefined;
        if (trouble) setConnection((known) => ({ ...known, kind: 'stale', why: trouble.staleWhy }));
        else setConnection({ kind: 'live', asOfMs: Date.now(), why: null });
      },
      onAlive: () => {
        if (!stale) setConnection({ kind: 'live', asOfMs: Date.now(), why: null });
      },
      onLost: (why) => setConnection((known) => ({ ...known, kind: 'lost', why })),
      onRefused: setRefused,
    });
  }, [path]);
  return { connection, refused };
}
