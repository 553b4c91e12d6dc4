/** Requests and answers of emergency rollbacks: opening one, seeing what became of it, releasing it. */
import { z } from 'zod';
import { problemOfScope } from '../../domain/emergency/scope.ts';
import { type EmergencyStatus, emergencyPhases } from '../../domain/emergency/status.ts';
import { isLegible, legibleRule } from '../../domain/legible.ts';
import { emergencyAnswerSchema } from './emergency.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { actorSchema, nameSchema, scopeWordSchema, textSchema } from './text.ts';

const scopeSchema = z
  .union([scopeWordSchema, z.array(scopeWordSchema).min(1).max(1000)])
  .superRefine((scope, context) => {
    const message = problemOfScope([scope].flat());
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description:
      '`all`, `canary`, or components: `environment/service` with `*`, or the bare name of an environment or a service.',
  });

export const emergencyRollbackBodySchema = z
  .strictObject({
    scope: scopeSchema,
    /** `previous`, or the name of a version: where promoted targets go. Without it they are left. */
    to: z.exactOptional(nameSchema.refine(isLegible, legibleRule)),
    /** Shorter than other reasons, because the rollouts are told with a word before it. */
    reason: textSchema(450),
    actor: actorSchema,
    force: z
      .exactOptional(z.boolean())
      .describe('Open it also where no rollout of what the scope names is known.'),
  })
  .refine(({ scope, to }) => to === undefined || ![scope].flat().includes('canary'), {
    path: ['to'],
    message: 'goes with no scope canary: a canary goes back to its own stable version',
  })
  .meta({ id: 'EmergencyRollback', description: 'What is to be brought back, why, and who asks.' });
export type EmergencyRollbackBody = z.infer<typeof emergencyRollbackBodySchema>;

const linksSchema = z.object({ self: z.string() });

export const emergencyOpenedSchema = z
  .object({
    id: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    /** False: the same scope had an open emergency, which looks at it once more. */
    created: z.boolean(),
    over: z
      .exactOptional(z.boolean())
      .describe(
        'True: this very request opened it before, and it is over by now. Nothing was stopped and nothing begun; another key opens another.',
      ),
    /** False: no worker polls now. What is stopped stays so; all else waits for a worker. */
    workerSeen: z.boolean(),
    /** What became of the stops that were written in the data planes before. */
    stop: emergencyAnswerSchema.pick({ restored: true, notRestored: true, listProblem: true }),
    links: linksSchema,
  })
  .meta({ id: 'EmergencyOpened' });
export type EmergencyOpened = z.infer<typeof emergencyOpenedSchema>;

const targetRecordSchema = z.object({
  target: z.string(),
  traffic: z.string().nullable(),
  runId: z.string().nullable(),
  told: z.boolean(),
  promoted: z.boolean(),
  progress: z.enum(['not-restored', 'restored', 'verified', 'left']),
  reason: z.string().nullable(),
  version: z.string().nullable(),
  goodReads: z.number(),
  looks: z.number(),
  switchedAtMs: z.number().nullable(),
  foundAtMs: z.number(),
  restoredAtMs: z.number().nullable(),
  verifiedAtMs: z.number().nullable(),
});

const phaseSchema = z.enum(emergencyPhases);

export const emergencyStatusSchema = z
  .object({
    id: z.string(),
    scope: z.array(z.string()),
    to: z.string().nullable(),
    actor: z.string(),
    reason: z.string(),
    phase: phaseSchema,
    targets: z.array(targetRecordSchema),
    unknown: z.array(z.string()),
    problem: z.string().nullable(),
    sweeps: z.number(),
    incident: z.object({
      severity: z.literal(1),
      state: z.enum(['open', 'closed']),
      title: z.string(),
      summary: z.string(),
      openedAtMs: z.number(),
      updatedAtMs: z.number(),
      closedAtMs: z.number().nullable(),
    }),
    release: z.object({ actor: z.string(), reason: z.string(), atMs: z.number() }).nullable(),
    timeline: z.array(z.object({ atMs: z.number(), text: z.string(), actor: z.string().nullable() })),
  })
  .meta({ id: 'EmergencyStatus' });
emergencyStatusSchema satisfies z.ZodType<EmergencyStatus>;

export const emergencySummarySchema = z
  .object({
    id: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    scope: z.array(z.string()),
    to: z.string().nullable(),
    actor: z.string(),
    reason: z.string(),
    phase: phaseSchema.nullable().catch(null),
    /** It blocks rollouts in its scope. */
    open: z.boolean(),
    openedAtMs: z.number(),
    closedAtMs: z.number().nullable(),
    links: linksSchema,
  })
  .meta({ id: 'EmergencySummary' });
export type EmergencySummary = z.infer<typeof emergencySummarySchema>;

export const emergencyListSchema = z
  .object({ emergencies: z.array(emergencySummarySchema), next: nextSchema })
  .meta({ id: 'EmergencyList', description: 'Open ones first, then those that were released last.' });
export type EmergencyList = z.infer<typeof emergencyListSchema>;

export const emergencyViewSchema = z
  .object({
    ...emergencySummarySchema.shape,
    /** The workflow's own account; null while no worker answers. */
    status: emergencyStatusSchema.nullable(),
    workerAnswered: z.boolean(),
  })
  .meta({ id: 'EmergencyView' });
export type EmergencyView = z.infer<typeof emergencyViewSchema>;

export const emergencyIdParamsSchema = z.strictObject({ id: z.string().min(1).max(300) });
export const emergencyListQuerySchema = z.strictObject({
  open: z.exactOptional(z.enum(['true', 'false'])),
  ...pagingFields,
});
export type EmergencyListQuery = z.infer<typeof emergencyListQuerySchema>;

export const emergencyReleaseBodySchema = z
  .strictObject({ actor: actorSchema, reason: textSchema(500) })
  .meta({ id: 'EmergencyRollbackRelease', description: 'A block is lifted by somebody, for a reason.' });
export type EmergencyReleaseBody = z.infer<typeof emergencyReleaseBodySchema>;

export const emergencyReleaseAnswerSchema = z
  .object({
    accepted: z.literal(true),
    /** `signal`: no worker answered in time; the next one releases it. */
    via: z.enum(['update', 'signal']),
    status: emergencyStatusSchema.nullable(),
  })
  .meta({ id: 'EmergencyReleaseAnswer' });
export type EmergencyReleaseAnswer = z.infer<typeof emergencyReleaseAnswerSchema>;

export function emergencyLinksOf(id: string): z.infer<typeof linksSchema> {
  return { self: `/v1/emergency-rollbacks/${encodeURIComponent(id)}` };
}
