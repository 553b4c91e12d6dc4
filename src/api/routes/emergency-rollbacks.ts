/** Routes of emergency rollbacks: open one, list them, look at one, release it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { areaOfWord } from '../../domain/access/areas.ts';
import { need } from '../access/principal.ts';
import { sightOf } from '../access/sight.ts';
import { type EmergencyView, operations } from '../contract.ts';
import type { OwnChanges } from '../own-changes.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';
import { askedEvery } from '../temporal/recent-pages.ts';

/** As often as pages ask. */
const everyMs = 1_000;

export function emergencyRollbackRoutes(root: FastifyInstance, { rollouts }: ApiDeps, own: OwnChanges): void {
  const recent = askedEvery<EmergencyView>(everyMs);
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    operations.openEmergency.path,
    {
      config: { access: 'rollback', areaInBody: true },
      schema: schemaOf('openEmergency'),
    },
    async (request, reply) => {
      const { scope, to, actor, reason } = request.body;
      const areas = [scope].flat().map(areaOfWord);
      need(request.principal, 'rollback', ...areas);
      // Any other version than the one before is one that somebody has chosen, as in a plan.
      if (to !== undefined && to !== 'previous') need(request.principal, 'start', ...areas);
      request.log.warn({ scope, to, actor, reason }, 'emergency rollback');
      const opened = await rollouts.openEmergency(request.body, keyOf(request));
      const { id, created, stop } = opened;
      request.log.warn({ id, created, notRestored: stop.notRestored }, 'emergency rollback begun');
      return reply
        .status(created ? 201 : 200)
        .header('location', opened.links.self)
        .send(opened);
    },
  );
  app.get(
    operations.listEmergencies.path,
    { config: { access: 'read', thinned: true }, schema: schemaOf('listEmergencies') },
    (request) => rollouts.emergencies(request.query, sightOf(request.principal), own.ofLists(request)),
  );
  app.get(
    operations.getEmergency.path,
    {
      config: { access: 'read', areaInBody: true },
      schema: schemaOf('getEmergency'),
    },
    async (request) => {
      const { id } = request.params;
      const view = await recent.of(id, () => rollouts.emergency(id), own.of(request));
      need(request.principal, 'read', ...view.scope.map(areaOfWord));
      return view;
    },
  );
  app.post(
    operations.releaseEmergency.path,
    {
      config: { access: 'release', areaInBody: true },
      schema: schemaOf('releaseEmergency'),
    },
    async (request, reply) => {
      const { id } = request.params;
      // Several words have an id of their own, which does not say them.
      const words = id.startsWith('several-') ? (await rollouts.emergency(id)).scope : [id];
      need(request.principal, 'release', ...words.map(areaOfWord));
      const { actor, reason } = request.body;
      const answer = await rollouts.releaseEmergency(id, request.body, keyOf(request));
      request.log.warn({ id, actor, reason, via: answer.via }, 'emergency released');
      return reply.status(answer.via === 'update' ? 200 : 202).send(answer);
    },
  );
}
