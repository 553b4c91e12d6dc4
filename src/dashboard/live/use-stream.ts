/** A stream of the client for as long as a component is there, with the state of its connection. */
import { useEffect, useRef, useState } from 'react';
import type { StreamLost, StreamOptions } from '../../client/index.ts';
import { type ApiProblem, problemOf } from '../api/client.ts';
import { browserClock } from './browser-clock.ts';
import type { Connection } from './connection.ts';
import { after, connecting, failed, type Heard, lost, refused } from './heard.ts';

type Sign = Heard | StreamLost;

type OpenStream<S extends Sign> = (options: StreamOptions) => AsyncGenerator<S>;

export interface Stream {
  readonly connection: Connection;
  /** Why the API will not tell, or how this page failed; null: all is well. */
  readonly problem: ApiProblem | null;
}

/**
 * Another `open` is another stream, so it has to be the same as long as nothing else is asked for; null follows
 * nothing. `take` may answer when what it was told was true, by this browser's clock; else it is now.
 */
export function useStream<S extends Sign>(
  open: OpenStream<S> | null,
  take: (sign: Exclude<S, StreamLost>) => number | undefined,
): Stream {
  const [connection, setConnection] = useState(connecting);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (turn === 0) setConnection(connecting);
    setProblem(null);
    if (open === null) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    const lose = (why: string) => setConnection((known) => lost(known, why));
    const follow = async () => {
      for await (const sign of open({ signal, clock: browserClock })) {
        if ('retryInMs' in sign) setConnection((known) => failed(known, sign.error));
        else {
          const asOfMs = latest.current(sign as Exclude<S, StreamLost>) ?? sign.atMs;
          setConnection((known) => after(known, sign, asOfMs));
        }
      }
    };
    follow().catch((error: unknown) => {
      if (signal.aborted) return;
      const why = problemOf(error);
      setProblem(why);
      setConnection((known) => refused(known, why.detail));
    });
    // A connection that hangs in a network that is gone says nothing for a long time.
    window.addEventListener('offline', () => lose('this device has no network'), { signal });
    window.addEventListener('online', () => setTurn((last) => last + 1), { signal });
    return () => stopped.abort();
  }, [open, turn]);
  return { connection, problem };
}
