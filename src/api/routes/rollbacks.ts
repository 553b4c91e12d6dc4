/** The route of the rollbacks' history and statistics. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { problemSchema, rollbackPageSchema, rollbackQuerySchema } from '../contract.ts';
import type { ApiDeps } from '../service.ts';

export function rollbackRoutes(root: FastifyInstance, { rollouts }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/rollbacks',
    {
      schema: {
        tags: ['rollbacks'],
        summary: 'Rollbacks, the last decision first, and what they say together',
        querystring: rollbackQuerySchema,
        response: { 200: rollbackPageSchema, '4xx': problemSchema, '5xx': problemSchema },
      },
    },
    (request) => rollouts.rollbacks(request.query),
  );
}
