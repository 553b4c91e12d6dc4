/**
 * What a rollout's checks and its share of traffic were over time, for charts: columns of equal length, oldest first.
 */
import { z } from 'zod';
import type { Allowed } from '../../domain/analysis/allowed.ts';
import type { LookRow, WatchSeries } from '../../domain/rollout/series.ts';
import { checkRecordSchema } from './status.ts';

const lookRowSchema: z.ZodType<LookRow> = z.union([
  z.tuple([z.number(), z.string(), z.number().nullable(), z.number().nullable()]),
  z.tuple([z.number(), z.string(), z.number().nullable(), z.number().nullable(), z.number(), z.number()]),
]);

/** As watches keep it; the series of a rollout is made of these. */
export const watchSeriesSchema: z.ZodType<WatchSeries> = z
  .object({
    fromMs: z.number(),
    after: z.exactOptional(z.literal(true)),
    checks: z.array(z.object({ name: z.string(), looks: z.array(lookRowSchema) })),
    share: z.array(z.tuple([z.number(), z.number()])),
  })
  .meta({
    id: 'WatchSeries',
    description:
      'Looks by check: tenths of a second after `fromMs`, the first letter of the verdict, canary, stable, low, high. Shares: the same time, percent.',
  });

const numbers = z.array(z.number());
const values = z.array(z.number().nullable());

const allowedSchema: z.ZodType<Allowed> = z
  .object({
    min: z.number().nullable(),
    max: z.number().nullable(),
    beside: z
      .object({
        side: z.enum(['min', 'max']),
        lines: z.array(z.object({ times: z.number(), plus: z.number() })),
      })
      .nullable()
      .describe('Beside stable: `times` × stable + `plus`; of several lines the most lenient counts.'),
    alone: z.number().nullable().describe('On that side, while there is no stable value.'),
  })
  .meta({ id: 'Allowed', description: 'What a check allows the value of the canary to be.' });

const checkSeriesSchema = z
  .object({
    name: z.string(),
    kind: z.string(),
    unit: z.string(),
    allowed: allowedSchema.nullable().describe('Null: its limits cannot be drawn.'),
    record: checkRecordSchema.nullable().describe('What it has accumulated; null: it was not looked at.'),
    atMs: numbers,
    verdict: z.array(z.enum(['pass', 'fail', 'no-data', 'error'])),
    canary: values,
    stable: values,
    low: values.describe('Where the canary surely lies beside that value of stable.'),
    high: values,
  })
  .meta({ id: 'CheckSeries' });
export type CheckSeries = z.infer<typeof checkSeriesSchema>;

const stageSeriesSchema = z
  .object({
    stage: z.number().describe('Its index in the plan.'),
    name: z.string(),
    weightPercent: z.number(),
    after: z.boolean().describe('The watch after the promotion, by the checks of the last stage.'),
    checks: z.array(checkSeriesSchema),
  })
  .meta({ id: 'StageSeries' });
export type StageSeries = z.infer<typeof stageSeriesSchema>;

const sharesSchema = z.object({ atMs: numbers, percent: numbers });

export const rolloutSeriesSchema = z
  .object({
    target: z.string(),
    runId: z.string(),
    /** Those that were watched, in order. */
    stages: z.array(stageSeriesSchema),
    /** The share that was set, from that time on, as it was read back. */
    asked: sharesSchema,
    /** The canary's part of the requests that the data plane counted. */
    measured: sharesSchema,
    /** The time of the latest heartbeat in it; null: nothing of it is live. */
    liveAtMs: z.number().nullable(),
  })
  .meta({
    id: 'RolloutSeries',
    description: 'At most 120 looks a check and watch; of long stages an even selection.',
  });
export type RolloutSeries = z.infer<typeof rolloutSeriesSchema>;
