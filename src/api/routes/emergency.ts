/** Routes for emergencies: stop all canary traffic of a scope, and release a stop of everything. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { areasOfEmergency } from '../../domain/access/areas.ts';
import { need } from '../access/principal.ts';
import {
  emergencyAnswerSchema,
  emergencyStopBodySchema,
  noQuerySchema,
  problemSchema,
  releaseAnswerSchema,
  releaseBodySchema,
} from '../contract.ts';
import type { ApiDeps } from '../service.ts';

const problems = { '4xx': problemSchema, '5xx': problemSchema };

export function emergencyRoutes(root: FastifyInstance, { rollouts }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    '/v1/emergency-stop',
    {
      config: { access: 'rollback', areaInBody: true },
      schema: {
        tags: ['emergency'],
        summary: 'Stop all canary traffic of a scope, in the data planes first',
        description:
          'Scope `all` is one write per data plane and bars new rollouts until it is released. 503 when nothing could be stopped.',
        querystring: noQuerySchema,
        body: emergencyStopBodySchema,
        response: { 200: emergencyAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { scope, actor, reason } = request.body;
      need(request.principal, 'rollback', ...areasOfEmergency(scope));
      request.log.warn({ scope, actor, reason }, 'emergency stop');
      const answer = await rollouts.emergencyStop(request.body);
      const { restored, notRestored, told, notTold } = answer;
      request.log.warn({ restored: restored.length, notRestored, told, notTold }, 'emergency stop done');
      return answer;
    },
  );
  app.post(
    '/v1/emergency-stop/release',
    {
      config: { access: 'release' },
      schema: {
        tags: ['emergency'],
        summary: 'Release a stop of everything, so that rollouts may begin again',
        querystring: noQuerySchema,
        body: releaseBodySchema,
        response: { 200: releaseAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const { actor, reason } = request.body;
      const answer = await rollouts.release();
      request.log.warn({ actor, reason, ...answer }, 'emergency stop released');
      return answer;
    },
  );
}
