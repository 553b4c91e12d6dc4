/** The live list: what each rollout that runs is doing, and how it fares, in one row. */
import { z } from 'zod';
import { attentions } from '../../domain/rollout/attention.ts';
import { summarySchema } from './rollouts.ts';
import { nameSchema } from './text.ts';

export const checkCountsSchema = z
  .object({ pass: z.number(), fail: z.number(), noData: z.number(), error: z.number() })
  .describe('How many checks of the stage say so now.');

const percent = z.number().nullable();

export const rolloutRowSchema = z
  .object({
    ...summarySchema.shape,
    stageName: z.string().nullable(),
    stages: z.number().nullable().describe('How many the plan has.'),
    askedPercent: percent.describe(
      'The share that the canary is to have now; 100 once it is promoted. Null: not known, or its lease ran out unrenewed.',
    ),
    measuredPercent: percent.describe('The share that the data plane counted last.'),
    paused: z.boolean(),
    attention: z.enum(attentions).describe('How much it wants a person’s eye, the most urgent first.'),
    checks: checkCountsSchema,
    verdict: z
      .object({ kind: z.enum(['pass', 'fail', 'no-data', 'error']), check: z.string(), reason: z.string() })
      .nullable()
      .describe('The worst of them.'),
    why: z.string().nullable().describe('Why it is held, waits or goes back, or what stands in the way.'),
    expectedEndAtMs: z
      .number()
      .nullable()
      .describe('If nothing goes wrong; null: it waits, or goes back, or has ended.'),
    restore: z
      .object({ decidedAtMs: z.number(), dueAtMs: z.number(), restoredAtMs: z.number().nullable() })
      .nullable()
      .describe('The way back to stable; null: it is not on it.'),
    seenAtMs: z.number().nullable().describe('When its share and checks were looked at; null: not yet.'),
  })
  .meta({ id: 'RolloutRow', description: 'A rollout in the live list.' });
export type RolloutRow = z.infer<typeof rolloutRowSchema>;

export const boardQuerySchema = z.strictObject({
  environment: z.exactOptional(nameSchema),
  service: z.exactOptional(nameSchema),
});
export type BoardQuery = z.infer<typeof boardQuerySchema>;

export const boardHeadersSchema = z.looseObject({ 'last-event-id': z.exactOptional(z.string().max(200)) });

/** Data of the event `rows`. */
export const boardRowsSchema = z
  .object({
    full: z.boolean().describe('True: these rows are all there are. False: those that changed.'),
    rows: z.array(rolloutRowSchema),
    gone: z.array(z.string()).describe('Runs that are not in the list any more.'),
    asOfMs: z.number().describe('When the list was read from Temporal, epoch milliseconds of the API.'),
    nowMs: z.number().describe('The API’s clock.'),
  })
  .meta({ id: 'BoardRows' });
export type BoardRows = z.infer<typeof boardRowsSchema>;

/** Data of the event `alive`: nothing has changed. */
const boardAliveSchema = boardRowsSchema.pick({ asOfMs: true, nowMs: true });
export type BoardAlive = z.infer<typeof boardAliveSchema>;
