/** What a state asks of the outside: exactly one piece of work at a time, derived from the state alone. */
import { gatingPlace } from '../gates/state.ts';
import { aftermathOf } from './aftermath.ts';
import { isRamping } from './ramp.ts';
import type { Effect, Leniency, RolloutState, WatchMode } from './types.ts';

export function effectOf(state: RolloutState): Effect {
  switch (state.phase) {
    case 'gating':
      return gating(state);
    case 'preparing':
      return { kind: 'prepare', key: 'prepare' };
    case 'shifting':
      return { kind: 'shift', key: `shift:${state.stage}`, stage: state.stage };
    case 'soaking':
      return watch(state, state.paused ? 'wait' : 'soak');
    case 'holding':
      // Nobody is on the canary yet, so there is nothing to watch.
      if (state.reports.length === 0) return { kind: 'rest', key: 'rest:start', untilMs: null };
      return watch(state, state.hold?.kind === 'inconclusive' ? 'hold' : 'wait');
    case 'approving':
      return watch(state, 'wait');
    case 'promoting':
      return { kind: 'promote', key: 'promote' };
    case 'watching':
      return watch(state, 'after');
    case 'restoring':
      return isRamping(state)
        ? { kind: 'ramp', key: 'ramp', stage: state.stage }
        : { kind: 'restore', key: 'restore' };
    case 'cleaning':
      // What is left of the old version stays until somebody has said whether it is needed.
      if (state.asked !== null) return { kind: 'rest', key: 'rest:asked', untilMs: null };
      return aftermathOf(state) ?? { kind: 'clean', key: state.cause ? 'clean:canary' : 'clean:old' };
    case 'promoted':
    case 'rolled-back':
    case 'refused':
      return { kind: 'none', key: 'none' };
  }
}

/**
 * Whether the work may last without end and can be begun anew at any moment with nothing lost, so that a flood of
 * messages under it is taken by run after run. Before it is late a restore is short, and nothing may come between it
 * and the decision.
 */
export function isOpenEnded(effect: Effect, state: RolloutState): boolean {
  return (
    effect.kind === 'watch' ||
    effect.kind === 'gate' ||
    effect.kind === 'rest' ||
    (effect.kind === 'restore' && state.restoreLate)
  );
}

/** Asked anew when somebody has approved. Users on the canary are watched meanwhile. */
function gating(state: RolloutState): Effect {
  const place = gatingPlace(state);
  const asked = `gate:${place}:${state.yeses ?? state.approvals?.length ?? 0}${overridden(state)}`;
  if (state.reports.length === 0) return { kind: 'gate', key: asked, place };
  const waiting = watch(state, 'wait');
  return { ...waiting, key: `${waiting.key}:${asked}`, gates: place };
}

function watch(state: RolloutState, mode: WatchMode): Effect & { kind: 'watch' } {
  // A stage whose shift failed and froze has never been read back: the one before it is held.
  const stage = Math.min(state.stage, state.reports.length - 1);
  const held = state.hold ? `${state.hold.kind}${state.hold.drifted ? ':drifted' : ''}` : 'free';
  return {
    kind: 'watch',
    key: `watch:${stage}:${mode}:${held}:${leniencyOf(state) ?? 'strict'}${overridden(state)}`,
    stage,
    mode,
  };
}

/** What asks windows is begun anew when they are overridden. */
function overridden({ override }: RolloutState): string {
  return override === undefined ? '' : `:overridden:${override.confirmedAtMs}`;
}

/** What a watch of this state lets pass; null: nothing. */
export function leniencyOf({ hold, asked, kept }: RolloutState): Leniency | null {
  if (hold?.kind === 'sick-stable') return 'stable-worse';
  if (hold?.kind === 'failure' || asked !== null) return 'frozen';
  return kept ? 'kept' : null;
}

/** The epoch of the next write to the data plane; grows with every effect that is begun. */
export function epochOf(state: RolloutState): number {
  return state.epochBase + state.sequence;
}

export function begun(state: RolloutState): RolloutState {
  const tried = state.phase === 'promoting' ? { promotionTried: true } : {};
  return { ...state, ...tried, sequence: state.sequence + 1, resumedFrom: null };
}

/**
 * Whether the second means can take nothing but the canary away. A promotion that was written and not yet reported
 * makes the canary's slot the one that users are on; stopping it while the data plane does not answer would be an
 * outage.
 */
export function mayCutOff({ arms, promotedAtMs, promotionTried }: RolloutState): boolean {
  return arms !== null && promotedAtMs === null && promotionTried !== true;
}
