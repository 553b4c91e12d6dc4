/** What a plan may change in the comparison of a check that counts. */
import { z } from 'zod';
import { countsDefaults } from '../defaults.ts';

const percent = z.number().min(0).max(100);

export const countsChanges = {
  margin: z
    .strictObject({
      ratio: z
        .number()
        .min(1)
        .max(1000)
        .optional()
        .describe(
          `Times the share of stable. Default: ${countsDefaults.marginRatio}; of latencies 1.1 (p50), 1.2 (p95), 1.3 (p99).`,
        ),
      difference: percent
        .default(countsDefaults.marginDifference)
        .describe('Percentage points on top of that.'),
    })
    .optional()
    .describe("How much higher than stable's the canary's share of bad requests may be."),
  limit: percent
    .optional()
    .describe(
      "Highest share of bad requests, %, whatever stable's is. Default of presets: 1, without stable beside.",
    ),
  enough: percent
    .optional()
    .describe(
      `A soak with a min ends early once the canary is surely no more than this worse, percentage points. Default: ${countsDefaults.enough}.`,
    ),
};
