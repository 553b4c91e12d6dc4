/** Routes about rollouts that exist: list, get, steer, follow and audit. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { hasEnded, operations, type runQuerySchema, type targetParamsSchema } from '../contract.ts';
import { eventStream } from '../event-stream.ts';
import type { Feeds } from '../feeds.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps, RunRef } from '../service.ts';

export interface StreamSettings {
  readonly feeds: Feeds;
  readonly heartbeatMs: number;
}

export function rolloutRoutes(root: FastifyInstance, deps: ApiDeps, stream: StreamSettings): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { rollouts } = deps;
  app.get(operations.listRollouts.path, { schema: schemaOf('listRollouts') }, (request) =>
    rollouts.list(request.query),
  );
  app.get(operations.getRollout.path, { schema: schemaOf('getRollout') }, async (request) => {
    const view = await rollouts.get(refOf(request.params, request.query));
    const evidence = hasEnded(view) ? await deps.evidence.state(view) : null;
    return evidence === null || evidence.state === 'off' ? view : { ...view, evidence };
  });
  app.post(
    operations.steerRollout.path,
    {
      config: { access: 'steer' },
      schema: schemaOf('steerRollout'),
    },
    async (request, reply) => {
      const { command: name, ...target } = request.params;
      const requestId = request.headers['idempotency-key'] ?? randomUUID();
      const answer = await rollouts.command(target, { ...request.body, name, requestId });
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
  app.get(operations.followRollout.path, { schema: schemaOf('followRollout') }, async (request, reply) => {
    const feed = stream.feeds.of(refOf(request.params, request.query));
    await feed.ready;
    const seen = request.headers['last-event-id'];
    const told = eventStream(feed, { ...stream, seen });
    const events = Readable.from(told, { objectMode: true, highWaterMark: 1 });
    return reply
      .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .type('text/event-stream; charset=utf-8')
      .send(events);
  });
  app.get(operations.getSeries.path, { schema: schemaOf('getSeries') }, (request) =>
    rollouts.series(refOf(request.params, request.query)),
  );
  app.get(operations.auditRollout.path, { schema: schemaOf('auditRollout') }, (request) =>
    rollouts.audit(refOf(request.params, request.query)),
  );
}

export function refOf(
  target: z.infer<typeof targetParamsSchema>,
  { run }: z.infer<typeof runQuerySchema>,
): RunRef {
  return { ...target, ...(run === undefined ? {} : { runId: run }) };
}
