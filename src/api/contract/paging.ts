/** Pages of a list: how many entries, and where to go on. */
import { z } from 'zod';

export const pagingFields = {
  limit: z.coerce
    .number('must be one number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(200, 'must be at most 200')
    .default(50),
  cursor: z
    .exactOptional(z.string().max(4096))
    .describe('As `next` of an earlier answer gave it; only for the same filters.'),
};

export const nextSchema = z
  .string()
  .nullable()
  .describe(
    'For `cursor`; null: these are the last. Whoever sees a part of a list may get fewer than `limit` though more follow.',
  );
