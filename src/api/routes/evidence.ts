/** The routes of evidence: bundles, their verification, holds and pruning. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { sightOf } from '../access/sight.ts';
import { operations } from '../contract.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { refOf } from './rollouts.ts';

export function evidenceRoutes(root: FastifyInstance, { evidence }: Pick<ApiDeps, 'evidence'>): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    operations.listEvidence.path,
    { config: { thinned: true }, schema: schemaOf('listEvidence') },
    ({ query, principal }) => evidence.list(query, sightOf(principal)),
  );
  app.post(operations.pruneEvidence.path, { schema: schemaOf('pruneEvidence') }, (request) =>
    evidence.prune(request.body, keyOf(request)),
  );
  app.get(operations.getEvidence.path, { schema: schemaOf('getEvidence') }, (request) =>
    evidence.show(refOf(request.params, request.query)),
  );
  app.post(
    operations.collectEvidence.path,
    {
      config: { access: 'steer' },
      schema: schemaOf('collectEvidence'),
    },
    async (request, reply) => {
      const key = keyOf(request);
      const once = key === null ? null : { key, actor: request.principal.name };
      const answer = await evidence.collect(refOf(request.params, request.query), once);
      return reply.status(answer.created ? 201 : 200).send(answer);
    },
  );
  app.get(
    operations.downloadEvidence.path,
    { schema: schemaOf('downloadEvidence') },
    async (request, reply) => {
      const { name, content } = await evidence.archive(refOf(request.params, request.query));
      return reply
        .header('content-disposition', `attachment; filename="${name}"`)
        .type('application/x-tar')
        .send(content);
    },
  );
  app.get(operations.verifyEvidence.path, { schema: schemaOf('verifyEvidence') }, (request) =>
    evidence.verify(refOf(request.params, request.query)),
  );
  app.post(operations.holdEvidence.path, { schema: schemaOf('holdEvidence') }, (request) =>
    evidence.hold(refOf(request.params, request.query), 'hold', request.body, keyOf(request)),
  );
  app.post(operations.releaseEvidence.path, { schema: schemaOf('releaseEvidence') }, (request) =>
    evidence.hold(refOf(request.params, request.query), 'release', request.body, keyOf(request)),
  );
}
