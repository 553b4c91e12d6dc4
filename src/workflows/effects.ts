/** How each piece of work is done: which activity, on which queue, with which time-outs. */
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { RestoreActivities, WatchActivities } from '../activities/types.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import { heartbeatTimeoutMs } from '../domain/rollout/pace.ts';
import type { Arms, Effect, RolloutEvent, RolloutState } from '../domain/rollout/types.ts';

type Report = (event: RolloutEvent) => void;

const long = proxyActivities<WatchActivities>({
  taskQueue: taskQueues.watch,
  startToCloseTimeout: '10 minutes',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const traffic = proxyActivities<RestoreActivities>({
  taskQueue: taskQueues.restore,
  startToCloseTimeout: '10 seconds',
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
      return { kind: 'shifted', ...(await traffic.shift.executeWithOptions({ summary }, [input])) };
    }
    case 'watch':
      return await watch(effect, state, epoch);
    case 'promote': {
      const summary = `${plan.service}: make ${plan.version} stable`;
      await traffic.promote.executeWithOptions({ summary }, [{ plan, arms: armsOf(state), epoch }]);
      return { kind: 'promoted' };
    }
    case 'restore':
      return await restore(state, epoch, report);
    case 'clean':
      return await clean(state);
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
    carry,
  };
  return { kind: 'watched', result: await long.watch.executeWithOptions(options, [input]) };
}

/** Tried for ever, with an alarm at the deadline: whoever gives up here leaves users on a bad version. */
async function restore(state: RolloutState, epoch: number, report: Report): Promise<RolloutEvent> {
  const { plan, arms, fallbackCold } = state;
  const alarm = new CancellationScope({ cancellable: true });
  const late = alarm.run(async () => {
    await sleep(plan.rollback.timeoutMs, { summary: 'rollback.timeout' });
    const reason = `the canary could not be read at 0 % within ${plan.rollback.timeoutMs} ms; still trying`;
    report({ kind: 'restore-late', reason });
  });
  const options = {
    summary: `${plan.service}: all traffic back to stable`,
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  } as const;
  const result = await traffic.restore.executeWithOptions(options, [{ plan, arms, epoch, fallbackCold }]);
  alarm.cancel();
  await late.catch((error) => {
    if (!isCancellation(error)) throw error;
  });
  return { kind: 'restored', ...result };
}

async function clean(state: RolloutState): Promise<RolloutEvent> {
  const { plan, arms, cause } = state;
  const options = { summary: 'verify, then clean up', retry: { maximumAttempts: 3 } } as const;
  try {
    const result = await long.clean.executeWithOptions(options, [
      { plan, arms, leaving: cause ? 'canary' : 'old' },
    ]);
    return result.unsafe === null
      ? { kind: 'cleaned', problem: result.problem }
      : { kind: 'unsafe', reason: result.unsafe };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return {
      kind: 'cleaned',
      problem: error instanceof Error ? (error.cause ?? error).toString() : String(error),
    };
  }
}

function armsOf(state: RolloutState): Arms {
  if (state.arms === null) throw new Error('the rollout moves traffic before it is prepared');
  return state.arms;
}
