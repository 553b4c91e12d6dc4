/** The route of the rollbacks' history and statistics. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { sightOf } from '../access/sight.ts';
import { operations } from '../contract.ts';
import type { OwnChanges } from '../own-changes.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

export function rollbackRoutes(root: FastifyInstance, { rollouts }: ApiDeps, own: OwnChanges): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    operations.listRollbacks.path,
    { config: { thinned: true }, schema: schemaOf('listRollbacks') },
    (request) => rollouts.rollbacks(request.query, sightOf(request.principal), own.newEnough(request)),
  );
}
