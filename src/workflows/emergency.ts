/** The story of one emergency: sweep the scope until all is back, then block it until somebody releases it. */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import { findInputOf, onFound, onSwept, sweepInputsOf } from '../domain/emergency/state.ts';
import { type EmergencyStatus, emergencyStatusOf } from '../domain/emergency/status.ts';
import type { EmergencyActivities } from '../domain/emergency/sweep.ts';
import type { EmergencyInput } from '../domain/emergency/types.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import { listenForEmergency } from './emergency-messages.ts';
import { EmergencyRun } from './emergency-run.ts';
import { reasonOf } from './proxies.ts';

const { find, sweep } = proxyActivities<EmergencyActivities>({
  taskQueue: taskQueues.restore,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '5 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  // For ever: whoever stops looking here leaves users on a bad version.
  retry: { initialInterval: '1s', backoffCoefficient: 1 },
});
const { releasePlanes } = proxyActivities<EmergencyActivities>({
  taskQueue: taskQueues.restore,
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});

export async function emergency(input: EmergencyInput): Promise<EmergencyStatus> {
  const run = new EmergencyRun(input);
  listenForEmergency(run);
  CancellationScope.current().cancelRequested.catch(() =>
    run.note('cancellation does nothing here: release it with an actor and a reason'),
  );
  return await CancellationScope.nonCancellable(async () => {
    while (!run.state.release) {
      await run.untilDue();
      if (run.state.release) break;
      await sweepOnce(run).catch((error) => sweepFailed(run, error));
      run.show();
      if (workflowInfo().continueAsNewSuggested && !run.state.release) {
        await run.told();
        await continueAsNew<typeof emergency>({ ...run.state.order, state: run.state });
      }
    }
    await liftStops(run);
    run.show();
    await run.told();
    return emergencyStatusOf(run.state);
  });
}

async function sweepOnce(run: EmergencyRun): Promise<void> {
  const before = run.state;
  const { order } = before;
  const summary = `bring ${order.scope.slice(0, 5).join(', ')} back`;
  const result = await find.executeWithOptions({ summary }, [findInputOf(before)]);
  // Who asked for more meanwhile gets a sweep of its own.
  if (run.isOutdated(order)) return;
  run.state = onFound(run.state, result, Date.now());
  const inputs = sweepInputsOf(run.state, result);
  const looks = await Promise.all(inputs.map((input) => sweep.executeWithOptions({ summary }, [input])));
  if (!run.isOutdated(order)) run.state = onSwept(before, run.state, looks, Date.now());
}

/** An emergency never ends by a failure: with it the block would go, in silence. */
async function sweepFailed(run: EmergencyRun, error: unknown): Promise<void> {
  run.note(`a sweep failed and is done again: ${reasonOf(error)}`);
  await condition(() => run.state.release !== null, afterFailure);
}

const afterFailure = '5 seconds';

/** What cannot be released here can be with `sluice emergency-stop --release`; the block itself ends in any case. */
async function liftStops(run: EmergencyRun): Promise<void> {
  const { id, stoppedAll } = run.state.order;
  if (stoppedAll.length === 0) return;
  try {
    for (const { traffic, problem } of await releasePlanes(stoppedAll, id)) {
      run.note(`everything behind ${traffic} stays stopped: ${problem}`);
    }
  } catch (error) {
    run.note(`stops of everything may stay: ${reasonOf(error)}`);
  }
}
