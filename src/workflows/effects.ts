/** How each piece of work is done: which activity, on which queue, with which time-outs. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { ActivityCancellationType, isCancellation } from '@temporalio/workflow';
import type { Asked } from '../activities/types.ts';
import { digestsOf } from '../domain/gates/state.ts';
import type { GatePlace } from '../domain/gates/types.ts';
import { leniencyOf } from '../domain/rollout/effects.ts';
import { heartbeatTimeoutMs } from '../domain/rollout/pace.ts';
import type { WatchProgress } from '../domain/rollout/status.ts';
import type { Effect, RolloutEvent, RolloutState, WatchCarry } from '../domain/rollout/types.ts';
import { armsOf, long, reasonOf, traffic } from './proxies.ts';
import { act, type Report, ramp, rest, restore, verify } from './way-back.ts';

/** A week: longer than any stage; `maxDuration` is what really ends a watch. */
const watchCeiling = '7 days';

export async function perform(
  effect: Effect,
  state: RolloutState,
  epoch: number,
  report: Report,
): Promise<RolloutEvent | null> {
  const { plan } = state;
  switch (effect.kind) {
    case 'gate':
      return await gate(effect, state);
    case 'prepare': {
      const options = {
        summary: `start ${plan.service} ${plan.version} beside stable`,
        heartbeatTimeout: '10 seconds',
        retry: { maximumAttempts: 3 },
      } as const;
      const input = { plan, epoch, force: state.force };
      return { kind: 'prepared', ...(await long.prepare.executeWithOptions(options, [input])) };
    }
    case 'shift': {
      const summary = `${plan.service}: canary to ${plan.stages[effect.stage]?.weightPercent} %`;
      const input = { plan, arms: armsOf(state), stage: effect.stage, epoch };
      const { blocked, readWeightPercent } = await traffic.shift.executeWithOptions({ summary }, [input]);
      return blocked ? { kind: 'blocked', ...blocked } : { kind: 'shifted', readWeightPercent };
    }
    case 'watch':
      return await watch(effect, state, epoch);
    case 'promote': {
      const summary = `${plan.service}: make ${plan.version} stable`;
      const input = { plan, arms: armsOf(state), epoch };
      const { blocked } = await traffic.promote.executeWithOptions({ summary }, [input]);
      return blocked ? { kind: 'blocked', ...blocked } : { kind: 'promoted' };
    }
    case 'ramp':
      return { kind: 'ramped', result: await ramp(effect, state, epoch) };
    case 'restore':
      return await restore(state, epoch, report);
    case 'act':
      report({ kind: 'acting' });
      return { kind: 'acted', problem: await act(effect, state, epoch) };
    case 'verify':
      return { kind: 'verified', ...(await verify(state)) };
    case 'rest':
      return await rest(effect.untilMs);
    case 'clean':
      return await clean(state, epoch);
    case 'none':
      return null;
  }
}

async function gate(effect: Effect & { kind: 'gate' }, state: RolloutState): Promise<RolloutEvent> {
  const { plan } = state;
  const options = {
    summary: `${plan.service}: may ${plan.version} go on?`,
    startToCloseTimeout: watchCeiling,
    heartbeatTimeout: '10 seconds',
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  } as const;
  const input = { plan, asked: askedAt(state, effect.place) };
  const { reports } = await long.gate.executeWithOptions(options, [input]);
  return { kind: 'gated', place: effect.place, reports };
}

function askedAt(state: RolloutState, place: GatePlace): Asked {
  const { author = '', approvals = [], gatingSinceMs, startedAtMs, override } = state;
  const sinceMs = gatingSinceMs ?? startedAtMs;
  const over = override === undefined ? {} : { override };
  return { place, author, approvals, digests: digestsOf(state), sinceMs, ...over };
}

async function watch(
  effect: Effect & { kind: 'watch' },
  state: RolloutState,
  epoch: number,
): Promise<RolloutEvent> {
  const { plan, carry } = state;
  const options = {
    summary: `${plan.service}: watch ${plan.stages[effect.stage]?.name} (${effect.mode})`,
    startToCloseTimeout: watchCeiling,
    heartbeatTimeout: heartbeatTimeoutMs(plan),
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  } as const;
  const input = {
    plan,
    arms: armsOf(state),
    stage: effect.stage,
    epoch,
    mode: effect.mode,
    tolerateDrift: state.hold?.kind === 'drift' || state.hold?.drifted === true,
    awaitsRecovery: state.hold?.kind === 'dependency' || state.hold?.kind === 'gate',
    leniency: leniencyOf(state),
    carry,
    ...(effect.gates === undefined ? {} : { asked: askedAt(state, effect.gates) }),
    ...(plan.guards === undefined ? {} : { author: state.author ?? '', digests: digestsOf(state) }),
    ...(state.override === undefined ? {} : { override: state.override }),
  };
  return { kind: 'watched', result: await long.watch.executeWithOptions(options, [input]) };
}

async function clean(state: RolloutState, epoch: number): Promise<RolloutEvent> {
  const { plan, arms, cause, fallbackCold } = state;
  const options = {
    summary: 'verify, then clean up',
    heartbeatTimeout: '10 seconds',
    retry: { maximumAttempts: 3 },
  } as const;
  try {
    const result = await long.clean.executeWithOptions(options, [
      { plan, arms, leaving: cause ? 'canary' : 'old', fallbackCold, epoch },
    ]);
    return result.unsafe === null
      ? { kind: 'cleaned', problem: result.problem }
      : { kind: 'unsafe', reason: result.unsafe };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { kind: 'cleaned', problem: reasonOf(error) };
  }
}

/**
 * The evidence that a watch left when its worker went away: its last heartbeat, or what it said when it was shut down.
 */
export function carryIn(error: unknown): WatchCarry | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const left =
    cause instanceof TimeoutFailure
      ? cause.lastHeartbeatDetails
      : cause instanceof ApplicationFailure
        ? cause.details?.[0]
        : null;
  return typeof left === 'object' && left !== null && 'carry' in left ? (left as WatchProgress).carry : null;
}
