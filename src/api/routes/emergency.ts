/** Routes for emergencies: stop all canary traffic of a scope, see whether everything is stopped, and release that. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { areasOfEmergency } from '../../domain/access/areas.ts';
import { need } from '../access/principal.ts';
import { operations } from '../contract.ts';
import type { OwnChanges } from '../own-changes.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

export function emergencyRoutes(root: FastifyInstance, { rollouts }: ApiDeps, own: OwnChanges): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    operations.emergencyStop.path,
    {
      config: { access: 'rollback', areaInBody: true },
      schema: schemaOf('emergencyStop'),
    },
    async (request) => {
      const { scope, actor, reason } = request.body;
      need(request.principal, 'rollback', ...areasOfEmergency(scope));
      request.log.warn({ scope, actor, reason }, 'emergency stop');
      const answer = await rollouts.emergencyStop(request.body, keyOf(request));
      const { restored, notRestored, told, notTold } = answer;
      request.log.warn({ restored: restored.length, notRestored, told, notTold }, 'emergency stop done');
      return answer;
    },
  );
  // Whoever may start a rollout anywhere, or see one, is concerned.
  app.get(
    operations.getEmergencyStop.path,
    { config: { access: 'read', thinned: true }, schema: schemaOf('getEmergencyStop') },
    (request) => rollouts.stopOfAll(own.of(request)),
  );
  app.post(
    operations.releaseEmergencyStop.path,
    {
      config: { access: 'release' },
      schema: schemaOf('releaseEmergencyStop'),
    },
    async (request) => {
      const { actor, reason } = request.body;
      const answer = await rollouts.release(request.body, keyOf(request));
      request.log.warn({ actor, reason, ...answer }, 'emergency stop released');
      return answer;
    },
  );
}
