/**
 * The companion of one rollout: tells people what the rollout tells it. It has a task queue of its own and the rollout
 * never waits for it, so a receiver that is dead or slow changes nothing but its own queue.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import { type NoticesInput, noticesQueue } from '../domain/notify/names.ts';
import { dueFor } from '../domain/notify/receivers.ts';
import { isOver, isTold, nextDueMs } from '../domain/notify/state.ts';
import { type NoticesStatus, noticesStatusOf } from '../domain/notify/status.ts';
import type { Message, NoticeActivities } from '../domain/notify/types.ts';
import { listenForNotices } from './notices-messages.ts';
import { NoticesRun } from './notices-run.ts';
import { reasonOf } from './proxies.ts';

const quick = proxyActivities<NoticeActivities>({
  taskQueue: noticesQueue,
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

const { deliver } = proxyActivities<NoticeActivities>({
  taskQueue: noticesQueue,
  startToCloseTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** How often it looks whether the rollout is still there. */
const lookEveryMs = 10 * 60_000;

export async function notices(input: NoticesInput): Promise<NoticesStatus> {
  const run = new NoticesRun(input);
  listenForNotices(run);
  return await CancellationScope.nonCancellable(async () => {
    const deliveries = new CancellationScope({ cancellable: true });
    while (!hasEnded(run) || run.hasWork()) {
      await routeFresh(run);
      run.onTime();
      for (const to of Object.keys(run.state.receivers)) beginDelivery(run, deliveries, to);
      await nextTurn(run);
      if (workflowInfo().continueAsNewSuggested) await goOn(run, deliveries, input);
    }
    return noticesStatusOf(run.state, true);
  });
}

/** Trouble that outlives its rollout is still escalated. */
function hasEnded({ state }: NoticesRun): boolean {
  return isOver(state) || (isTold(state) && !patched('escalates-after-the-end'));
}

/** Resolves when something has come, has been delivered or is due. */
async function nextTurn(run: NoticesRun): Promise<void> {
  const turns = run.turns;
  const moved = () => run.turns !== turns || run.hasWork();
  if (moved()) return;
  const dueMs = nextDueMs(run.state, run.busy);
  const looksMs = run.state.ended ? null : run.state.heardAtMs + lookEveryMs;
  const wakesMs = Math.min(dueMs ?? Number.POSITIVE_INFINITY, looksMs ?? Number.POSITIVE_INFINITY);
  if (wakesMs === Number.POSITIVE_INFINITY) return await condition(moved);
  const waitMs = wakesMs - Date.now();
  const woken = waitMs > 0 && (await condition(moved, waitMs));
  if (!woken && looksMs !== null && Date.now() >= looksMs) await look(run);
}

async function look(run: NoticesRun): Promise<void> {
  run.looked();
  const options = { retry: { maximumAttempts: 3 } } as const;
  // Who cannot say so now is asked again the next time.
  const isLost = await quick.isLost.executeWithOptions(options, [run.state.subject]).catch(() => false);
  if (isLost) run.lost();
}

async function routeFresh(run: NoticesRun): Promise<void> {
  const fresh = run.takeFresh();
  if (fresh.length === 0) return;
  const { subject, channels } = run.state;
  const { routings, giveUpAfterMs } = await quick.route({ subject, notices: fresh, channels });
  run.routed(fresh, routings, giveUpAfterMs);
}

/** One message at a time to each receiver, so that they arrive in order. */
function beginDelivery(run: NoticesRun, scope: CancellationScope, to: string): void {
  const receiver = run.state.receivers[to];
  if (receiver === undefined || run.busy.has(to)) return;
  const due = dueFor(receiver, Date.now());
  if (due.length === 0) return;
  run.busy.add(to);
  const { subject, giveUpAfterMs } = run.state;
  const message: Message = { subject, notices: due, thread: receiver.thread };
  const options = {
    // The API finds the receiver that is being tried by this.
    activityId: `${to}#${run.nextDelivery()}`,
    summary: `${subject.target} to ${to}: ${due.map(({ event }) => event).join(', ')}`.slice(0, 200),
    scheduleToCloseTimeout: giveUpAfterMs,
  };
  const sent = scope.run(() => deliver.executeWithOptions(options, [{ to, message }]));
  run.inFlight(
    sent.then(
      ({ thread }) => run.delivered(to, due, thread),
      (error: unknown) => {
        if (isCancellation(error)) run.freed(to);
        else run.undelivered(to, due, reasonOf(error));
      },
    ),
  );
}

/** A long story goes on in a new run; what waits for a receiver that is away is tried from there. */
async function goOn(run: NoticesRun, deliveries: CancellationScope, input: NoticesInput): Promise<void> {
  deliveries.cancel();
  await run.landed();
  // What came meanwhile is known already, so it would not be heard a second time.
  while (run.hasWork()) await routeFresh(run);
  await continueAsNew<typeof notices>({ ...input, told: [], notices: [], state: run.state });
}
