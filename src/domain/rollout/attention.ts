/** How much a rollout wants a person's eye: what a list puts first. */
import type { VerdictKind } from '../analysis/types.ts';
import type { Phase } from './types.ts';

/**
 * `restoring`: traffic goes back and is not all home. `failing`: a check fails while the canary has users. `held`: it
 * goes on only when a person says so, or what is wrong mends. `asks`: a yes or no is wanted. `blind`: it cannot be
 * judged now, or nobody is there to bring it on.
 */
export const attentions = ['restoring', 'failing', 'held', 'asks', 'blind', 'none'] as const;
export type Attention = (typeof attentions)[number];

interface Facts {
  readonly phase: Phase | null;
  /** The worst of what the checks say now; null: nothing yet. */
  readonly verdict: VerdictKind | null;
  /** Whether a yes or no is wanted. */
  readonly asks: boolean;
  /** Something stands between the watch and what it watches, or nobody is at work. */
  readonly troubled: boolean;
}

/** Phases in which a verdict is about what users meet. */
const judged: ReadonlySet<Phase> = new Set(['soaking', 'watching', 'holding', 'approving', 'gating']);

export function attentionOf({ phase, verdict, asks, troubled }: Facts): Attention {
  if (phase === 'restoring') return 'restoring';
  if (phase === null || !judged.has(phase)) return asks ? 'asks' : troubled ? 'blind' : 'none';
  if (verdict === 'fail') return 'failing';
  if (phase === 'holding') return 'held';
  if (asks || phase === 'approving') return 'asks';
  return troubled || verdict === 'error' || verdict === 'no-data' ? 'blind' : 'none';
}
