/** Builds the HTTP application around injected services; it opens no port and knows no Temporal. */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { SluiceError } from '../domain/errors.ts';
import { type Authenticate, withoutAuthentication } from './access/authenticator.ts';
import { holdToAccess } from './access/routes.ts';
import { Feeds } from './feeds.ts';
import { guardRequests } from './guard.ts';
import { measureRequests } from './metrics.ts';
import { dashboardPages } from './pages/dashboard.ts';
import { answerProblems } from './problems.ts';
import { watchRoutes } from './route-table.ts';
import { approvalPages } from './routes/approval-pages.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { emergencyRoutes } from './routes/emergency.ts';
import { emergencyRollbackRoutes } from './routes/emergency-rollbacks.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { meRoutes } from './routes/me.ts';
import { metricsCheckRoutes } from './routes/metrics-check.ts';
import { noticeRoutes } from './routes/notices.ts';
import { outsideEventRoutes } from './routes/outside-events.ts';
import { planRoutes } from './routes/plans.ts';
import { reportRoutes } from './routes/reports.ts';
import { rollbackRoutes } from './routes/rollbacks.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { serviceRoutes } from './routes/service.ts';
import type { ApiDeps } from './service.ts';
import { serializerCompiler, validatorCompiler } from './validation.ts';

/** Plans are short; whatever is longer is not a plan. */
const bodyLimitBytes = 256 * 1024;

export interface AppOptions {
  /** Who a request comes from. Default: nobody is asked, and everybody may do everything. */
  readonly authenticate?: Authenticate;
  /** By which the API may be addressed, besides loopback. Default: none. */
  readonly hostNames?: readonly string[];
  /** Default: plain HTTP. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Folder of the built dashboard. Default: none is served. */
  readonly dashboard?: string;
  /** Default: no log. */
  readonly logger?: FastifyBaseLogger;
  /** Time between two looks at a rollout that somebody follows. Default 1000. */
  readonly pollMs?: number;
  /** Longest silence of an event stream. Default 15,000. */
  readonly heartbeatMs?: number;
}

export async function createApp(deps: ApiDeps, options: AppOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    ...(options.tls ? { https: { ...options.tls, minVersion: 'TLSv1.2' as const } } : {}),
    bodyLimit: bodyLimitBytes,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const feeds = new Feeds(deps.rollouts, options.pollMs ?? 1000);
  app.addHook('preClose', async () => feeds.close());

  answerProblems(app, watchRoutes(app));
  holdToAccess(app, options.authenticate ?? withoutAuthentication);
  guardRequests(app, { hostNames: options.hostNames ?? [], outside: deps.approvals.url });
  readBodies(app);
  await describe(app);
  measureRequests(app, feeds);
  serviceRoutes(app, deps);
  meRoutes(app);
  configurationRoutes(app, deps);
  planRoutes(app, deps);
  metricsCheckRoutes(app, deps);
  backtestRoutes(app, deps);
  emergencyRoutes(app, deps);
  emergencyRollbackRoutes(app, deps);
  rollbackRoutes(app, deps);
  evidenceRoutes(app, deps);
  reportRoutes(app, deps);
  approvalRoutes(app, deps);
  await approvalPages(app, deps);
  if (options.dashboard !== undefined) await dashboardPages(app, options.dashboard);
  noticeRoutes(app, deps);
  await outsideEventRoutes(app, deps);
  rolloutRoutes(app, deps, { feeds, heartbeatMs: options.heartbeatMs ?? 15_000 });
  return app;
}

/** JSON everywhere, YAML for plans, nothing else. */
function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, {});
    else void parseJson(request, body.toString(), done);
  });
  const yaml = ['application/yaml', 'application/x-yaml', 'text/yaml'];
  app.addContentTypeParser(yaml, { parseAs: 'string' }, (request, body, done) => {
    const path = request.routeOptions.url;
    if (path === '/v1/rollouts' || path === '/v1/validate') done(null, body);
    else done(new SluiceError('media-type-unsupported', 'Only plans may be sent as YAML.'), undefined);
  });
}

async function describe(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sluice',
        version: '1',
        description:
          'Durable canary rollouts on Temporal. Failures are problem details; codes: /docs/errors.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      // Without authentication, on loopback, none is needed.
      security: [{ bearer: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
}
