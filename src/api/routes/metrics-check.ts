/** The route that tries the queries of a plan. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Plan } from '../../domain/plan/types.ts';
import { within } from '../../providers/limit.ts';
import { tryQueries } from '../../providers/metrics/query-trial.ts';
import { need } from '../access/principal.ts';
import { operations } from '../contract.ts';
import { planOf, refuseForeignMetrics } from '../plan-body.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

/** Of all queries of a plan together; the command line waits somewhat longer. */
const limitMs = 45_000;

export function metricsCheckRoutes(root: FastifyInstance, { plans, metrics, bounds }: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.post(
    operations.checkMetrics.path,
    {
      config: { access: 'read', areaInBody: true },
      schema: schemaOf('checkMetrics'),
    },
    async ({ body, principal }) => {
      const plan = planOf(
        typeof body.plan === 'string' ? plans.parseText(body.plan) : plans.parse(body.plan),
      );
      need(principal, 'read', plan);
      refuseForeignMetrics(plan, bounds);
      const canary = body.canary ?? plan.version;
      const stable = body.stable ?? otherVersionOf(plan);
      const provider = metrics(plan.metrics.name);
      const checks = await within(limitMs, (signal) =>
        tryQueries(provider, plan, { canary, stable }, signal),
      );
      return { ok: checks.every(({ ok }) => ok), source: plan.metrics.name, canary, stable, checks };
    },
  );
}

/** Plans for versions that somebody else runs say what is in both slots. */
function otherVersionOf({ workload, version }: Plan): string | null {
  const { slots } = workload.options;
  if (typeof slots !== 'object' || slots === null) return null;
  return (
    Object.values(slots).find((one): one is string => typeof one === 'string' && one !== version) ?? null
  );
}
