/** What a state asks of the outside: exactly one piece of work at a time, derived from the state alone. */
import type { Effect, RolloutState, WatchMode } from './types.ts';

export function effectOf(state: RolloutState): Effect {
  switch (state.phase) {
    case 'preparing':
      return { kind: 'prepare', key: 'prepare' };
    case 'shifting':
      return { kind: 'shift', key: `shift:${state.stage}`, stage: state.stage };
    case 'soaking':
      return watch(state, state.paused ? 'wait' : 'soak');
    case 'holding':
      return watch(state, state.hold?.kind === 'inconclusive' ? 'hold' : 'wait');
    case 'approving':
      return watch(state, 'wait');
    case 'promoting':
      return { kind: 'promote', key: 'promote' };
    case 'watching':
      return watch(state, 'after');
    case 'restoring':
      return { kind: 'restore', key: 'restore' };
    case 'cleaning':
      return { kind: 'clean', key: state.cause ? 'clean:canary' : 'clean:old' };
    case 'promoted':
    case 'rolled-back':
      return { kind: 'none', key: 'none' };
  }
}

function watch(state: RolloutState, mode: WatchMode): Effect {
  const key = `watch:${state.stage}:${mode}:${state.hold?.kind ?? 'free'}`;
  return { kind: 'watch', key, stage: state.stage, mode };
}

/** The epoch of the next write to the data plane; grows with every effect that is begun. */
export function epochOf(state: RolloutState): number {
  return state.epochBase + state.sequence;
}

export function begun(state: RolloutState): RolloutState {
  return { ...state, sequence: state.sequence + 1, resumedFrom: null };
}
