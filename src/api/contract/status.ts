/** What a rollout tells of itself, as schemas: the status, the live progress and the evidence of checks. */
import { z } from 'zod';
import type { CheckRecord, Verdict } from '../../domain/analysis/types.ts';
import type { Approval, GateReport, Override, OverrideRequest } from '../../domain/gates/types.ts';
import type { RollbackStrategy } from '../../domain/plan/types.ts';
import type { RollbackRecord } from '../../domain/rollout/rollback-record.ts';
import type { RolloutStatus, WatchProgress } from '../../domain/rollout/status.ts';
import {
  type ActionReport,
  type Arms,
  commandNames,
  type EventFacts,
  type Outcome,
  type Phase,
  type RollbackCause,
  type StageReport,
  type TimelineEntry,
  type TimelineKind,
  type WatchCarry,
  type WatchMode,
} from '../../domain/rollout/types.ts';

/** A text of which more kinds may come; a reader that does not know one shows it as it is. */
function openText<T extends string>(): z.ZodType<T> {
  return z.string() as unknown as z.ZodType<T>;
}

const phases: { [P in Phase]: P } = {
  gating: 'gating',
  preparing: 'preparing',
  shifting: 'shifting',
  soaking: 'soaking',
  holding: 'holding',
  approving: 'approving',
  promoting: 'promoting',
  watching: 'watching',
  restoring: 'restoring',
  cleaning: 'cleaning',
  promoted: 'promoted',
  'rolled-back': 'rolled-back',
  refused: 'refused',
};
const outcomes: { [O in Outcome]: O } = {
  promoted: 'promoted',
  'rolled-back': 'rolled-back',
  refused: 'refused',
};

export const phaseSchema = z.enum(phases);
export const outcomeSchema = z.enum(outcomes);

const atMs = z.number().describe('epoch milliseconds');

export const verdictSchema: z.ZodType<Verdict> = z
  .object({
    check: z.string(),
    kind: z.enum(['pass', 'fail', 'no-data', 'error']),
    reason: z.string(),
    canary: z.number().nullable(),
    stable: z.number().nullable(),
    canarySamples: z.number().nullable(),
    stableSamples: z.number().nullable(),
    atMs,
    statistics: z
      .object({
        eValue: z.number().describe('Evidence against "no worse than stable"; 1 is none.'),
        failsAt: z.number().describe('The evidence at which the check fails.'),
        confidence: z.number().describe('Of the interval, for all looks of the stage together.'),
        difference: z
          .object({ low: z.number(), high: z.number() })
          .describe("Canary's share of bad requests minus stable's, %."),
        looks: z.number(),
        dispersion: z.number().describe('1: no bursts.'),
      })
      .exactOptional()
      .describe('Of checks that count: what the sequential test knows.'),
  })
  .meta({ id: 'Verdict', description: 'One look of one check.' });

export const checkRecordSchema: z.ZodType<CheckRecord> = z
  .object({
    name: z.string(),
    looks: z.number(),
    passes: z.number(),
    failures: z.number(),
    noData: z.number(),
    errors: z.number(),
    consecutiveFailures: z.number(),
    consecutiveErrors: z.number(),
    failingSinceMs: atMs.nullable(),
    recent: z.array(z.boolean()),
    answer: z.enum(['pass', 'fail', 'no-data']).nullable(),
    last: verdictSchema.nullable(),
    worst: verdictSchema.nullable(),
  })
  .meta({ id: 'CheckRecord', description: 'What a check has accumulated over a stage.' });

