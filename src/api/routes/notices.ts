/**
 * Routes about telling people: who was told of a rollout, acknowledging its trouble, and incidents with their reviews.
 */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { reviewOf } from '../../domain/incident/review.ts';
import { sightOf } from '../access/sight.ts';
import { type NoticesView, operations } from '../contract.ts';
import type { OwnChanges } from '../own-changes.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import { idOfRef } from '../run-ref.ts';
import type { ApiDeps } from '../service.ts';
import { askedEvery } from '../temporal/recent-pages.ts';
import { refOf } from './rollouts.ts';

/** As often as pages ask. */
const everyMs = 5_000;

export function noticeRoutes(root: FastifyInstance, { notices }: ApiDeps, own: OwnChanges): void {
  const recent = askedEvery<NoticesView>(everyMs);
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(operations.getNotices.path, { schema: schemaOf('getNotices') }, (request) => {
    const ref = refOf(request.params, request.query);
    return recent.of(idOfRef(ref), () => notices.of(ref), own.of(request));
  });
  app.post(
    operations.acknowledge.path,
    {
      config: { access: 'rollback' },
      schema: schemaOf('acknowledge'),
    },
    async (request, reply) => {
      const answer = await notices.acknowledge(request.params, request.body, keyOf(request));
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
  incidentRoutes(root, notices, own);
}

function incidentRoutes(root: FastifyInstance, notices: ApiDeps['notices'], own: OwnChanges): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    operations.listIncidents.path,
    { config: { thinned: true }, schema: schemaOf('listIncidents') },
    (request) => notices.incidents(request.query, sightOf(request.principal), own.ofLists(request)),
  );
  app.get(operations.getIncident.path, { schema: schemaOf('getIncident') }, (request) =>
    notices.incident(refOf(request.params, request.query)),
  );
  app.get(operations.getReview.path, { schema: schemaOf('getReview') }, async (request, reply) => {
    const incident = await notices.incident(refOf(request.params, request.query));
    return reply.type('text/markdown; charset=utf-8').send(reviewOf(incident));
  });
  app.post(
    operations.closeIncident.path,
    {
      config: { access: 'steer' },
      schema: schemaOf('closeIncident'),
    },
    (request) => notices.close(request.params, request.body, keyOf(request)),
  );
}
