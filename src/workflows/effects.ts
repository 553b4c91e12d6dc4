/** How each piece of work is done: which activity, on which queue, with which time-outs. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { RestoreActivities, WatchActivities } from '../activities/types.ts';
import type { Plan, SecondMeans } from '../domain/plan/types.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import { heartbeatTimeoutMs } from '../domain/rollout/pace.ts';
import type { WatchProgress } from '../domain/rollout/status.ts';
import type { Arms, Effect, RolloutEvent, RolloutState, WatchCarry } from '../domain/rollout/types.ts';

type Report = (event: RolloutEvent) => void;

const long = proxyActivities<WatchActivities>({
  taskQueue: taskQueues.watch,
  startToCloseTimeout: '10 minutes',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const traffic = proxyActivities<RestoreActivities>({
  taskQueue: taskQueues.restore,
  startToCloseTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', backoffCoefficient: 1, maximumAttempts: 5 },
});

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
    case 'prepare': {
      const options = {
        summary: `start ${plan.service} ${plan.version} beside stable`,
        heartbeatTimeout: '10 seconds',
        retry: { maximumAttempts: 3 },
      } as const;
      return { kind: 'prepared', ...(await long.prepare.executeWithOptions(options, [{ plan, epoch }])) };
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
    case 'restore':
      return await restore(state, epoch, report);
    case 'clean':
      return await clean(state, epoch);
    case 'none':
      return null;
  }
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
    tolerateDrift: state.hold?.kind === 'drift',
    awaitsRecovery: state.hold?.kind === 'dependency',
    carry,
  };
  return { kind: 'watched', result: await long.watch.executeWithOptions(options, [input]) };
}

/** Tried for ever, while the ladder is climbed: whoever gives up here leaves users on a bad version. */
async function restore(state: RolloutState, epoch: number, report: Report): Promise<RolloutEvent> {
  const { plan, arms, fallbackCold } = state;
  const ladder = new CancellationScope({ cancellable: true });
  const climbed = ladder
    .run(() => climb(state, report))
    .catch((error) => {
      if (!isCancellation(error)) throw error;
    });
  const options = {
    summary: `${plan.service}: all traffic back to stable`,
    heartbeatTimeout: '3 seconds',
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  } as const;
  const startedMs = Date.now();
  try {
    const result = await traffic.restore.executeWithOptions(options, [{ plan, arms, epoch, fallbackCold }]);
    // The activity knows its last attempt only; the workflow's clock knows them all.
    const tookMs = Math.max(result.tookMs, Date.now() - startedMs);
    return { kind: 'restored', attempts: result.attempts, tookMs };
  } finally {
    ladder.cancel();
    await climbed;
  }
}

/** The share of `rollback.timeout` that belongs to the data plane alone. */
const firstShare = 0.5;

/** What happens while the data plane does not obey: the second means at half of the time, the alarm at its end. */
async function climb({ plan, arms, promotedAtMs }: RolloutState, report: Report): Promise<void> {
  const { timeoutMs, secondMeans } = plan.rollback;
  const startedMs = Date.now();
  // After a promotion the new version is the stable one: cutting it off would be an outage.
  if (arms !== null && promotedAtMs === null && secondMeans.length > 0) {
    await sleep(timeoutMs * firstShare, { summary: 'second means' });
    for (const means of secondMeans) report({ kind: 'cut-off', means, ...(await cutOff(plan, arms, means)) });
  }
  await sleep(Math.max(1, startedMs + timeoutMs - Date.now()), { summary: 'rollback.timeout' });
  const reason = `severity 1: the canary could not be read at 0 % within ${timeoutMs} ms; still trying`;
  report({ kind: 'restore-late', reason });
}

async function cutOff(plan: Plan, arms: Arms, means: SecondMeans): Promise<{ problem: string | null }> {
  try {
    const options = { summary: `${plan.service}: ${means}`, retry: { maximumAttempts: 2 } } as const;
    await traffic.cutOff.executeWithOptions(options, [{ plan, arms, means }]);
    return { problem: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: reasonOf(error) };
  }
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

function armsOf(state: RolloutState): Arms {
  if (state.arms === null) throw new Error('the rollout moves traffic before it is prepared');
  return state.arms;
}

/** The message of what really failed, under Temporal's wrapping. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The evidence that a watch left when its worker went away: its last heartbeat, or what it said when it was shut down. */
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
