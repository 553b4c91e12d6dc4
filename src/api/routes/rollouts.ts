/** Routes about rollouts that exist: list, get, steer, follow and audit. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { commandNames } from '../../domain/rollout/types.ts';
import { sightOf } from '../access/sight.ts';
import type { StreamKeeper } from '../access/streams.ts';
import {
  hasEnded,
  operations,
  type RolloutView,
  type runQuerySchema,
  type targetParamsSchema,
} from '../contract.ts';
import { eventStream } from '../event-stream.ts';
import type { Feeds } from '../feeds.ts';
import { goneSignal } from '../gone.ts';
import { type OwnChanges, wantsNow } from '../own-changes.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import { idOfRef } from '../run-ref.ts';
import type { ApiDeps, RunRef } from '../service.ts';
import { askedEvery } from '../temporal/recent-pages.ts';
import { awaitedView, isAwaited, waitSecondsOf } from '../wait.ts';

interface StreamSettings {
  readonly feeds: Feeds;
  /** A rollout is looked at once in so long, however many ask. */
  readonly pollMs: number;
  readonly own: OwnChanges;
  readonly heartbeatMs: number;
  readonly keeper: StreamKeeper;
}

export function rolloutRoutes(root: FastifyInstance, deps: ApiDeps, stream: StreamSettings): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { rollouts } = deps;
  const recent = askedEvery<RolloutView>(stream.pollMs);
  app.get(
    operations.listRollouts.path,
    { config: { thinned: true }, schema: schemaOf('listRollouts') },
    (request) => rollouts.list(request.query, sightOf(request.principal), stream.own.ofLists(request)),
  );
  app.get(operations.getRollout.path, { schema: schemaOf('getRollout') }, async (request, reply) => {
    const ref = refOf(request.params, request.query);
    const { until } = request.query;
    const awaited = { until, ifNoneMatch: request.headers['if-none-match'] };
    const seconds = waitSecondsOf(request.headers.prefer);
    const anew = /\bno-cache\b/i.test(request.headers['cache-control'] ?? '');
    const asked = () => rollouts.get(ref, anew);
    // Who waits means the rollout of now: an older look at it would be another state than the one that is known.
    const isOfNow = wantsNow(request) || seconds !== null;
    const first = await (isOfNow ? asked() : recent.of(idOfRef(ref), asked, stream.own.of(request)));
    const waited = async (waitMs: number) => {
      const run = { ...ref, runId: first.runId };
      const feed = stream.feeds.of(run, first);
      await feed.ready;
      return (
        (await awaitedView(feed, first, awaited, waitMs, goneSignal(reply))) ?? (await rollouts.get(run))
      );
    };
    let view = first;
    if (seconds !== null && isAwaited(first, awaited)) {
      reply.header('preference-applied', `wait=${seconds}`);
      view = await stream.keeper.wait(request, () => waited(seconds * 1000));
    }
    const evidence = hasEnded(view) ? await deps.evidence.state(view) : null;
    return evidence === null || evidence.state === 'off' ? view : { ...view, evidence };
  });
  app.post(
    // Only these, so that what else stands at that place is no command that is refused, but nothing.
    operations.steerRollout.path.replace(':command', `:command(^${commandNames.join('|')}$)`),
    {
      config: { access: 'steer' },
      schema: schemaOf('steerRollout'),
    },
    async (request, reply) => {
      const { command: name, ...target } = request.params;
      // Before the express lane stops anything: the rollout itself would refuse to read it.
      if (name === 'rollback' && request.body.expect !== undefined) {
        const message = 'a rollback takes none, as it is never refused';
        throw new SluiceError('request-invalid', `expect: ${message}.`, {
          problems: [{ path: 'expect', message }],
        });
      }
      const key = keyOf(request);
      const requestId = key ?? randomUUID();
      const ref = refOf(target, request.query);
      const answer = await rollouts.command(ref, { ...request.body, name, requestId }, key !== null);
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
  app.get(
    operations.followRollout.path,
    { exposeHeadRoute: false, schema: schemaOf('followRollout') },
    async (request, reply) => {
      const feed = await stream.feeds.follow(refOf(request.params, request.query));
      const seen = request.headers['last-event-id'];
      const told = eventStream(feed, { ...stream, seen });
      return stream.keeper.send(request, reply, told);
    },
  );
  app.get(operations.getSeries.path, { schema: schemaOf('getSeries') }, (request) =>
    rollouts.series(refOf(request.params, request.query), stream.own.of(request)),
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
