/** Logging in with a browser: the parameters of the links, and an API token in place of a provider. */
import { z } from 'zod';

export const loginQuerySchema = z.strictObject({
  issuer: z.exactOptional(z.string().max(2_000)).describe('Default: the first one.'),
  return: z
    .exactOptional(z.string().max(2_000))
    .describe('Where to go on afterwards: a path under /ui/ or /v1/. What is anything else leads to /ui/.'),
});

export const tokenLoginBodySchema = z.strictObject({ token: z.string().min(1).max(500) });

export const loggedInSchema = z
  .object({ actor: z.string().describe('As histories name you.'), untilMs: z.number().int() })
  .meta({ id: 'LoggedIn' });

export const loggedOutSchema = z.object({ loggedOut: z.literal(true) });
