/** The routes of evidence: bundles, their verification, holds and pruning. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  bundleCollectedSchema,
  bundleListQuerySchema,
  bundleListSchema,
  bundleSchema,
  holdBodySchema,
  noQuerySchema,
  problemSchema,
  pruneAnswerSchema,
  pruneBodySchema,
  runQuerySchema,
  targetParamsSchema,
  verificationSchema,
} from '../contract.ts';
import type { ApiDeps } from '../service.ts';
import { refOf } from './rollouts.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };
const ofOneRun = { tags: ['evidence'], params: targetParamsSchema, querystring: runQuerySchema };
const path = '/v1/rollouts/:environment/:service/evidence';

export function evidenceRoutes(root: FastifyInstance, { evidence }: Pick<ApiDeps, 'evidence'>): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/evidence',
    {
      schema: {
        tags: ['evidence'],
        summary: 'Bundles of evidence, those collected last first, and what could not be kept yet',
        querystring: bundleListQuerySchema,
        response: { 200: bundleListSchema, ...problems },
      },
    },
    (request) => evidence.list(request.query),
  );
  app.post(
    '/v1/evidence/prune',
    {
      schema: {
        tags: ['evidence'],
        summary: 'Delete the files of bundles whose time is over and that nobody holds',
        querystring: noQuerySchema,
        body: pruneBodySchema,
        response: { 200: pruneAnswerSchema, ...problems },
      },
    },
    (request) => evidence.prune(request.body),
  );
  app.get(
    path,
    {
      schema: {
        ...ofOneRun,
        summary: 'The manifest of a bundle, its signature, holds and what became of it',
        response: { 200: bundleSchema, ...problems },
      },
    },
    (request) => evidence.show(refOf(request.params, request.query)),
  );
  app.post(
    path,
    {
      config: { access: 'steer' },
      schema: {
        ...ofOneRun,
        summary: 'Collect the bundle of a rollout that has ended, unless it is there',
        body: noQuerySchema,
        response: { 200: bundleCollectedSchema, 201: bundleCollectedSchema, ...problems },
      },
    },
    async (request, reply) => {
      const answer = await evidence.collect(refOf(request.params, request.query));
      return reply.status(answer.created ? 201 : 200).send(answer);
    },
  );
  app.get(
    `${path}/archive`,
    { schema: { ...ofOneRun, summary: 'All files of a bundle as a tar archive' } },
    async (request, reply) => {
      const archive = await evidence.archive(refOf(request.params, request.query));
      const { environment, service } = request.params;
      const name = `${environment}-${service}-evidence.tar`.replaceAll(/[^\w.-]/g, '_');
      return reply
        .header('content-disposition', `attachment; filename="${name}"`)
        .type('application/x-tar')
        .send(archive);
    },
  );
  app.get(
    `${path}/verification`,
    {
      schema: {
        ...ofOneRun,
        summary: 'Check hashes, signature and chain of a bundle, and replay its history',
        response: { 200: verificationSchema, ...problems },
      },
    },
    (request) => evidence.verify(refOf(request.params, request.query)),
  );
  for (const action of ['hold', 'release'] as const) {
    app.post(
      `${path}/${action}`,
      {
        schema: {
          ...ofOneRun,
          summary:
            action === 'hold' ? 'Keep a bundle for as long as it is held' : 'Lift the legal hold of a bundle',
          body: holdBodySchema,
          response: { 200: bundleSchema, ...problems },
        },
      },
      (request) => evidence.hold(refOf(request.params, request.query), action, request.body),
    );
  }
}
