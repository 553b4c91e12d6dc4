/** The fields of checks that count: bad requests among all, on both versions, over all looks of a stage. */
import { z } from 'zod';
import { checkName, judging, maxConsecutiveErrors, queryText } from './check-schema.ts';
import { countsChanges } from './counts-changes.ts';

const counter = (what: string) =>
  queryText
    .optional()
    .describe(`Counter of ${what}: a selector, or with {{window}} an expression that counts.`);

export const countsFields = {
  kind: z.literal('counts').describe("The canary's share of bad requests must be no higher than stable's."),
  name: checkName.describe('Unique within its stage.'),
  bad: counter('the bad requests of one arm'),
  good: counter('the good ones, instead of `bad`'),
  total: queryText.describe('Counter of all its requests.'),
  ...countsChanges,
  minSamples: judging.minSamples,
  onNoData: judging.onNoData,
  maxConsecutiveErrors,
};

export const countsCheck = z.strictObject(countsFields);
