/** The evidence and the deeds: what each watch found, each traffic write with its read-back, and what failed. */
import type { AuditFailure, AuditWatch, AuditWrite } from '../api/contract.ts';
import { checkRecordSchema, verdictSchema, watchSeriesSchema } from '../api/contract.ts';
import { fieldOf, firstOf, type HistoryEvent, idOf, numberOf, textOf, timeOf } from './history.ts';

const trafficWrites = ['shift', 'promote', 'ramp', 'restore'];

interface Deeds {
  readonly watches: readonly AuditWatch[];
  readonly writes: readonly AuditWrite[];
  readonly failures: readonly AuditFailure[];
}

/** How an activity ended; `failure` is null when it completed. */
interface Ending {
  readonly event: HistoryEvent;
  readonly result: unknown;
  /** What one that was lost told last. */
  readonly left?: unknown;
  readonly failure: { readonly kind: AuditFailure['kind']; readonly message: string } | null;
}

/** The events of one run: event ids begin anew in each. */
export function deedsOf(events: readonly HistoryEvent[]): Deeds {
  const byId = new Map(events.map((event) => [idOf(event.eventId), event]));
  const watches: AuditWatch[] = [];
  const writes: AuditWrite[] = [];
  const failures: AuditFailure[] = events.flatMap(taskFailureOf);
  for (const event of events) {
    const link = linkOf(event);
    const scheduled = byId.get(link?.scheduled ?? -1);
    if (!link || !scheduled) continue;
    const activity = scheduled.activityTaskScheduledEventAttributes?.activityType?.name ?? 'unknown';
    const input = firstOf(scheduled.activityTaskScheduledEventAttributes?.input);
    const ending = endingOf(event);
    if (ending.failure)
      failures.push({ atMs: timeOf(event), eventId: idOf(event.eventId), activity, ...ending.failure });
    if (trafficWrites.includes(activity)) {
      const attempt = byId.get(link.started)?.activityTaskStartedEventAttributes?.attempt ?? 0;
      const tookMs = timeOf(event) - timeOf(scheduled);
      writes.push({ ...writeOf(activity, input, ending), tookMs, attempt });
    }
    // A watch that was called off hands back what it knew, and one that was lost has left its last heartbeat.
    const known = ending.result ?? ending.left;
    if (activity === 'watch' && known !== undefined) watches.push(watchOf(input, event, known));
  }
  return { watches, writes, failures: failures.sort((a, b) => a.atMs - b.atMs) };
}

function linkOf(event: HistoryEvent): { scheduled: number; started: number } | null {
  const attributes =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return attributes
    ? { scheduled: idOf(attributes.scheduledEventId), started: idOf(attributes.startedEventId) }
    : null;
}

function endingOf(event: HistoryEvent): Ending {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return { event, result: firstOf(completed.result) ?? null, failure: null };
  const canceled = event.activityTaskCanceledEventAttributes;
  if (canceled) {
    return {
      event,
      result: firstOf(canceled.details),
      failure: { kind: 'cancelled', message: 'was called off' },
    };
  }
  const timedOut = event.activityTaskTimedOutEventAttributes;
  const failure = (timedOut ?? event.activityTaskFailedEventAttributes)?.failure;
  const message = failure?.cause?.message ?? failure?.message ?? 'no message';
  const left = failure?.timeoutFailureInfo?.lastHeartbeatDetails ?? failure?.applicationFailureInfo?.details;
  const kind = timedOut ? 'timed-out' : 'failed';
  return { event, result: undefined, left: firstOf(left), failure: { kind, message } };
}

function writeOf(activity: string, input: unknown, { event, result, failure }: Ending) {
  const stage = numberOf(fieldOf(input, 'stage'));
  const asked = activity === 'shift' ? numberOf(fieldOf(stageOf(input, stage), 'weightPercent')) : null;
  return {
    atMs: timeOf(event),
    eventId: idOf(event.eventId),
    activity,
    stage,
    epoch: numberOf(fieldOf(input, 'epoch')),
    askedPercent: activity === 'restore' ? 0 : activity === 'promote' ? 100 : asked,
    // A way down has written several shares, each with its time.
    readBack: (activity === 'ramp' ? fieldOf(result, 'steps') : result) ?? null,
    failure: failure?.message ?? null,
  };
}

function watchOf(input: unknown, event: HistoryEvent, result: unknown): AuditWatch {
  const stage = numberOf(fieldOf(input, 'stage'));
  const ending = fieldOf(result, 'ending');
  const carry = fieldOf(result, 'carry');
  const series = watchSeriesSchema.safeParse(fieldOf(result, 'series'));
  return {
    atMs: timeOf(event),
    eventId: idOf(event.eventId),
    stage,
    name: textOf(fieldOf(stageOf(input, stage), 'name')),
    mode: textOf(fieldOf(input, 'mode')),
    ending: textOf(fieldOf(ending, 'kind')) ?? 'unknown',
    reason: textOf(fieldOf(ending, 'reason')),
    watchedMs: numberOf(fieldOf(carry, 'watchedMs')) ?? 0,
    looks: numberOf(fieldOf(carry, 'looks')) ?? 0,
    checks: checkRecordSchema.array().catch([]).parse(fieldOf(carry, 'checks')),
    verdicts: verdictSchema.array().catch([]).parse(fieldOf(result, 'verdicts')),
    ...(series.success ? { series: series.data } : {}),
  };
}

function stageOf(input: unknown, stage: number | null): unknown {
  const stages = fieldOf(fieldOf(input, 'plan'), 'stages');
  return Array.isArray(stages) && stage !== null ? stages[stage] : undefined;
}

function taskFailureOf(event: HistoryEvent): AuditFailure[] {
  const failed = event.workflowTaskFailedEventAttributes;
  if (!failed) return [];
  const message = failed.failure?.message ?? 'the workflow task failed';
  return [
    { atMs: timeOf(event), eventId: idOf(event.eventId), activity: 'workflow', kind: 'task-failed', message },
  ];
}
