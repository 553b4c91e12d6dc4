/** The route of what gates found, for pages and machines. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Findings, operations } from '../contract.ts';
import type { OwnChanges } from '../own-changes.ts';
import { schemaOf } from '../route-schema.ts';
import { idOfRef } from '../run-ref.ts';
import type { ApiDeps } from '../service.ts';
import { askedEvery } from '../temporal/recent-pages.ts';
import { refOf } from './rollouts.ts';

/** As often as pages ask. */
const everyMs = 5_000;

export function findingsRoutes(
  root: FastifyInstance,
  { findings }: Pick<ApiDeps, 'findings'>,
  own: OwnChanges,
): void {
  const recent = askedEvery<Findings>(everyMs);
  root
    .withTypeProvider<ZodTypeProvider>()
    .get(operations.getFindings.path, { schema: schemaOf('getFindings') }, (request) => {
      const ref = refOf(request.params, request.query);
      return recent.of(idOfRef(ref), () => findings(ref), own.of(request));
    });
}
