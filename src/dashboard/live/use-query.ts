/** One answer of the API for a component: fetched, kept while it is fetched anew, and told of when that fails. */
import { useCallback, useEffect, useState } from 'react';
import type { Answered, AnswerOf, RequestOf } from '../../client/index.ts';
import { type ApiProblem, client, problemOf } from '../api/client.ts';

export interface Query<T> {
  /** The latest answer, which stays when a later question fails; null: none yet. */
  readonly data: T | null;
  /** Of the latest question; null: it was answered, or not yet. */
  readonly problem: ApiProblem | null;
  readonly loading: boolean;
  /** When `data` was answered, by this browser's clock. */
  readonly atMs: number | null;
  readonly reload: () => void;
}

interface Known<T> {
  /** The question, as a text. */
  readonly of: string | null;
  /** Of the questions that somebody asked for; those that repeat by themselves are the same turn. */
  readonly turn: number;
  readonly data: T | null;
  readonly problem: ApiProblem | null;
  readonly atMs: number | null;
}

/**
 * Of a question that repeats: a network that swallows everything must not let a page pass for live for as long as a
 * call may take.
 */
const repeatedWithinMs = 10_000;

/** Null: asks nothing. `everyMs`: asks again so long after each answer, while somebody looks at the page. */
export function useQuery<N extends Answered>(
  name: N,
  request: RequestOf<N> | null,
  everyMs?: number,
): Query<AnswerOf<N>> {
  const [turn, setTurn] = useState(1);
  // Whoever asks makes a new request with each drawing, which says the same.
  const asked = request === null ? null : JSON.stringify(request);
  const of = asked === null ? null : `${name} ${asked}`;
  const nothing: Known<AnswerOf<N>> = { of, turn: 0, data: null, problem: null, atMs: null };
  const [known, setKnown] = useState(nothing);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  useEffect(() => {
    if (asked === null || of === null) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const data = await client.call(name, JSON.parse(asked) as RequestOf<N>, {
          signal,
          ...(everyMs === undefined ? {} : { withinMs: repeatedWithinMs }),
        });
        setKnown({ of, turn, data, problem: null, atMs: Date.now() });
      } catch (error) {
        if (signal.aborted) return;
        const problem = problemOf(error);
        setKnown((last) => {
          const { data, atMs } = last.of === of ? last : { data: null, atMs: null };
          return { of, turn, data, problem, atMs };
        });
      }
      if (everyMs !== undefined && !signal.aborted) timer = setTimeout(again, everyMs);
    };
    const again = () => {
      if (document.hidden) timer = setTimeout(again, everyMs);
      else void ask();
    };
    void ask();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [name, asked, of, everyMs, turn]);
  const { data, problem, atMs } = known.of === of ? known : nothing;
  const answered = known.of === of && known.turn === turn;
  return { data, problem, atMs, loading: of !== null && !answered, reload };
}
