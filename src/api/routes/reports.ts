/** The route of reports, which are texts and pages rather than JSON. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { refOf } from './rollouts.ts';

const mediaTypes = { md: 'text/markdown; charset=utf-8', html: 'text/html; charset=utf-8' } as const;

/** A report quotes what plans and people wrote: nothing in it runs or loads. */
const csp =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function reportRoutes(root: FastifyInstance, { report }: Pick<ApiDeps, 'report'>): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(operations.getReport.path, { schema: schemaOf('getReport') }, async (request, reply) => {
    const { kind, format, ...query } = request.query;
    const page = await report(refOf(request.params, query), kind, format);
    return reply
      .type(mediaTypes[format])
      .header('content-security-policy', csp)
      .header('cache-control', 'no-store')
      .send(page);
  });
}
