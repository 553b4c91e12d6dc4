/** Builds the audit of a rollout from its history: nothing in it comes from anywhere else. */

import { type Audit, rolloutStatusSchema, timelineEntrySchema } from '../api/contract.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import { actionsOf } from './actions.ts';
import { deedsOf } from './activities.ts';
import { agreementOf, type Recorded } from './agreement.ts';
import { eventsOf, fieldOf, firstOf, numberOf, type RunHistory, timeOf } from './history.ts';
import type { Replay } from './replay.ts';

export interface AuditSource {
  readonly target: string;
  readonly workflowId: string;
  readonly temporalStatus: string;
  /** Oldest first. */
  readonly runs: readonly RunHistory[];
  /** The running workflow's own account, asked for before the history was fetched; null: none. */
  readonly status: RolloutStatus | null;
}

export async function buildAudit(source: AuditSource, replay: Replay): Promise<Audit> {
  const { target, workflowId, temporalStatus, runs } = source;
  const events = eventsOf(runs);
  const outcome = await replay(workflowId, runs);
  const recorded = recordedOf(source);
  const before = toldBefore(runs);
  const deeds = runs.map(({ history }) => deedsOf(history.events ?? []));
  const [first] = events;
  return {
    target,
    workflowId,
    runs: runs.map(({ runId }) => runId),
    temporalStatus,
    startedAtMs: first ? timeOf(first) : 0,
    endedAtMs: endOf(source),
    plan: planOf(runs),
    events: events.length,
    actions: actionsOf(events),
    watches: deeds.flatMap(({ watches }) => watches),
    writes: deeds.flatMap(({ writes }) => writes),
    failures: deeds.flatMap(({ failures }) => failures),
    timeline: outcome.ran ? [...before.timeline, ...outcome.timeline] : [...(recorded?.timeline ?? [])],
    replay: agreementOf(outcome, recorded, before),
  };
}

/** What an ended rollout left as its result; of a running one, what it said of itself. */
function recordedOf({ runs, status }: AuditSource): Recorded | null {
  const result = resultOf(runs);
  if (result) return { timeline: result.timeline, dropped: result.droppedEntries, open: false };
  return status ? { timeline: status.timeline, dropped: status.droppedEntries, open: true } : null;
}

/** The account that a rollout gave at its end; null: it gave none, such as one that was terminated. */
export function resultOf(runs: readonly RunHistory[]): RolloutStatus | null {
  const completed = runs.at(-1)?.history.events?.at(-1)?.workflowExecutionCompletedEventAttributes;
  const reading = rolloutStatusSchema.safeParse(firstOf(completed?.result));
  return reading.success ? reading.data : null;
}

/** A continued run carries the story so far in its input; it counts when the runs before are gone. */
export function toldBefore(runs: readonly RunHistory[]): Pick<Recorded, 'timeline' | 'dropped'> {
  const state = fieldOf(inputOf(runs), 'state');
  const timeline = timelineEntrySchema.array().catch([]).parse(fieldOf(state, 'timeline'));
  return { timeline, dropped: numberOf(fieldOf(state, 'droppedEntries')) ?? 0 };
}

export function planOf(runs: readonly RunHistory[]): Record<string, unknown> | null {
  const plan = fieldOf(inputOf(runs), 'plan');
  return typeof plan === 'object' && plan !== null ? { ...plan } : null;
}

export function inputOf(runs: readonly RunHistory[]): unknown {
  return firstOf(runs[0]?.history.events?.[0]?.workflowExecutionStartedEventAttributes?.input);
}

function endOf({ runs, temporalStatus }: AuditSource): number | null {
  const last = runs.at(-1)?.history.events?.at(-1);
  return last && temporalStatus !== 'RUNNING' ? timeOf(last) : null;
}
