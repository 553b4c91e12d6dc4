/** What can be done about a start that was refused, beside changing the plan. */
import type { ProblemDetails, RolloutView } from '../../../api/contract.ts';
import { percent } from '../actions/figures.ts';
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
  if (code === 'rollout-running') return supersedingOf(text);
  if (code !== 'cooldown-running') return null;
  return {
    kind: 'force',
    text,
    offer: 'Start in spite of the cooldown …',
    verb: 'Start by force',
    sentence:
      'By force: the cooldown is passed over, and a stable version that is not well as well. A second rollback by itself stops at 0 % and waits for people.',
  };
}

/** Null: the plan cannot be changed to it here. */
export function supersedingOf(text: string): Remedy | null {
  const superseding = withTopKey(text, 'onConflict', 'supersede');
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

type Running = Pick<RolloutView, 'version' | 'phase' | 'status'>;

/** What runs already, as far as it tells: version, state, share and who started it. */
export function runningText({ version, phase, status }: Running): string {
  const share = status === null ? '' : ` at ${percent(status.askedPercent)}`;
  const by = status?.author === undefined ? '' : `, started by ${status.author}`;
  return `${version ?? 'an unknown version'}, ${phase ?? 'not begun'}${share}${by}`;
}
