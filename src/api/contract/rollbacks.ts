/** The history of rollbacks: what may be asked, each one's record, and what they say together. */
import { z } from 'zod';
import { durationPattern, parseDuration } from '../../domain/duration.ts';
import type { RollbackStatistics } from '../../domain/rollout/rollback-statistics.ts';
import { nextSchema, pagingFields } from './paging.ts';
import { linksSchema, summarySchema } from './rollouts.ts';
import { rollbackRecordSchema } from './status.ts';
import { nameSchema } from './text.ts';

const sinceSchema = z
  .string()
  .regex(durationPattern, { abort: true, error: ({ input }) => durationProblem(input) })
  .refine((text) => durationProblem(text) === undefined, { error: ({ input }) => durationProblem(input) });

function durationProblem(input: unknown): string | undefined {
  const reading = parseDuration(input);
  return reading.ok ? undefined : reading.problem;
}

export const rollbackQuerySchema = z.strictObject({
  environment: z.exactOptional(nameSchema),
  service: z.exactOptional(nameSchema),
  /** What was decided no longer ago than this, such as `7d`. */
  since: z.exactOptional(sinceSchema),
  /** Why it was decided, such as `check` or `command`. */
  trigger: z.exactOptional(nameSchema),
  /** How many requests one user makes while a canary runs; gives an estimate of the users that were met. */
  requestsPerUser: z.exactOptional(
    z.coerce
      .number('must be one number')
      .positive('must be more than 0')
      .max(1e9, 'must be at most 1000000000'),
  ),
  ...pagingFields,
});
export type RollbackQuery = z.infer<typeof rollbackQuerySchema>;

/** From when on decisions are asked for, epoch milliseconds; 0: from the beginning. */
export function sinceMsOf({ since }: Pick<RollbackQuery, 'since'>, nowMs: number): number {
  const reading = parseDuration(since);
  return reading.ok ? nowMs - reading.ms : 0;
}

const timesSchema = z.object({ n: z.number(), p50: z.number().nullable(), p95: z.number().nullable() });

const rollbackStatisticsSchema: z.ZodType<RollbackStatistics> = z
  .object({
    count: z.number(),
    withoutTraffic: z
      .number()
      .describe('Not in anything else here: their canaries never had traffic, so nothing was taken back.'),
    byTrigger: z.record(z.string(), z.number()),
    inTime: z.number(),
    late: z.number(),
    pending: z.number(),
    success: z.number().nullable(),
    decide: timesSchema,
    restore: timesSchema,
    mttdMs: z.number().nullable(),
    mttrMs: z.number().nullable(),
    canaryRequests: z.number().nullable(),
    requestsKnownOf: z.number(),
    estimatedUsers: z.number().nullable(),
  })
  .meta({ id: 'RollbackStatistics', description: 'Milliseconds; percentiles by the nearest rank.' });

const rollbackEntrySchema = z
  .object({
    environment: z.string(),
    service: z.string(),
    runId: z.string(),
    /** Whether the rollout has ended; a record of one that has not may still grow. */
    ended: z.boolean(),
    record: rollbackRecordSchema,
    links: linksSchema,
  })
  .meta({ id: 'RollbackEntry' });
export type RollbackEntry = z.infer<typeof rollbackEntrySchema>;

export const rollbackPageSchema = z
  .object({
    rollbacks: z.array(rollbackEntrySchema),
    next: nextSchema,
    /** Of everything that fits the filters, not of this page alone. */
    statistics: rollbackStatisticsSchema,
    /** False: more rollouts fit than are looked at for one answer; the oldest are left out. */
    complete: z.boolean(),
    /** Rollouts under way, or whose history is gone, that gave no account of themselves. */
    unanswered: z.number(),
    /**
     * Rollouts that were ended from outside, such as by terminating them: the data plane sent everybody back to stable,
     * but no record says when. The last first, at most 50; only on the first page, and not with `trigger`.
     */
    cutShort: z.array(summarySchema),
  })
  .meta({ id: 'RollbackPage', description: 'The last decision comes first.' });
export type RollbackPage = z.infer<typeof rollbackPageSchema>;
