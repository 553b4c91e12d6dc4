/** A gradual rollback: which causes may take their time, and which share is due when. */
import type { RampConfig } from '../plan/types.ts';
import { withNote } from './timeline.ts';
import type { RampResult, RollbackCause, RolloutState } from './types.ts';

/**
 * Causes that say nothing bad of the canary: somebody wants it back, or nobody knows enough of it. A failed check, a
 * limit, a lapse or anything unknown means that users may be hurt now, and then there is nothing to be gained by
 * waiting.
 */
const patientCauses: readonly RollbackCause['kind'][] = ['command', 'rejected', 'inconclusive'];

/** Whether the way back may be a ramp: only for a canary that has a share of ordinary users. */
export function mayRamp(state: RolloutState, cause: RollbackCause): boolean {
  const { plan, phase, promotedAtMs } = state;
  return (
    plan.rollback.strategy === 'gradual' &&
    plan.rollback.ramp !== undefined &&
    patientCauses.includes(cause.kind) &&
    promotedAtMs === null &&
    ['soaking', 'holding', 'approving'].includes(phase) &&
    shareOf(state) > 0
  );
}

/** The share of the stage that was last read back, percent; 0: none was yet. */
export function shareOf({ reports }: RolloutState): number {
  return reports.at(-1)?.weightPercent ?? 0;
}

export function isRamping({ phase, ramp }: RolloutState): boolean {
  return phase === 'restoring' && ramp !== null && ramp.endedAtMs === null;
}

/**
 * The share that is due `elapsedMs` after the decision: the first step at once, the others evenly spread, and the last
 * one, to 0, one step before the time is over, so that there is time for the restore that makes it.
 */
export function rampPercent(fromPercent: number, { overMs, steps }: RampConfig, elapsedMs: number): number {
  const made = Math.min(steps, Math.floor((Math.max(0, elapsedMs) * steps) / overMs) + 1);
  return Math.round(((fromPercent * (steps - made)) / steps) * 100) / 100;
}

/** Time after the decision at which the next step is due. */
export function nextStepMs({ overMs, steps }: RampConfig, elapsedMs: number): number {
  return ((Math.floor((Math.max(0, elapsedMs) * steps) / overMs) + 1) * overMs) / steps;
}

/** From now on the restore does it at once. Legal in every state; only a ramp under way is touched. */
export function hastened(state: RolloutState, why: string, nowMs: number): RolloutState {
  if (!isRamping(state) || state.ramp === null) return state;
  const ended: RolloutState = { ...state, ramp: { ...state.ramp, endedAtMs: nowMs } };
  return withNote(ended, { kind: 'ramp', text: `the gradual way back becomes immediate: ${why}` }, nowMs);
}

export function onRamped(state: RolloutState, result: RampResult, nowMs: number): RolloutState {
  if (!isRamping(state) || state.ramp === null) return state;
  const ended: RolloutState = { ...state, carry: result.carry, ramp: { ...state.ramp, endedAtMs: nowMs } };
  const shares = result.steps.map(({ percent }) => `${percent} %`).join(', ') || 'no step';
  const how = result.turned === null ? '' : `, then at once: ${result.turned}`;
  return withNote(
    ended,
    {
      kind: 'ramp',
      text: `the canary went down by ${shares}${how}`,
      data: { steps: result.steps, turned: result.turned },
    },
    nowMs,
  );
}
