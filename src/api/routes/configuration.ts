/** The route that tells what the operator has set. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

export function configurationRoutes(root: FastifyInstance, { configuration }: ApiDeps): void {
  root
    .withTypeProvider<ZodTypeProvider>()
    .get(
      operations.getConfiguration.path,
      { config: { access: 'read', areaInBody: true }, schema: schemaOf('getConfiguration') },
      () => configuration(),
    );
}
