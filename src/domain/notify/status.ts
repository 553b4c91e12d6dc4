/** What the companion tells of its deliveries: the answer of its query, and its result at the end. */
import type { Ack, NoticesState, Receiver } from './state.ts';
import type { NoticeEvent, Severity } from './types.ts';

export interface NoticesStatus {
  readonly target: string;
  readonly runId: string;
  readonly receivers: readonly ReceiverStatus[];
  /** What somebody may have to act on; null: nothing. */
  readonly trouble: {
    readonly event: NoticeEvent;
    readonly severity: Severity;
    readonly title: string;
    readonly text: string;
    readonly sinceMs: number;
    readonly ack: Ack | null;
    /** When the next ones are told; null: nobody is left, or it is acknowledged. */
    readonly escalatesAtMs: number | null;
  } | null;
  /** The rollout has ended, and everything is told or given up. */
  readonly complete: boolean;
}

interface ReceiverStatus
  extends Pick<Receiver, 'delivered' | 'cooled' | 'lost' | 'lastDeliveredAtMs' | 'lastProblem'> {
  readonly name: string;
  readonly pending: number;
  /** When the oldest notice that waits happened; null: none waits. */
  readonly oldestAtMs: number | null;
}

export function noticesStatusOf(state: NoticesState, complete: boolean): NoticesStatus {
  const { subject, receivers, trouble, escalations } = state;
  return {
    target: subject.target,
    runId: subject.runId,
    receivers: Object.entries(receivers).map(([name, receiver]) => receiverStatus(name, receiver)),
    trouble: trouble && {
      event: trouble.notice.event,
      severity: trouble.severity,
      title: trouble.notice.title,
      text: trouble.notice.text,
      sinceMs: trouble.notice.atMs,
      ack: trouble.ack,
      escalatesAtMs: escalations[0]?.dueAtMs ?? null,
    },
    complete,
  };
}

function receiverStatus(name: string, receiver: Receiver): ReceiverStatus {
  const { pending, delivered, cooled, lost, lastDeliveredAtMs, lastProblem } = receiver;
  return {
    name,
    pending: pending.length,
    oldestAtMs: pending[0]?.notice.atMs ?? null,
    delivered,
    cooled,
    lost,
    lastDeliveredAtMs,
    lastProblem,
  };
}
