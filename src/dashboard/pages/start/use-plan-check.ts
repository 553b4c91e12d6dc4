/** What the API says of a plan while it is written: asked when somebody pauses, and the former question is given up. */
import { useCallback, useEffect, useState } from 'react';
import type { Validation } from '../../../api/contract.ts';
import { type ApiProblem, client, problemOf } from '../../api/client.ts';

export interface PlanCheck {
  /** The latest answer, which may be of an earlier text; null: none yet. */
  readonly validation: Validation | null;
  /** The text that the answer is of. */
  readonly text: string;
  /** Why the API says nothing of the present text; null: it does, or is being asked. */
  readonly problem: ApiProblem | null;
  readonly checking: boolean;
  /** What the answer rests on may have changed: policies, other rollouts. */
  readonly again: () => void;
}

interface Known {
  readonly validation: Validation | null;
  readonly text: string;
  readonly problem: ApiProblem | null;
  /** The text that was asked about last, and for the how manieth time. */
  readonly asked: string;
  readonly turn: number;
}

const afterMs = 350;
/** As the API limits bodies; what is longer is no plan. */
export const longestPlan = 256 * 1024;
const nothing: Known = { validation: null, text: '', problem: null, asked: '', turn: 0 };

export function usePlanCheck(text: string): PlanCheck {
  const [known, setKnown] = useState(nothing);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  const isPlan = text.trim() !== '' && text.length <= longestPlan;
  useEffect(() => {
    if (!isPlan) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    const ask = async () => {
      try {
        const validation = await client.validatePlan({ body: { plan: text } }, { signal });
        setKnown({ validation, text, problem: null, asked: text, turn });
      } catch (error) {
        if (!signal.aborted) setKnown((last) => ({ ...last, problem: problemOf(error), asked: text, turn }));
      }
    };
    const timer = setTimeout(() => void ask(), afterMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [text, turn, isPlan]);
  const answered = known.asked === text && known.turn === turn;
  const { validation, problem } = known;
  return {
    validation,
    text: known.text,
    problem: answered ? problem : null,
    checking: isPlan && !answered,
    again,
  };
}
