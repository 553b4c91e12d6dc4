/** The fields of a check as people write them. Defaults that depend on other fields are set in `judging.ts`. */
import { z } from 'zod';
import { isLegible, legibleRule } from '../../legible.ts';
import { bounds, defaults } from '../defaults.ts';
import { countsChanges } from './counts-changes.ts';
import { dayMs, duration, secondMs } from './duration-schema.ts';

const namePattern = /^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?$/;
const nameRule =
  'must be 1 to 63 letters, digits, spaces, dots, underscores and dashes, with a letter or digit at both ends';

export const checkName = z.string().regex(namePattern, nameRule);
const finite = z.number();

/** The name of a template obeys the rule for checks, since it names its check. */
export const templateName = checkName;

/** Presets are too many for a message. */
export const wherePresets = 'docs/plan.md has all presets, under Checks';

/** When a check has failed. */
export const failAfter = z
  .strictObject({
    consecutive: z.int().min(1).max(100).optional().describe('Failing looks in a row. Default: 2.'),
    failures: z.int().min(1).max(100).optional().describe('Failing looks among the last `of`.'),
    of: z.int().min(1).max(100).optional().describe('How many looks back `failures` counts.'),
  })
  .optional()
  .describe('The check fails when either limit is reached.');

export const maxConsecutiveErrors = z
  .int()
  .min(1)
  .max(1000)
  .optional()
  .describe(`So many query errors in a row count as no data. Default: ${defaults.maxConsecutiveErrors}.`);

/** What every check may say, whether it is made from a preset or from scratch. */
export const judging = {
  window: duration(secondMs, dayMs)
    .optional()
    .describe('How far back each look measures. Default: analysis.window.'),
  minSamples: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .optional()
    .describe(
      `Fewer observations in the window are no data. Default: ${defaults.minSamples}; 0 without a samples query.`,
    ),
  onNoData: z
    .enum(['hold', 'fail', 'pass'])
    .optional()
    .describe(
      "What the check says at a stage's end while it has no data. A pass is never evidence. Default: hold.",
    ),
  failAfter,
  maxConsecutiveErrors,
};

const thresholdLimits = {
  min: finite.optional().describe("The canary's value must not be below."),
  max: finite.optional().describe("The canary's value must not be above."),
};
const baselineLimits = {
  maxRatio: z
    .number()
    .min(1)
    .max(1000)
    .optional()
    .describe('How many times worse than stable the canary may be.'),
  maxDifference: z
    .number()
    .min(0)
    .optional()
    .describe('How much worse than stable it may be, in the unit of the value.'),
};

/** `{preset: latency-p95, max: 0.3}`: a preset or a template of the plan, with changes. */
export const presetFields = {
  preset: z.string().max(bounds.textLength).describe('A preset, or a template of this plan.'),
  name: checkName.optional().describe('Unique within its stage. Default: what the preset measures.'),
  selector: z
    .string()
    .min(1)
    .max(bounds.queryLength)
    .optional()
    .describe('Label matchers that pick the arm, instead of those of the preset.'),
  histogram: z
    .enum(['classic', 'native'])
    .optional()
    .describe('Whether the latencies are in buckets by `le`, or in a native histogram. Default: classic.'),
  ...thresholdLimits,
  ...baselineLimits,
  ...countsChanges,
  ...judging,
};

export const unit = z.string().max(20).refine(isLegible, legibleRule);
export const queryText = z.string().max(bounds.queryLength);

const customCommon = {
  name: checkName.optional().describe('Unique within its stage. A template may leave it out.'),
  unit: unit.default('').describe('Shown beside values, for example % or s.'),
  query: queryText.describe('Query for the value of one arm, with {{version}} and {{window}}.'),
  samples: queryText.optional().describe('Query for the number of observations behind the value.'),
  ...judging,
};

/** A check written from scratch; which limits fit depends on its kind. */
export const customFields = {
  kind: z
    .enum(['threshold', 'baseline'])
    .describe('threshold: absolute limits. baseline: compared with stable.'),
  ...customCommon,
  ...thresholdLimits,
  worse: z.enum(['higher', 'lower']).optional().describe('Which direction is bad.'),
  ...baselineLimits,
};

/** The two kinds apart, for editors. */
export const customCheck = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), ...customCommon, ...thresholdLimits }),
  z.strictObject({
    kind: z.literal('baseline'),
    ...customCommon,
    worse: z.enum(['higher', 'lower']).describe('Which direction is bad.'),
    ...baselineLimits,
  }),
]);
