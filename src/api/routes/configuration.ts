/** The route that tells what the operator has set. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { configurationSchema, noQuerySchema, problemSchema } from '../contract.ts';
import type { ApiDeps } from '../service.ts';

export function configurationRoutes(root: FastifyInstance, { configuration }: ApiDeps): void {
  root.withTypeProvider<ZodTypeProvider>().get(
    '/v1/configuration',
    {
      config: { access: 'read', areaInBody: true },
      schema: {
        tags: ['service'],
        summary: 'What the operator has set and may be shown: versions, access, policies, freezes',
        querystring: noQuerySchema,
        response: { 200: configurationSchema, '4xx': problemSchema, '5xx': problemSchema },
      },
    },
    () => configuration(),
  );
}
