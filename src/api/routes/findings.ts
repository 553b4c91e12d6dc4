/** The route of what gates found, for pages and machines. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { refOf } from './rollouts.ts';

export function findingsRoutes(root: FastifyInstance, { findings }: Pick<ApiDeps, 'findings'>): void {
  root
    .withTypeProvider<ZodTypeProvider>()
    .get(operations.getFindings.path, { schema: schemaOf('getFindings') }, ({ params, query }) =>
      findings(refOf(params, query)),
    );
}
