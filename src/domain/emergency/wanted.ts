/** Which rollouts of a list are an emergency's business. Pure. */
import { covers } from './scope.ts';
import type { FindInput, FoundRollout } from './sweep.ts';

/** From the first stop in a data plane to the workflow's own beginning, with some room. */
export const justBeforeMs = 2_000;

/** Whether a rollout of the list is this emergency's business, and not settled already. */
export function isWanted({ order, openedAtMs, open, settledRuns }: FindInput, found: FoundRollout): boolean {
  const { target, runId, running, outcome, emergency, startedAtMs, endedAtMs } = found;
  if (open.some((record) => record.target === target)) return true;
  if (settledRuns.includes(runId) || !covers(order.scope, target)) return false;
  if (running) return emergency === null && !(order.scope.includes('canary') && isPast(found));
  // It found the stop that was written before this began, and was faster.
  const justEnded = endedAtMs !== null && endedAtMs >= openedAtMs - justBeforeMs;
  if (outcome !== 'promoted' && justEnded && startedAtMs < openedAtMs) return true;
  // What ended on its stable version before has no previous one to go to.
  return order.to !== null && (order.to !== 'previous' || (outcome === 'promoted' && emergency === null));
}

/** It has no canary any more: its version is promoted, or all traffic is home and only the clean-up is left. */
function isPast({ phase }: FoundRollout): boolean {
  return phase === 'watching' || phase === 'cleaning';
}
