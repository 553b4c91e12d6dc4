/** Routes that take a plan: start a rollout, or only check the plan. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { targetOf } from '../../domain/plan/types.ts';
import { actorOf, need, reachOf } from '../access/principal.ts';
import { linksOf, operations } from '../contract.ts';
import type { StartBound } from '../limits/start-bound.ts';
import type { Comer } from '../limits/start-line.ts';
import { planOf, readPlanBody } from '../plan-body.ts';
import { keyOf, schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

const consumes = ['application/json', 'application/yaml', 'text/yaml'];

/** The same request of the same principal is the same one who comes. */
function comerOf({ principal: { name, verified }, body }: FastifyRequest): Comer {
  const digest = createHash('sha256')
    .update(JSON.stringify([name, body]))
    .digest('base64');
  return { name: digest, owner: verified ? name : null };
}

export function planRoutes(root: FastifyInstance, deps: ApiDeps, bound: StartBound | null): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    operations.startRollout.path,
    {
      config: { access: 'start', areaInBody: true },
      schema: { ...schemaOf('startRollout'), consumes },
    },
    async (request, reply) => {
      const comer = bound === null ? null : comerOf(request);
      if (bound !== null && comer !== null) bound.refuseEarly(comer.name, reply);
      const { parse, ...asked } = readPlanBody(request.body, deps.plans);
      const plan = planOf(parse);
      need(request.principal, 'start', plan);
      need(request.principal, 'read', ...(plan.dependsOn ?? []));
      const idempotencyKey = keyOf(request);
      const { warnings } = parse;
      const actor = actorOf(request.principal, asked.actor);
      const reach = reachOf(request.principal, 'start', plan);
      const start = () => deps.rollouts.start({ ...asked, actor, plan, warnings, idempotencyKey, reach });
      const started = await (bound === null || comer === null ? start() : bound.pass(comer, reply, start));
      const links = linksOf(plan.environment, plan.service, started.runId);
      return reply
        .status(started.created ? 201 : 200)
        .header('location', links.self)
        .send({
          target: targetOf(plan),
          version: plan.version,
          ...started,
          warnings: [...started.warnings],
          links,
        });
    },
  );
  app.post(
    operations.validatePlan.path,
    {
      config: { access: 'read', areaInBody: true },
      schema: { ...schemaOf('validatePlan'), consumes },
    },
    async (request) => {
      const { parse, strict } = readPlanBody(request.body, deps.plans);
      if (!parse.ok) {
        return {
          ok: false,
          problems: [...parse.problems],
          warnings: [...parse.warnings],
          recommendations: [],
        };
      }
      // What others run on is told to those who may see it.
      need(request.principal, 'read', parse.plan, ...(parse.plan.dependsOn ?? []));
      const reach = reachOf(request.principal, 'read', parse.plan);
      const examined = await deps.rollouts.examine({ ...parse, strict, reach });
      const { plan, problems, warnings, recommendations } = examined;
      return {
        ok: problems.length === 0,
        problems: [...problems],
        warnings: [...warnings],
        recommendations: [...recommendations],
        ...(problems.length === 0 ? { plan: { ...plan } } : {}),
      };
    },
  );
}
