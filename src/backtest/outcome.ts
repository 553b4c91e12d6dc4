/** What a rollout over history came to, and when. */
import type { RolloutState } from '../domain/rollout/types.ts';
import type { Backtest } from './types.ts';

interface Until {
  readonly fromMs: number;
  readonly nowMs: number;
  /** Whether only one stage was asked for. */
  readonly oneStage: boolean;
  /** Why it was broken off; null: it was not, so history may have been over. */
  readonly over: string | null;
}

export function outcomeOf(
  state: RolloutState,
  { fromMs, nowMs, oneStage, over }: Until,
): Backtest['outcome'] {
  const at = (atMs: number) => ({ atMs, afterMs: atMs - fromMs });
  if (state.cause !== null) {
    return { kind: 'rolled-back', ...at(state.cause.atMs), reason: state.cause.reason };
  }
  if (state.phase === 'promoting') {
    const reason = 'every check has passed';
    return { kind: oneStage ? 'passed' : 'promoted', ...at(nowMs), reason };
  }
  if (state.hold !== null) {
    const heldAtMs = state.timeline.findLast(({ kind }) => kind === 'held')?.atMs ?? nowMs;
    return { kind: 'held', ...at(heldAtMs), reason: state.hold.reason };
  }
  const name = state.plan.stages[state.stage]?.name ?? '';
  const reason = over ?? `history was over in stage "${name}"`;
  return { kind: 'unfinished', ...at(nowMs), reason };
}
