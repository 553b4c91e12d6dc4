/** One answer of the API for a component: fetched, kept while it is fetched anew, and told of when that fails. */
import { useCallback, useEffect, useState } from 'react';
import { type ApiProblem, problemOf } from '../api/client.ts';
import { getJson } from '../api/http.ts';

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
  readonly path: string | null;
  /** Of the questions that somebody asked for; those that repeat by themselves are the same turn. */
  readonly turn: number;
  readonly data: T | null;
  readonly problem: ApiProblem | null;
  readonly atMs: number | null;
}

/** Null: asks nothing. `everyMs`: asks again so long after each answer, while somebody looks at the page. */
export function useQuery<T>(path: string | null, everyMs?: number): Query<T> {
  const [turn, setTurn] = useState(1);
  const nothing: Known<T> = { path, turn: 0, data: null, problem: null, atMs: null };
  const [known, setKnown] = useState(nothing);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  useEffect(() => {
    if (path === null) return;
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const data = await getJson<T>(path, stopped.signal);
        setKnown({ path, turn, data, problem: null, atMs: Date.now() });
      } catch (error) {
        if (stopped.signal.aborted) return;
        const problem = problemOf(error);
        setKnown((last) => {
          const { data, atMs } = last.path === path ? last : { data: null, atMs: null };
          return { path, turn, data, problem, atMs };
        });
      }
      if (everyMs !== undefined && !stopped.signal.aborted) timer = setTimeout(again, everyMs);
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
  }, [path, everyMs, turn]);
  const { data, problem, atMs } = known.path === path ? known : nothing;
  const answered = known.path === path && known.turn === turn;
  return { data, problem, atMs, loading: path !== null && !answered, reload };
}
