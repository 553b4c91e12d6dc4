/** The story of one emergency: sweep the scope until all is back, then block it until somebody releases it. */
import type { SearchAttributePair } from '@temporalio/common';
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  nextSweepInMs,
  noted,
  onAgain,
  onRelease,
  onSwept,
  openedState,
  sweepInputOf,
} from '../domain/emergency/state.ts';
import {
  type EmergencyPhase,
  type EmergencyStatus,
  emergencyDetailsOf,
  emergencyStatusOf,
  phaseOf,
} from '../domain/emergency/status.ts';
import type { EmergencyActivities, EmergencyInput, EmergencyState } from '../domain/emergency/types.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import { reasonOf } from './effects.ts';
import { listenForEmergency } from './emergency-messages.ts';

const { sweep } = proxyActivities<EmergencyActivities>({
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
      const { order } = run.state;
      const options = { summary: `bring ${order.scope.slice(0, 5).join(', ')} back` };
      const result = await sweep.executeWithOptions(options, [sweepInputOf(run.state)]);
      // Who asked for more meanwhile gets a sweep of its own.
      if (run.state.order.to === order.to) run.state = onSwept(run.state, result, Date.now());
      run.show();
      if (workflowInfo().continueAsNewSuggested && !run.state.release) {
        await continueAsNew<typeof emergency>({ ...run.state.order, state: run.state });
      }
    }
    await liftStops(run);
    run.state = { ...run.state, closedAtMs: Date.now() };
    run.show();
    return emergencyStatusOf(run.state);
  });
}

/** What cannot be released here can be with `sluice emergency-stop --release`; the block itself ends in any case. */
async function liftStops(run: EmergencyRun): Promise<void> {
  const { stoppedAll } = run.state.order;
  if (stoppedAll.length === 0) return;
  try {
    for (const { traffic, problem } of await releasePlanes(stoppedAll)) {
      run.note(`everything behind ${traffic} stays stopped: ${problem}`);
    }
  } catch (error) {
    run.note(`stops of everything may stay: ${reasonOf(error)}`);
  }
}

const phaseKey = defineSearchAttributeKey('SluicePhase', 'KEYWORD');

export class EmergencyRun {
  state: EmergencyState;
  private shown: EmergencyPhase | null = null;
  private wishes = 0;

  constructor(input: EmergencyInput) {
    this.state = openedState(input, Date.now());
    this.show();
  }

  again(wish: Parameters<typeof onAgain>[1]): void {
    this.state = onAgain(this.state, wish, Date.now());
    this.wishes += 1;
    this.show();
  }

  release(by: { readonly actor: string; readonly reason: string }): void {
    this.state = onRelease(this.state, { ...by, atMs: Date.now() });
    this.show();
  }

  note(text: string): void {
    this.state = noted(this.state, { text, actor: null, atMs: Date.now() });
  }

  /** Resolves when the next sweep is due, at once when somebody asks for it or releases. */
  async untilDue(): Promise<void> {
    const dueInMs = nextSweepInMs(this.state);
    const before = this.wishes;
    const called = () => this.state.release !== null || this.wishes !== before;
    if (dueInMs === null) await condition(called);
    else if (dueInMs > 0) await condition(called, dueInMs);
  }

  show(): void {
    setCurrentDetails(emergencyDetailsOf(this.state));
    const phase = phaseOf(this.state);
    if (phase === this.shown) return;
    this.shown = phase;
    const pair: SearchAttributePair = { key: phaseKey, value: phase };
    upsertSearchAttributes([pair]);
  }
}
