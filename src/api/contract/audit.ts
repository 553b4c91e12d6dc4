/** The audit of one rollout: who did what, the evidence, the traffic writes, and whether a replay agreed. */
import { z } from 'zod';
import { watchSeriesSchema } from './series.ts';
import { checkRecordSchema, timelineEntrySchema, verdictSchema } from './status.ts';

export const auditActionSchema = z.object({
  atMs: z.number(),
  eventId: z.number(),
  via: z.enum(['start', 'update', 'signal', 'cancel', 'terminate']),
  /** `start`, a command's name, `cancel`, `terminate`, or whatever signal was sent. */
  name: z.string(),
  /** Who the payload says it was; a claim until authentication exists. */
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  requestId: z.string().nullable(),
  /** The client that Temporal recorded, such as `temporal-cli:alice@laptop`; set by that client. */
  identity: z.string().nullable(),
  /** For updates: the refusal or failure, if there was one. */
  refused: z.string().nullable(),
});
export type AuditAction = z.infer<typeof auditActionSchema>;

export const auditWatchSchema = z.object({
  atMs: z.number(),
  eventId: z.number(),
  stage: z.number().nullable(),
  name: z.string().nullable(),
  mode: z.string().nullable(),
  ending: z.string(),
  reason: z.string().nullable(),
  watchedMs: z.number(),
  looks: z.number(),
  checks: z.array(checkRecordSchema),
  /** The last looks, newest last. */
  verdicts: z.array(verdictSchema),
  /** Of all looks, thinned; absent: the watch is of a version that kept none. */
  series: z.exactOptional(watchSeriesSchema),
});
export type AuditWatch = z.infer<typeof auditWatchSchema>;

export const auditWriteSchema = z.object({
  atMs: z.number(),
  eventId: z.number(),
  activity: z.string(),
  stage: z.number().nullable(),
  epoch: z.number().nullable(),
  /** The share that was asked for, percent. */
  askedPercent: z.number().nullable(),
  /** What the data plane said when it was read afterwards, as the activity reported it. */
  readBack: z.unknown(),
  /** From scheduling to the end, all attempts included. */
  tookMs: z.number(),
  attempt: z.number(),
  failure: z.string().nullable(),
});
export type AuditWrite = z.infer<typeof auditWriteSchema>;

export const auditFailureSchema = z.object({
  atMs: z.number(),
  eventId: z.number(),
  activity: z.string(),
  kind: z.enum(['failed', 'timed-out', 'cancelled', 'task-failed']),
  message: z.string(),
});
export type AuditFailure = z.infer<typeof auditFailureSchema>;

export const auditReplaySchema = z.object({
  /** True only when the replay ran to its end and everything it could be compared with was equal. */
  agreed: z.boolean(),
  detail: z.string(),
});
export type AuditReplay = z.infer<typeof auditReplaySchema>;

export const auditSchema = z
  .object({
    target: z.string(),
    workflowId: z.string(),
    /** Run ids of the rollout, oldest first: more than one after a continue-as-new. */
    runs: z.array(z.string()),
    temporalStatus: z.string(),
    startedAtMs: z.number(),
    endedAtMs: z.number().nullable(),
    plan: z.record(z.string(), z.unknown()).nullable(),
    events: z.number(),
    actions: z.array(auditActionSchema),
    watches: z.array(auditWatchSchema),
    writes: z.array(auditWriteSchema),
    failures: z.array(auditFailureSchema),
    /** The story as the replay told it; as it was recorded when the replay could not run. */
    timeline: z.array(timelineEntrySchema),
    replay: auditReplaySchema,
  })
  .meta({ id: 'Audit' });
export type Audit = z.infer<typeof auditSchema>;
