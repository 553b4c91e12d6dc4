/** Requests and answers about rollouts: start, validate, list, get, command and events. */
import { z } from 'zod';
import { commandNames } from '../../domain/rollout/types.ts';
import { expressSchema } from './emergency.ts';
import { evidenceStateSchema } from './evidence-state.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { fieldProblemSchema } from './problem.ts';
import { outcomeSchema, phaseSchema, rolloutStatusSchema, watchProgressSchema } from './status.ts';
import { actorSchema, nameSchema, reasonSchema, targetPartSchema } from './text.ts';

export const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'may contain printable ASCII without blanks');

/** A plan with who starts it and why; a bare plan, in JSON or YAML, is accepted as well. */
export const planEnvelopeSchema = z
  .strictObject({
    plan: z.union([z.string(), z.record(z.string(), z.unknown())]),
    actor: z.exactOptional(actorSchema),
    reason: z.exactOptional(reasonSchema),
    /** Start in spite of a cooldown, and go on in spite of a stable version that is not well. */
    force: z.exactOptional(z.boolean()),
    /** Warnings refuse as well. */
    strict: z.exactOptional(z.boolean()),
  })
  .meta({
    id: 'PlanEnvelope',
    description: 'A plan (object, or text in YAML or JSON), and who asks and why.',
  });
export type PlanEnvelope = z.infer<typeof planEnvelopeSchema>;

/** A bare plan has no key `plan`; whoever sends one means an envelope, and is told what is wrong with it. */
const barePlanSchema = z.record(z.string(), z.unknown()).meta({ not: { required: ['plan'] } });

/** What a plan may be is checked by its own schema, which knows better what to say. */
export const planBodySchema = z.union([planEnvelopeSchema, barePlanSchema, z.string()]).meta({
  description: 'A plan in JSON or YAML, or an envelope with `plan`, `actor` and `reason` in JSON.',
});

/** Whatever it is, the answer says what is wrong with it. */
export const validateBodySchema = z.unknown().meta({
  description:
    'A plan in JSON or YAML, or in JSON an envelope with `plan` and `strict`. Anything is answered.',
});

