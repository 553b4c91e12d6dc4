/** The route of backtests: a plan's analysis over history, while the caller waits. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { runBacktest } from '../../backtest/run.ts';
import { SluiceError } from '../../domain/errors.ts';
import { need } from '../access/principal.ts';
import { operations } from '../contract.ts';
import { planOf, refuseForeignMetrics } from '../plan-body.ts';
import { schemaOf } from '../route-schema.ts';
import type { ApiDeps } from '../service.ts';

/** Well below the five minutes after which clients commonly give up waiting for headers. */
const limitMs = 240_000;
/** More would take the metrics source, and this process, from those who watch canaries. */
const concurrent = 2;

export function backtestRoutes(root: FastifyInstance, deps: ApiDeps): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  /** Whose they are. */
  const running = new Set<string>();
  app.post(
    operations.runBacktest.path,
    {
      config: { access: 'read', areaInBody: true },
      schema: schemaOf('runBacktest'),
    },
    async ({ body, principal }, reply) => {
      const { plan, stable, canary, fromMs, toMs, stage = null, share = null } = body;
      const parsed = planOf(typeof plan === 'string' ? deps.plans.parseText(plan) : deps.plans.parse(plan));
      need(principal, 'read', parsed);
      refuseForeignMetrics(parsed, deps.bounds);
      const request = {
        plan: { ...parsed, version: canary ?? parsed.version },
        stableVersion: stable,
        fromMs,
        toMs,
        stage,
        sharePercent: share,
      };
      const provider = deps.metrics(parsed.metrics.name);
      if (running.size >= concurrent) {
        throw new SluiceError('backtest-busy', `${concurrent} backtests are under way already.`);
      }
      // Where nobody says who they are, each is somebody's own.
      const whose = principal.verified ? principal.name : randomUUID();
      if (running.has(whose)) {
        throw new SluiceError('backtest-busy', `A backtest of ${whose} is under way already.`);
      }
      running.add(whose);
      const stopper = new AbortController();
      const timer = setTimeout(() => stopper.abort(), limitMs);
      // Nobody waits for the answer any more.
      reply.raw.once('close', () => stopper.abort());
      try {
        return await runBacktest(request, provider, stopper.signal);
      } finally {
        clearTimeout(timer);
        running.delete(whose);
      }
    },
  );
}
