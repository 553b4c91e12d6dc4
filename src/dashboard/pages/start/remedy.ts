/** What can be done about a start that was refused, beside changing the plan. */
import type { ProblemDetails } from '../../../api/contract.ts';
import { withTopKey } from './text/top-key.ts';

export interface Remedy {
  readonly kind: 'supersede' | 'force';
  /** The plan to send instead. */
  readonly text: string;
  /** On the button that chooses it. */
  readonly offer: string;
  /** On the button that sends it. */
  readonly verb: string;
  readonly sentence: string;
}

/** Null: there is nothing but what the API advises. */
export function remedyFor({ code }: Pick<ProblemDetails, 'code'>, text: string): Remedy | null {
  if (code === 'cooldown-running') {
    return {
      kind: 'force',
      text,
      offer: 'Start in spite of the cooldown …',
      verb: 'Start by force',
      sentence:
        'By force: the cooldown is passed over, and a stable version that is not well as well. A second rollback by itself stops at 0 % and waits for people.',
    };
  }
  const superseding = code === 'rollout-running' ? withTopKey(text, 'onConflict', 'supersede') : null;
  if (superseding === null) return null;
  return {
    kind: 'supersede',
    text: superseding,
    offer: 'Supersede the running rollout …',
    verb: 'Supersede and start',
    sentence:
      'With onConflict: supersede in the plan: the running rollout first brings all traffic back to stable, and then this one begins.',
  };
}
