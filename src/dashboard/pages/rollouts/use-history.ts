/** Rollouts that have ended, the last one first, page after page. */
import { useCallback, useEffect, useState } from 'react';
import type { RolloutSummary } from '../../../api/contract.ts';
import type { Outcome } from '../../../domain/rollout/types.ts';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';
import { given } from '../scope/given.ts';

interface HistoryFilter {
  /** Empty: all. */
  readonly environment: string;
  readonly outcome: Outcome | null;
  readonly search: string;
}

export interface History {
  /** Null: nothing has been answered yet. */
  readonly rollouts: readonly RolloutSummary[] | null;
  readonly problem: ApiProblem | null;
  readonly loading: boolean;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

interface Known {
  /** The filter, as a text. */
  readonly of: string;
  readonly rollouts: readonly RolloutSummary[] | null;
  readonly next: string | null;
  readonly problem: ApiProblem | null;
}

const pageSize = 50;
/** Whoever types is not asked about at each letter. */
const settleMs = 250;

export function useHistory({ environment, outcome, search }: HistoryFilter): History {
  const of = JSON.stringify([environment, outcome, search]);
  const nothing: Known = { of, rollouts: null, next: null, problem: null };
  const [known, setKnown] = useState(nothing);
  const [answered, setAnswered] = useState<object | null>(null);
  const [wanted, setWanted] = useState({ of, cursor: null as string | null });
  // A page of one list makes no sense in another.
  const cursor = wanted.of === of ? wanted.cursor : null;
  useEffect(() => {
    const stopped = new AbortController();
    const ask = async () => {
      try {
        const query = {
          running: 'false',
          limit: pageSize,
          environment: given(environment),
          outcome: outcome ?? undefined,
          search: given(search),
          cursor: cursor ?? undefined,
        } as const;
        const { rollouts, next } = await client.listRollouts(query, { signal: stopped.signal });
        setKnown((last) => {
          const before = cursor === null ? [] : (last.rollouts ?? []);
          return { of, rollouts: [...before, ...rollouts], next, problem: null };
        });
      } catch (error) {
        if (stopped.signal.aborted) return;
        const problem = problemOf(error);
        setKnown((last) =>
          last.of === of ? { ...last, problem } : { of, rollouts: null, next: null, problem },
        );
      }
      setAnswered(wanted);
    };
    const timer = setTimeout(() => void ask(), settleMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [of, environment, outcome, search, cursor, wanted]);
  const { rollouts, next, problem } = known.of === of ? known : nothing;
  return {
    rollouts,
    problem,
    loading: known.of !== of || answered !== wanted,
    more: next !== null,
    loadMore: useCallback(() => setWanted({ of, cursor: next }), [of, next]),
    reload: useCallback(() => setWanted({ of, cursor: null }), [of]),
  };
}