export const timelineEntrySchema: z.ZodType<TimelineEntry> = z
  .object({
    atMs,
    kind: openText<TimelineKind>(),
    text: z.string(),
    stage: z.number().nullable(),
    actor: z.string().nullable(),
    data: z.exactOptional(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'TimelineEntry', description: 'One line of the rollout’s story.' });

const armsSchema = z.object({
  stableSlot: z.enum(['blue', 'green']),
  stableVersion: z.string(),
  canaryVersion: z.string(),
}) satisfies z.ZodType<Arms>;

const eventFactsSchema = z.object({
  id: z.string(),
  type: openText<EventFacts['type']>(),
  severity: openText<EventFacts['severity']>(),
  title: z.string(),
  source: z.string(),
}) satisfies z.ZodType<EventFacts>;

const causeSchema = z.object({
  kind: openText<RollbackCause['kind']>(),
  reason: z.string(),
  actor: z.string().nullable(),
  atMs,
  event: z.exactOptional(eventFactsSchema),
}) satisfies z.ZodType<RollbackCause>;

const stageReportSchema = z.object({
  name: z.string(),
  weightPercent: z.number(),
  startedAtMs: atMs,
  endedAtMs: atMs.nullable(),
  plannedMs: z.number(),
  ending: openText<NonNullable<StageReport['ending']>>().nullable(),
  checks: z.array(checkRecordSchema),
  canaryRequests: z.number().nullable(),
}) satisfies z.ZodType<StageReport>;

export const rollbackRecordSchema: z.ZodType<RollbackRecord> = z
  .object({
    target: z.string(),
    version: z.string(),
    stableVersion: z.string().nullable(),
    trigger: openText<RollbackCause['kind']>(),
    reason: z.string(),
    actor: z.string().nullable(),
    event: z.exactOptional(eventFactsSchema),
    evidence: z.array(verdictSchema),
    firstBadAtMs: atMs.nullable(),
    decidedAtMs: atMs,
    restoredAtMs: atMs.nullable(),
    decideMs: z.number().nullable(),
    restoreMs: z.number().nullable(),
    exposedMs: z.number().nullable(),
    canaryRequests: z.number().nullable(),
    actions: z.array(
      z.object({ kind: openText<TimelineKind>(), text: z.string(), atMs, afterMs: z.number() }),
    ),
    strategy: z.exactOptional(z.object({ planned: openText<RollbackStrategy>(), ramped: z.boolean() })),
    steps: z.exactOptional(
      z.array(
        z.object({
          action: openText<ActionReport['action']>(),
          hook: z.string().nullable(),
          startedAtMs: atMs,
          endedAtMs: atMs.nullable(),
          durationMs: z.number().nullable(),
          problem: z.string().nullable(),
        }),
      ),
    ),
    verification: z.exactOptional(
      z
        .object({
          result: z.enum(['passed', 'failed', 'timed-out']),
          reason: z.string(),
          looks: z.number(),
          endedAtMs: atMs,
        })
        .nullable(),
    ),
    impact: z.exactOptional(
      z.object({
        requests: z.number().nullable(),
        estimatedErrors: z.number().nullable(),
        highestPercent: z.number(),
      }),
    ),
  })
  .meta({ id: 'RollbackRecord', description: 'Why, how fast and at what cost a rollout was rolled back.' });

export const gatePlaceSchema = z.union([z.literal('start'), z.literal('standing'), z.number()]);

export const gateReportSchema: z.ZodType<GateReport> = z
  .object({
    name: z.string(),
    gate: z.string(),
    type: z.string(),
    place: gatePlaceSchema.describe('Before anything, all the time, or before the stage with that index.'),
    answer: z.enum(['open', 'hold', 'refuse']),
    reason: z.string(),
    facts: z.record(z.string(), z.unknown()),
    reports: z.array(
      z.object({
        name: z.string(),
        mediaType: z.string(),
        bytes: z.number(),
        sha256: z.string(),
        key: z.string().nullable(),
      }),
    ),
    atMs,
  })
  .meta({ id: 'GateReport', description: 'The latest answer of one gate.' });

const approvalSchema = z.object({
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  place: gatePlaceSchema,
  atMs,
}) satisfies z.ZodType<Approval>;

const overrideRequestSchema = z.object({
  actor: z.string(),
  reason: z.string(),
  forMs: z.number(),
  atMs,
}) satisfies z.ZodType<OverrideRequest>;

const overrideSchema = overrideRequestSchema.extend({
  confirmedBy: z.string(),
  confirmedAtMs: atMs,
  untilMs: atMs,
}) satisfies z.ZodType<Override>;

export const rolloutStatusSchema: z.ZodType<RolloutStatus> = z
  .object({
    target: z.string(),
    service: z.string(),
    environment: z.string(),
    version: z.string(),
    phase: phaseSchema,
    outcome: outcomeSchema.nullable(),
    stage: z.number(),
    stages: z.array(
      z.object({
        name: z.string(),
        weightPercent: z.number(),
        soakMs: z.number(),
        warmUpMs: z.number(),
        approval: z.exactOptional(z.literal(true)),
        notAuthor: z.exactOptional(z.literal(true)),
      }),
    ),
    askedPercent: z.number(),
    gates: z.exactOptional(z.array(gateReportSchema)),
    approvals: z.exactOptional(z.array(approvalSchema)),
    question: z.exactOptional(z.string()).describe('What waits for a yes or a no now.'),
    usedLinks: z.exactOptional(z.array(z.string())),
    overrideAsked: z.exactOptional(overrideRequestSchema),
    override: z.exactOptional(overrideSchema),
    policies: z.exactOptional(z.object({ sha256: z.string(), names: z.array(z.string()) })),
    author: z.exactOptional(z.string()),
    refusal: z.exactOptional(z.string()),
    paused: z.boolean(),
    holdReason: z.string().nullable(),
    arms: armsSchema.nullable(),
    cause: causeSchema.nullable(),
    reports: z.array(stageReportSchema),
    startedAtMs: atMs,
    endedAtMs: atMs.nullable(),
    restoredAtMs: atMs.nullable(),
    rollback: rollbackRecordSchema.nullable(),
    limitAtMs: atMs,
    rollbackTimeoutMs: z
      .exactOptional(z.number())
      .describe('From a decision to roll back until the share of the canary must read 0.'),
    times: z.exactOptional(
      z.object({
        lookEveryMs: z.number(),
        leaseMs: z.number(),
        watchAfterMs: z.number(),
      }),
    ),
    legal: z.array(z.enum(commandNames)),
    timeline: z.array(timelineEntrySchema),
    droppedEntries: z.number(),
  })
  .meta({ id: 'RolloutStatus', description: 'The workflow’s own account of the rollout.' });

const watchCarrySchema = z.object({
  watchedMs: z.number(),
  extended: z.boolean(),
  checks: z.array(checkRecordSchema),
  reasserted: z.number(),
  looks: z.number(),
  canaryRequests: z.number().nullable(),
}) satisfies z.ZodType<WatchCarry>;

const armInstancesSchema = z.object({
  wanted: z.number(),
  total: z.number(),
  ready: z.number(),
  shown: z.array(
    z.object({
      name: z.string(),
      version: z.string().nullable(),
      ready: z.boolean(),
      note: z.string().nullable(),
    }),
  ),
});

const seenInstancesSchema = z.object({ canary: armInstancesSchema, stable: armInstancesSchema, atMs }).meta({
  id: 'SeenInstances',
  description: 'What runs the two versions, such as pods; ten of each are shown at most.',
});

export const watchProgressSchema: z.ZodType<WatchProgress> = z
  .object({
    stage: z.number(),
    mode: z.exactOptional(openText<WatchMode>()),
    epoch: z.number(),
    carry: watchCarrySchema,
    plannedMs: z.number(),
    verdicts: z.array(verdictSchema),
    askedPercent: z.number(),
    measuredPercent: z.number().nullable(),
    leaseUntilMs: atMs,
    gates: z.exactOptional(z.array(gateReportSchema)),
    instances: z.exactOptional(seenInstancesSchema.nullable()),
    trouble: z.string().nullable(),
    atMs,
  })
  .meta({ id: 'WatchProgress', description: 'The latest heartbeat of the stage’s watch.' });
