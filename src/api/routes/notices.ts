/** Routes about telling people: who was told of a rollout, acknowledging its trouble, and incidents with their reviews. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { reviewOf } from '../../domain/incident/review.ts';
import {
  ackAnswerSchema,
  ackBodySchema,
  incidentListSchema,
  incidentParamsSchema,
  incidentQuerySchema,
  incidentViewSchema,
  noQuerySchema,
  noticesViewSchema,
  problemSchema,
  runQuerySchema,
  targetParamsSchema,
} from '../contract.ts';
import type { ApiDeps, RunRef } from '../service.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };

export function noticeRoutes(root: FastifyInstance, { notices }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/rollouts/:environment/:service/notices',
    {
      schema: {
        tags: ['notices'],
        summary: 'Who was told of a rollout, what waits, and what is open',
        params: targetParamsSchema,
        querystring: runQuerySchema,
        response: { 200: noticesViewSchema, ...problems },
      },
    },
    (request) => notices.of(refOf(request.params, request.query)),
  );
  app.post(
    '/v1/rollouts/:environment/:service/ack',
    {
      config: { access: 'rollback' },
      schema: {
        tags: ['notices'],
        summary: 'Say that somebody has taken the trouble of a rollout on, which ends its escalation',
        params: targetParamsSchema,
        querystring: noQuerySchema,
        body: ackBodySchema,
        response: { 200: ackAnswerSchema, 202: ackAnswerSchema, ...problems },
      },
    },
    async (request, reply) => {
      const answer = await notices.acknowledge(request.params, request.body);
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
  incidentRoutes(root, notices);
}

function incidentRoutes(root: FastifyInstance, notices: ApiDeps['notices']): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const ofOne = { params: incidentParamsSchema, querystring: runQuerySchema };
  app.get(
    '/v1/incidents',
    {
      schema: {
        tags: ['notices'],
        summary: 'Incidents: open ones first, then those that were closed last',
        querystring: incidentQuerySchema,
        response: { 200: incidentListSchema, ...problems },
      },
    },
    (request) => notices.incidents(request.query),
  );
  app.get(
    '/v1/incidents/:environment/:service',
    {
      schema: {
        tags: ['notices'],
        summary: 'The latest incident of a target, or one run: rollouts, rollback records, story',
        ...ofOne,
        response: { 200: incidentViewSchema, ...problems },
      },
    },
    (request) => notices.incident(refOf(request.params, request.query)),
  );
  app.get(
    '/v1/incidents/:environment/:service/review',
    { schema: { tags: ['notices'], summary: 'The post-incident review as Markdown, filled in', ...ofOne } },
    async (request, reply) => {
      const incident = await notices.incident(refOf(request.params, request.query));
      return reply.type('text/markdown; charset=utf-8').send(reviewOf(incident));
    },
  );
  app.post(
    '/v1/incidents/:environment/:service/close',
    {
      config: { access: 'steer' },
      schema: {
        tags: ['notices'],
        summary: 'Close the open incident of a target by hand',
        params: incidentParamsSchema,
        querystring: noQuerySchema,
        body: ackBodySchema,
        response: { 200: incidentViewSchema, ...problems },
      },
    },
    (request) => notices.close(request.params, request.body),
  );
}

function refOf(target: z.infer<typeof targetParamsSchema>, { run }: z.infer<typeof runQuerySchema>): RunRef {
  return { ...target, ...(run === undefined ? {} : { runId: run }) };
}
