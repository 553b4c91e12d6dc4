/** Sessions of browsers: whose, since when, from which browser; and ending them. */
import { z } from 'zod';
import { nextSchema, pagingFields } from './paging.ts';
import { textSchema } from './text.ts';

const ownerSchema = textSchema(500);

export const sessionQuerySchema = z.strictObject({
  name: z.exactOptional(ownerSchema).describe('Whose. Default: yours. Others’ are for an `admin`.'),
  everybody: z.exactOptional(z.literal('true')).describe('Everybody’s, for an `admin`.'),
  ...pagingFields,
});
export type SessionQuery = z.infer<typeof sessionQuerySchema>;

export const browserSessionSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Whose it is, as histories name them.'),
    browser: z.string().describe('As it calls itself, which is no proof of anything.'),
    beganMs: z.number().int(),
    untilMs: z.number().int().describe('Then it ends by itself.'),
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .meta({ id: 'BrowserSession' });
export type BrowserSession = z.infer<typeof browserSessionSchema>;

export const sessionListSchema = z.object({ sessions: z.array(browserSessionSchema), next: nextSchema });
export type SessionList = z.infer<typeof sessionListSchema>;

export const sessionParamsSchema = z.strictObject({
  session: z.string().regex(/^[0-9a-f]{16}$/, 'must be the id of a session'),
});

export const revokeSessionsBodySchema = z.strictObject({
  name: ownerSchema.describe('Whose. Others’ are for an `admin`.'),
});

export const revokedSchema = z.object({
  revoked: z.number().int().describe('How many sessions have ended.'),
});
