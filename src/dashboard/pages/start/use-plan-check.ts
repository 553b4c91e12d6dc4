/** What the API says of a plan while it is written: asked when somebody pauses, and the former question is given up. */
import { useEffect, useState } from 'react';
import type { Validation } from '../../../api/contract.ts';
import { type ApiProblem, postJson, problemOf } from '../../api/http.ts';

export interface PlanCheck {
  /** The latest answer, which may be of an earlier text; null: none yet. */
  readonly validation: Validation | null;
  /** The text that the answer is of. */
  readonly text: string;
  /** Why the API says nothing of the present text; null: it does, or is being asked. */
  readonly problem: ApiProblem | null;
  readonly checking: boolean;
}

const afterMs = 350;
/** As the API limits bodies; what is longer is no plan. */
export const longestPlan = 256 * 1024;

export function usePlanCheck(text: string): PlanCheck {
  const [known, setKnown] = useState({ validation: null as Validation | null, text: '' });
  const [failed, setFailed] = useState<{ readonly text: string; readonly problem: ApiProblem } | null>(null);
  useEffect(() => {
    if (text.trim() === '' || text.length > longestPlan) return;
    const stopped = new AbortController();
    const ask = async () => {
      try {
        const { signal } = stopped;
        const validation = await postJson<Validation>('/v1/validate', { plan: text }, { signal });
        setKnown({ validation, text });
        setFailed(null);
      } catch (error) {
        if (!stopped.signal.aborted) setFailed({ text, problem: problemOf(error) });
      }
    };
    const timer = setTimeout(() => void ask(), afterMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [text]);
  const problem = failed?.text === text ? failed.problem : null;
  const answered = problem !== null || known.text === text;
  return { ...known, problem, checking: text.trim() !== '' && text.length <= longestPlan && !answered };
}
