/**
 * The companion's work outside of Temporal: whom to tell, telling one receiver, and whether the rollout is still there.
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { SluiceError } from '../../domain/errors.ts';
import { incidentsReceiver } from '../../domain/notify/names.ts';
import { type Directions, routingOf } from '../../domain/notify/routing.ts';
import type { Message, NoticeActivities, Thread } from '../../domain/notify/types.ts';
import { within } from '../../providers/limit.ts';
import type { Notifier } from '../../providers/notifiers/types.ts';
import { translated } from '../failures.ts';

export interface NoticeDeps extends Directions {
  /** Errors: `provider-unknown`. */
  notifier(name: string): Notifier;
  /** Opens the target's incident, or adds to the one that is open. */
  report(message: Message): Promise<void>;
  readonly giveUpAfterMs: number;
  /** Where people look at rollouts; null: nowhere. */
  readonly url: string | null;
  /** Whether no run of the workflow is open any more that began with this first run. */
  isOver(workflowId: string, firstRunId: string): Promise<boolean>;
  /** Told of each attempt to tell a receiver. Default: nobody counts. */
  readonly onDelivery?: (receiver: string, result: DeliveryResult) => void;
}

export type DeliveryResult = 'delivered' | 'failed';

const answerWithinMs = 10_000;

export function createNoticeActivities(deps: NoticeDeps): NoticeActivities {
  return {
    route: async ({ subject, notices, channels }) => ({
      routings: notices.map((notice) => routingOf(notice, subject, channels, deps)),
      giveUpAfterMs: deps.giveUpAfterMs,
    }),
    deliver: (input) => counted(deps, input.to, () => deliver(deps, input)),
    isLost: async ({ workflowId, runId }) => await deps.isOver(workflowId, runId),
  };
}

async function deliver(
  deps: NoticeDeps,
  { to, message }: Parameters<NoticeActivities['deliver']>[0],
): Promise<{ thread: Thread | null }> {
  if (to === incidentsReceiver) {
    await deps.report(message);
    return { thread: null };
  }
  let kept = keptThread();
  const told = {
    ...message,
    thread: kept ?? message.thread,
    link: linkTo(deps.url, message.subject),
    keep: (thread: Thread) => {
      kept = thread;
      heartbeat(thread);
    },
  };
  const notifier = deps.notifier(to);
  const thread = await within(
    answerWithinMs,
    (signal) => notifier.tell(told, signal),
    cancellationSignal(),
  ).catch((error: unknown) => {
    throw later(error);
  });
  return { thread: thread ?? kept };
}

/** What an attempt before this one has kept. */
function keptThread(): Thread | null {
  const { heartbeatDetails } = activityInfo();
  return typeof heartbeatDetails === 'object' && heartbeatDetails !== null
    ? (heartbeatDetails as Thread)
    : null;
}

/** As the receiver wants it: not before the pause that it asks for. */
function later(error: unknown): unknown {
  if (!(error instanceof SluiceError) || typeof error.details.retryAfterMs !== 'number') return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nextRetryDelay: error.details.retryAfterMs,
  });
}

function linkTo(
  url: string | null,
  { environment, service, runId }: { environment: string; service: string; runId: string },
) {
  return url === null ? null : `${url.replace(/\/$/, '')}/v1/rollouts/${environment}/${service}?run=${runId}`;
}

/** Deliveries and failures by receiver. */
async function counted<T>({ onDelivery }: NoticeDeps, receiver: string, work: () => Promise<T>): Promise<T> {
  try {
    const done = await translated(work);
    onDelivery?.(receiver, 'delivered');
    return done;
  } catch (error) {
    onDelivery?.(receiver, 'failed');
    throw error;
  }
}
