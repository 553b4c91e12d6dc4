/** The route that says who asks and what they may do, by which a page knows what to offer. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { allows, allowsSomewhere, everywhere, permissions } from '../../domain/access/grants.ts';
import { anybody, nobody } from '../access/principal.ts';
import { type Me, meQuerySchema, meSchema, problemSchema } from '../contract.ts';

export function meRoutes(root: FastifyInstance): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/me',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['service'],
        summary: 'Who asks, and what they may do: everywhere, or to what the query names',
        description: 'Answers also where nobody has logged in. A token that is not good is refused.',
        querystring: meQuerySchema,
        response: { 200: meSchema, '4xx': problemSchema, '5xx': problemSchema },
      },
    },
    async ({ principal, query }): Promise<Me> => {
      const { name, verified, grants } = principal;
      const area = { ...everywhere, ...query };
      return {
        actor: principal === anybody || principal === nobody ? null : name,
        verified,
        loginNeeded: principal === nobody,
        grants: grants.map(({ role, environments, services }) => ({
          role,
          environments: [...environments],
          services: [...services],
        })),
        can: permissions.filter((one) => allows(grants, one, area)),
        somewhere: permissions.filter((one) => allowsSomewhere(grants, one)),
      };
    },
  );
}