export const validationSchema = z
  .object({
    ok: z.boolean(),
    problems: z.array(fieldProblemSchema),
    warnings: z.array(fieldProblemSchema),
    /** What would make the plan safer, though nothing is wrong with it. */
    recommendations: z.array(fieldProblemSchema),
    /** The plan as it would run, every default filled in; only when `ok`. */
    plan: z.exactOptional(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'Validation' });
export type Validation = z.infer<typeof validationSchema>;

export const targetParamsSchema = z.strictObject({
  environment: targetPartSchema,
  service: targetPartSchema,
});
export const commandParamsSchema = targetParamsSchema.extend({ command: z.enum(commandNames) });
export const runQuerySchema = z.strictObject({ run: z.exactOptional(z.uuid()) });
/** What may be waited for: a phase, or the end, whichever it is. */
const untilSchema = z.enum([...phaseSchema.options, 'ended']);
export type Until = z.infer<typeof untilSchema>;
export const viewQuerySchema = runQuerySchema.extend({
  until: z.exactOptional(untilSchema).describe('With `Prefer: wait=30`: wait until it is so, or has ended.'),
});
export const noQuerySchema = z.strictObject({});

export const linksSchema = z.object({
  self: z.string(),
  events: z.string(),
  audit: z.string(),
  series: z.exactOptional(z.string()),
  temporal: z
    .exactOptional(z.string())
    .describe('The workflow in Temporal’s own UI, where that is configured.'),
});

export const startedSchema = z
  .object({
    target: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    version: z.string(),
    /** False when the Idempotency-Key named a rollout that had been started before. */
    created: z.boolean(),
    /** False: no worker polls for rollouts now, so the rollout waits. */
    workerSeen: z.boolean(),
    warnings: z.array(fieldProblemSchema),
    links: linksSchema,
  })
  .meta({ id: 'Started' });
export type Started = z.infer<typeof startedSchema>;

export const summarySchema = z
  .object({
    target: z.string(),
    environment: z.string(),
    service: z.string(),
    version: z.string().nullable(),
    phase: phaseSchema.nullable().catch(null),
    stage: z.number().nullable(),
    outcome: outcomeSchema.nullable().catch(null),
    workflowId: z.string(),
    runId: z.string(),
    /** As Temporal sees it: `RUNNING`, `COMPLETED`, `TERMINATED`, … */
    temporalStatus: z.string(),
    startedAtMs: z.number(),
    endedAtMs: z.number().nullable(),
    startedBy: z.exactOptional(z.string()).describe('Absent: not kept.'),
  })
  .meta({ id: 'RolloutSummary' });
export type RolloutSummary = z.infer<typeof summarySchema>;

export const listQuerySchema = z.strictObject({
  environment: z.exactOptional(nameSchema),
  service: z.exactOptional(nameSchema),
  version: z.exactOptional(nameSchema),
  phase: z.exactOptional(phaseSchema),
  outcome: z.exactOptional(outcomeSchema),
  running: z.exactOptional(z.enum(['true', 'false'])),
  search: z.exactOptional(nameSchema).describe('How the service, the version or the target begins.'),
  ...pagingFields,
});
export type ListQuery = z.infer<typeof listQuerySchema>;

export const pageSchema = z
  .object({ rollouts: z.array(summarySchema), next: nextSchema })
  .meta({ id: 'RolloutPage', description: 'Running rollouts first, then those that ended last.' });
export type RolloutPage = z.infer<typeof pageSchema>;

export const rolloutViewSchema = z
  .object({
    ...summarySchema.shape,
    /** The workflow's own account; null while no worker answers. */
    status: rolloutStatusSchema.nullable(),
    /** The latest heartbeat of the stage's watch; null when none runs. */
    live: watchProgressSchema.nullable(),
    workerAnswered: z.boolean(),
    /** Of a rollout that has ended, where a store of evidence is configured; not in event streams. */
    evidence: z.exactOptional(evidenceStateSchema),
    links: linksSchema,
  })
  .meta({ id: 'RolloutView' });
export type RolloutView = z.infer<typeof rolloutViewSchema>;

const expectationSchema = z
  .strictObject({
    startedAtMs: z.exactOptional(z.int().min(0)).describe('The rollout, by when it began.'),
    stage: z.exactOptional(z.int().min(0)).describe('Index of the stage.'),
    phase: z.exactOptional(phaseSchema),
    question: z
      .exactOptional(z.string().min(1).max(64))
      .describe('The question that is answered, as the status or the list of approvals names it.'),
  })
  .meta({
    id: 'Expectation',
    description:
      'How the rollout stood for whoever gives the command. If it does not any more, the answer is 409 `rollout-moved-on`.',
  });

export const commandBodySchema = z
  .strictObject({
    actor: z.exactOptional(actorSchema),
    reason: z.exactOptional(reasonSchema),
    /** Only for `promote`: skip all further stages. */
    full: z.exactOptional(z.boolean()),
    gradual: z
      .exactOptional(z.boolean())
      .describe(
        'Only for `rollback`: no stop is written, and a plan whose strategy is `gradual` takes its steps. Default: false.',
      ),
    /** Only for `override`: how long it is to count, such as `2h`. */
    for: z.exactOptional(z.string().max(40)),
    /** For every command but `rollback`, which is never refused. */
    expect: z.exactOptional(expectationSchema),
  })
  .meta({ id: 'CommandBody' });
export type CommandBody = z.infer<typeof commandBodySchema>;

export const commandAnswerSchema = z
  .object({
    accepted: z.literal(true),
    /**
     * `signal`: nobody answered in time, so the command was left for the next worker. `stop`: Temporal could not be
     * told, but the canary is stopped in the data plane, where the rollout will find it.
     */
    via: z.enum(['update', 'signal', 'stop']),
    status: rolloutStatusSchema.nullable(),
    /** Only of a rollback whose canary was not promoted yet. */
    express: z.exactOptional(expressSchema),
  })
  .meta({ id: 'CommandAnswer' });
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;

/** Data of the SSE event `trouble`: the API itself cannot see the rollout now. */
export const troubleSchema = z.object({ code: z.string(), message: z.string(), sinceMs: z.number() });
export type Trouble = z.infer<typeof troubleSchema>;

export function linksOf(environment: string, service: string, runId?: string): z.infer<typeof linksSchema> {
  const self = `/v1/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}`;
  const run = runId === undefined ? '' : `?run=${runId}`;
  return {
    self: `${self}${run}`,
    events: `${self}/events${run}`,
    audit: `${self}/audit${run}`,
    series: `${self}/series${run}`,
  };
}
