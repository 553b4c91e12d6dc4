/** The route that says who asks and what they may do, by which a page knows what to offer. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { allows, allowsSomewhere, everywhere, permissions } from '../../domain/access/grants.ts';
import type { BrowserLogin } from '../access/browser-login.ts';
import { anybody, nobody } from '../access/principal.ts';
import { type Me, operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';

export function meRoutes(root: FastifyInstance, login: BrowserLogin | null): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    operations.getMe.path,
    { config: { access: 'anyone' }, schema: schemaOf('getMe') },
    async ({ principal, query }): Promise<Me> => {
      const { name, verified, grants, session = null } = principal;
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
        session,
        ways: login?.ways() ?? [],
      };
    },
  );
}
