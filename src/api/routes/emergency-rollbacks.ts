/** Routes of emergency rollbacks: open one, list them, look at one, release it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { areaOfWord } from '../../domain/access/areas.ts';
import { need } from '../access/principal.ts';
import {
  emergencyIdParamsSchema,
  emergencyListQuerySchema,
  emergencyListSchema,
  emergencyOpenedSchema,
  emergencyReleaseAnswerSchema,
  emergencyReleaseBodySchema,
  emergencyRollbackBodySchema,
  emergencyViewSchema,
  noQuerySchema,
  problemSchema,
} from '../contract.ts';
import type { ApiDeps } from '../service.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };
const tags = ['emergency'];

export function emergencyRollbackRoutes(root: FastifyInstance, { rollouts }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    '/v1/emergency-rollbacks',
    {
      config: { access: 'rollback', areaInBody: true },
      schema: {
        tags,
        summary: 'Bring every rollout of a scope back at once, and block new ones until it is released',
        description:
          'Stops the canaries in the data planes first. The same scope once more is the same emergency: 200.',
        querystring: noQuerySchema,
        body: emergencyRollbackBodySchema,
        response: { 200: emergencyOpenedSchema, 201: emergencyOpenedSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { scope, to, actor, reason } = request.body;
      need(request.principal, 'rollback', ...[scope].flat().map(areaOfWord));
      request.log.warn({ scope, to, actor, reason }, 'emergency rollback');
      const opened = await rollouts.openEmergency(request.body);
      const { id, created, stop } = opened;
      request.log.warn({ id, created, notRestored: stop.notRestored }, 'emergency rollback begun');
      return reply
        .status(created ? 201 : 200)
        .header('location', opened.links.self)
        .send(opened);
    },
  );
  app.get(
    '/v1/emergency-rollbacks',
    {
      schema: {
        tags,
        summary: 'Emergencies: open ones first, then those that were released last',
        querystring: emergencyListQuerySchema,
        response: { 200: emergencyListSchema, ...problems },
      },
    },
    (request) => rollouts.emergencies(request.query),
  );
  app.get(
    '/v1/emergency-rollbacks/:id',
    {
      config: { access: 'read', areaInBody: true },
      schema: {
        tags,
        summary: 'The latest emergency of that id: each target, the incident, the story',
        params: emergencyIdParamsSchema,
        querystring: noQuerySchema,
        response: { 200: emergencyViewSchema, ...problems },
      },
    },
    async (request) => {
      const view = await rollouts.emergency(request.params.id);
      need(request.principal, 'read', ...view.scope.map(areaOfWord));
      return view;
    },
  );
  app.post(
    '/v1/emergency-rollbacks/:id/release',
    {
      config: { access: 'release', areaInBody: true },
      schema: {
        tags,
        summary: 'Let rollouts in the scope begin again, and close the incident',
        params: emergencyIdParamsSchema,
        querystring: noQuerySchema,
        body: emergencyReleaseBodySchema,
        response: { 200: emergencyReleaseAnswerSchema, 202: emergencyReleaseAnswerSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      // Several words have an id of their own, which does not say them.
      const words = id.startsWith('several-') ? (await rollouts.emergency(id)).scope : [id];
      need(request.principal, 'release', ...words.map(areaOfWord));
      const { actor, reason } = request.body;
      const answer = await rollouts.releaseEmergency(id, request.body);
      request.log.warn({ id, actor, reason, via: answer.via }, 'emergency released');
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
}
