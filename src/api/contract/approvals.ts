/** What waits for people, and links by which they answer. */
import { z } from 'zod';
import { checkCountsSchema } from './board.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { actorSchema, targetPartSchema } from './text.ts';

export const waitingQuerySchema = z.strictObject({
  environment: z.exactOptional(targetPartSchema),
  service: z.exactOptional(targetPartSchema),
  /** Only what this person may answer. */
  person: z.exactOptional(actorSchema),
  ...pagingFields,
});
export type WaitingQuery = z.infer<typeof waitingQuerySchema>;

const waitingSchema = z
  .object({
    target: z.string(),
    environment: z.string(),
    service: z.string(),
    version: z.string(),
    kind: z.enum(['gate', 'stage', 'rollback', 'override']),
    name: z.string().describe('Of the question, for `expect.question` of its answer.'),
    question: z.string().describe('In words.'),
    author: z.string().nullable().describe('Who started the rollout; null: not known.'),
    /** Whose yes is waited for; null: anybody's, but for whom `not` names. */
    people: z.array(z.string()).nullable(),
    not: z.array(z.string()),
    needed: z.number(),
    counted: z.array(z.string()),
    sinceMs: z.number().nullable().describe('Since when it waits; null: not known.'),
    limitAtMs: z
      .number()
      .nullable()
      .describe(
        'When `maxDuration` strikes, which a stage’s own `timeout` may do before; null: it binds no more.',
      ),
    askedPercent: z
      .number()
      .nullable()
      .describe('The share that the canary has meanwhile; null: its watch is not heard of.'),
    checks: checkCountsSchema,
  })
  .meta({ id: 'Waiting', description: 'One question that waits for a yes or a no.' });
export type Waiting = z.infer<typeof waitingSchema>;

export const waitingListSchema = z.object({
  approvals: z.array(waitingSchema),
  /** Rollouts that may wait and gave no account of themselves. */
  unanswered: z.number(),
  next: nextSchema,
});
export type WaitingList = z.infer<typeof waitingListSchema>;

export const linkBodySchema = z
  .strictObject({
    actor: actorSchema.describe('In whose name the answer is given.'),
    validForMs: z
      .int()
      .min(60_000)
      .max(7 * 86_400_000)
      .default(86_400_000),
  })
  .meta({ id: 'ApprovalLinkBody' });

export const linkSchema = z
  .object({
    url: z.string(),
    id: z.string(),
    actor: z.string(),
    question: z.string(),
    untilMs: z.number(),
  })
  .meta({ id: 'ApprovalLink', description: 'Good for one answer. Whoever has it answers in that name.' });
