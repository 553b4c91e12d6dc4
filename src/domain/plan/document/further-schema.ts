/** The fields of checks that ask for more than one number: series, trend, anomaly, errorBudget, composite. */
import { z } from 'zod';
import { bounds, furtherDefaults } from '../defaults.ts';
import { checkName, failAfter, judging, maxConsecutiveErrors, queryText, unit } from './check-schema.ts';
import { dayMs, duration, hourMs, secondMs } from './duration-schema.ts';

const onFail = z.enum(['rollback', 'hold']).default('rollback').describe('What a failure does.');
const direction = z.enum(['higher', 'lower', 'either']).describe('Which direction is bad.');

const named = { name: checkName.describe('Unique within its stage.'), failAfter, maxConsecutiveErrors };

const measured = {
  ...named,
  measure: z
    .string()
    .max(bounds.textLength)
    .optional()
    .describe('A preset whose query is asked, instead of `query`.'),
  query: queryText.optional().describe('Query for the value of one arm, with {{version}} and {{window}}.'),
  unit: unit.optional().describe('Shown beside values. Default: that of the measure, or empty.'),
  onNoData: judging.onNoData,
};

const stepped = {
  ...measured,
  window: duration(secondMs, dayMs)
    .prefault(furtherDefaults.window)
    .describe('How far back each look reads points; never before the stage is judged.'),
  step: duration(secondMs, hourMs)
    .prefault(furtherDefaults.step)
    .describe('Time between two points; {{window}} is as long.'),
  minSamples: z
    .int()
    .min(3)
    .max(bounds.points)
    .default(furtherDefaults.minPoints)
    .describe('Fewer points of an arm are no data.'),
  confidence: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(furtherDefaults.confidence)
    .describe('Of the interval; it holds for each look.'),
};

export const seriesFields = {
  kind: z.literal('series').describe('The canary’s points must not be shifted against stable’s.'),
  ...stepped,
  worse: direction,
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(furtherDefaults.tolerance)
    .describe('The interval must be further from 0 than this part of the shift.'),
  minEffect: z.number().min(0).max(1).default(0).describe('Least Cliff’s delta that matters.'),
};

export const trendFields = {
  kind: z.literal('trend').describe('The canary must not be about to cross a limit.'),
  ...stepped,
  limit: z.number().describe('What must not be crossed, in the unit of the value.'),
  worse: z.enum(['higher', 'lower']).default('higher').describe('On which side of the limit it is bad.'),
  within: duration(secondMs, 7 * dayMs)
    .prefault(furtherDefaults.within)
    .describe('Fails when the limit will surely be crossed in this time.'),
  onFail,
};

export const anomalyFields = {
  kind: z.literal('anomaly').describe('The canary must be no outlier among stable’s own past.'),
  ...measured,
  window: judging.window,
  samples: queryText.optional().describe('Query for the number of observations behind the value.'),
  minSamples: judging.minSamples,
  worse: direction,
  history: duration(60 * secondMs, 60 * dayMs)
    .prefault(furtherDefaults.history)
    .describe('How far back the past goes.'),
  every: duration(secondMs, dayMs)
    .prefault(furtherDefaults.every)
    .describe('Time between two windows of the past; 1d: the same hour of the days before.'),
  minHistory: z
    .int()
    .min(5)
    .max(bounds.points)
    .default(furtherDefaults.minHistory)
    .describe('Fewer windows are no data.'),
  maxDeviations: z
    .number()
    .min(1)
    .max(100)
    .default(furtherDefaults.maxDeviations)
    .describe('Robust standard deviations from the median that are still normal.'),
  minDifference: z
    .number()
    .min(0)
    .default(0)
    .describe('The least standard deviation that counts, in the unit of the value.'),
};

const burn = z.strictObject({
  long: duration(60 * secondMs, 30 * dayMs).describe('The window that says that it matters.'),
  short: duration(secondMs, dayMs).describe('The window that says that it still goes on.'),
  rate: z.number().min(0.1).max(100_000).describe('1 uses the budget up in exactly the period.'),
});

export const errorBudgetFields = {
  kind: z.literal('errorBudget').describe('What the objective allows to fail must not be used up.'),
  ...measured,
  slo: z.number().gt(0).lt(100).describe('% of requests that must succeed.'),
  period: duration(hourMs, 90 * dayMs)
    .prefault(furtherDefaults.period)
    .describe('Over which the objective holds.'),
  minLeft: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('% of the budget of the period that must be left. Default: not asked.'),
  burn: z
    .array(burn)
    .max(5)
    .optional()
    .describe(
      'Burn rates that fail when both windows reach them. Default: 14.4 over 1h and 5m, 6 over 6h and 30m.',
    ),
  onFail,
};

/** Beside the fields of the check that it is. */
export const partFields = {
  weight: z.number().gt(0).max(1_000_000).default(1).describe('Share of the score, relative to the others.'),
  critical: z.boolean().default(false).describe('Its failure makes the score 0.'),
};

export const compositeFields = {
  kind: z.literal('composite').describe('Several checks with one answer.'),
  ...named,
  mode: z.enum(['all', 'any', 'score']).describe('Which parts must pass, or a weighted score.'),
  pass: z.number().gt(0).max(100).default(furtherDefaults.pass).describe('A score of at least this passes.'),
  marginal: z
    .number()
    .min(0)
    .max(100)
    .default(furtherDefaults.marginal)
    .describe('A score below this fails.'),
  onNoData: judging.onNoData,
};

/** The kinds, for editors. */
export const furtherCheck = z.discriminatedUnion('kind', [
  z.strictObject(seriesFields),
  z.strictObject(trendFields),
  z.strictObject(anomalyFields),
  z.strictObject(errorBudgetFields),
  z.strictObject({
    ...compositeFields,
    of: z
      .array(z.union([z.string(), z.looseObject(partFields)]))
      .min(1)
      .max(bounds.parts),
  }),
]);
