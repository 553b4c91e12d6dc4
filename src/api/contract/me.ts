/** Who asks, as the API knows it, and what that person or machine may do. */
import { z } from 'zod';
import { permissions, roles } from '../../domain/access/grants.ts';
import { targetPartSchema } from './text.ts';

export const meQuerySchema = z.strictObject({
  environment: z.exactOptional(targetPartSchema),
  service: z.exactOptional(targetPartSchema),
});

/** A way to log in with a browser: a link to follow, or an API token to send. */
const loginWaySchema = z.union([
  z.object({ kind: z.literal('openid'), name: z.string(), href: z.string() }),
  z.object({ kind: z.literal('token'), href: z.string() }),
]);
export type LoginWay = z.infer<typeof loginWaySchema>;

const permissionsSchema = z.array(z.enum(permissions));

export const meSchema = z
  .object({
    actor: z
      .string()
      .nullable()
      .describe('As histories name you; null: nobody has logged in, or nobody needs to.'),
    verified: z
      .boolean()
      .describe('Whether the API knows who you are. Else an actor is what a request says.'),
    loginNeeded: z
      .boolean()
      .describe('Whether anything but this can be asked only by somebody who has logged in.'),
    grants: z.array(
      z.object({ role: z.enum(roles), environments: z.array(z.string()), services: z.array(z.string()) }),
    ),
    can: permissionsSchema.describe(
      'What you may do to all that the query names; what it leaves out is everything.',
    ),
    somewhere: permissionsSchema.describe('What you may do to one target at least.'),
    session: z
      .object({
        id: z
          .string()
          .nullable()
          .describe('Names it in the list of sessions; null: no such list is kept here.'),
        untilMs: z.number().int().describe('Then somebody has to log in again.'),
        csrf: z.string().describe('To be sent as `X-CSRF-Token` with every POST.'),
      })
      .nullable()
      .describe('The browser’s session; null: it was not one that said who you are.'),
    ways: z.array(loginWaySchema).describe('How one may log in with a browser.'),
  })
  .meta({ id: 'Me', description: 'Who asks, and what that person or machine may do.' });
export type Me = z.infer<typeof meSchema>;
