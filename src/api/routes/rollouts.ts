/** Routes about rollouts that exist: list, get, steer, follow and audit. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  auditSchema,
  commandAnswerSchema,
  commandBodySchema,
  commandParamsSchema,
  hasEnded,
  idempotencyKeySchema,
  listQuerySchema,
  noQuerySchema,
  pageSchema,
  problemSchema,
  rolloutViewSchema,
  runQuerySchema,
  targetParamsSchema,
} from '../contract.ts';
import { eventStream } from '../event-stream.ts';
import type { Feeds } from '../feeds.ts';
import type { ApiDeps, RunRef } from '../service.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };
const commandHeadersSchema = z.looseObject({ 'idempotency-key': z.exactOptional(idempotencyKeySchema) });
const ofOneRun = { params: targetParamsSchema, querystring: runQuerySchema };

export interface StreamSettings {
  readonly feeds: Feeds;
  readonly heartbeatMs: number;
}

export function rolloutRoutes(root: FastifyInstance, deps: ApiDeps, stream: StreamSettings): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { rollouts } = deps;
  app.get(
    '/v1/rollouts',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'List rollouts: running ones first, then those that ended last',
        querystring: listQuerySchema,
        response: { 200: pageSchema, ...problems },
      },
    },
    (request) => rollouts.list(request.query),
  );
  app.get(
    '/v1/rollouts/:environment/:service',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'Everything about the latest rollout of a target, or about one run of it',
        ...ofOneRun,
        response: { 200: rolloutViewSchema, ...problems },
      },
    },
    async (request) => {
      const view = await rollouts.get(refOf(request.params, request.query));
      const evidence = hasEnded(view) ? await deps.evidence.state(view) : null;
      return evidence === null || evidence.state === 'off' ? view : { ...view, evidence };
    },
  );
  app.post(
    '/v1/rollouts/:environment/:service/:command',
    {
      config: { access: 'steer' },
      schema: {
        tags: ['rollouts'],
        summary: 'Steer the running rollout: promote, pause, resume, rollback, approve or reject',
        params: commandParamsSchema,
        querystring: noQuerySchema,
        headers: commandHeadersSchema,
        body: commandBodySchema,
        response: { 200: commandAnswerSchema, 202: commandAnswerSchema, ...problems },
      },
    },
    async (request, reply) => {
      const { command: name, ...target } = request.params;
      const requestId = request.headers['idempotency-key'] ?? randomUUID();
      const answer = await rollouts.command(target, { ...request.body, name, requestId });
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
  app.get(
    '/v1/rollouts/:environment/:service/events',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'Follow a rollout as server-sent events until it ends',
        description:
          'Events: `status` (a RolloutView, at first and on every change), `trouble` (the API cannot see the rollout now), `end`.',
        ...ofOneRun,
      },
    },
    async (request, reply) => {
      const feed = stream.feeds.of(refOf(request.params, request.query));
      await feed.ready;
      const events = Readable.from(eventStream(feed, stream), { objectMode: true, highWaterMark: 1 });
      return reply
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .type('text/event-stream; charset=utf-8')
        .send(events);
    },
  );
  app.get(
    '/v1/rollouts/:environment/:service/audit',
    {
      schema: {
        tags: ['rollouts'],
        summary: 'Who did what, when and why, the evidence, and whether a replay through today’s code agreed',
        ...ofOneRun,
        response: { 200: auditSchema, ...problems },
      },
    },
    (request) => rollouts.audit(refOf(request.params, request.query)),
  );
}

export function refOf(
  target: z.infer<typeof targetParamsSchema>,
  { run }: z.infer<typeof runQuerySchema>,
): RunRef {
  return { ...target, ...(run === undefined ? {} : { runId: run }) };
}
