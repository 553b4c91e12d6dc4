/** Builds the HTTP application around injected services; it opens no port and knows no Temporal. */
import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { type Authenticate, withoutAuthentication } from './access/authenticator.ts';
import type { BrowserLogin } from './access/browser-login.ts';
import { holdToAccess, introduce } from './access/routes.ts';
import { StreamKeeper } from './access/streams.ts';
import { Board, type BoardOptions } from './board/board.ts';
import { security, securityOf, securitySchemes } from './document/security.ts';
import { documentOf } from './document/written.ts';
import { Feeds } from './feeds.ts';
import { guardRequests } from './guard.ts';
import type { Budgets } from './limits/budgets.ts';
import { limitRequests } from './limits/limit-requests.ts';
import { Limiter } from './limits/limiter.ts';
import { StartBound, type StartBudget } from './limits/start-bound.ts';
import { ApiMetrics } from './metrics.ts';
import { OwnChanges } from './own-changes.ts';
import { dashboardPages } from './pages/dashboard.ts';
import { answerProblems, asSluiceError, sendProblem } from './problems.ts';
import { RequestLog } from './request-log.ts';
import { watchRoutes } from './route-table.ts';
import { approvalPages } from './routes/approval-pages.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { boardRoutes } from './routes/board.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { emergencyRoutes } from './routes/emergency.ts';
import { emergencyRollbackRoutes } from './routes/emergency-rollbacks.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { findingsRoutes } from './routes/findings.ts';
import { loginRoutes } from './routes/login.ts';
import { meRoutes } from './routes/me.ts';
import { metricsCheckRoutes } from './routes/metrics-check.ts';
import { noticeRoutes } from './routes/notices.ts';
import { outsideEventRoutes } from './routes/outside-events.ts';
import { payloadRoutes } from './routes/payloads.ts';
import { planRoutes } from './routes/plans.ts';
import { reportRoutes } from './routes/reports.ts';
import { rollbackRoutes } from './routes/rollbacks.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionRoutes } from './routes/sessions.ts';
import type { ApiDeps } from './service.ts';
import { traceRequests } from './traced-requests.ts';
import { serializerCompiler, validatorCompiler } from './validation.ts';
import { headersOf, protectAnswers } from './web/answer-headers.ts';
import { readBodies } from './web/bodies.ts';
import { answerClientError } from './web/client-errors.ts';
import { answerOrigins } from './web/cors.ts';
import { answerConditionally } from './web/etags.ts';

/** Plans are short; whatever is longer is not a plan. */
const bodyLimitBytes = 256 * 1024;
/** Tokens and cookies have room in it. */
const headerLimitBytes = 16 * 1024;
/** For all of a request to come in; its headers have half of that. */
const requestTimeoutMs = 30_000;

/** Names of 257 characters, each written as up to twelve. The contract knows what is too long, and says so better. */
const maxParamLength = 4096;

export interface AppOptions {
  /** Who a request comes from. Default: nobody is asked, and everybody may do everything. */
  readonly authenticate?: Authenticate;
  /** How people log in with a browser. Default: they cannot. */
  readonly login?: BrowserLogin | null;
  /** By which the API may be addressed, besides loopback. Default: none. */
  readonly hostNames?: readonly string[];
  /** Default: plain HTTP. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Folder of the built dashboard. Default: none is served. */
  readonly dashboard?: string;
  /** Whether a proxy in front of it has TLS. Default: none. */
  readonly tlsInFront?: boolean;
  /** Origins of other pages that may use it with a bearer token. Default: none. */
  readonly origins?: readonly string[];
  /** What each principal may ask of this replica. Default: anything. */
  readonly budgets?: Budgets;
  /** How many starts all principals together may make at this replica. Default: any number. */
  readonly starts?: StartBudget;
  /** Addresses of proxies that may say whom they ask for. Default: none. */
  readonly proxies?: readonly string[];
  /** How often it is looked whether somebody may still read an event stream. Default 3,000. */
  readonly lookEveryMs?: number;
  /** For all of a request to come in. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Whether requests are spans. Default: no. */
  readonly traced?: boolean;
  /** Default: those of this application alone. */
  readonly metrics?: ApiMetrics;
  /** Default: no log. */
  readonly logger?: FastifyBaseLogger;
  /** Time between two looks at a rollout that somebody follows. Default 1000. */
  readonly pollMs?: number;
  /** How often the live list looks. */
  readonly board?: BoardOptions;
  /** Longest silence of an event stream. Default 15,000. */
  readonly heartbeatMs?: number;
}

export async function createApp(deps: ApiDeps, options: AppOptions = {}): Promise<FastifyInstance> {
  const overTls = options.tls !== undefined || options.tlsInFront === true;
  const origins = new Set(options.origins);
  const { login = null, authenticate = withoutAuthentication } = options;
  const app: FastifyInstance = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    ...serverOptions(options),
    ...(options.proxies?.length ? { trustProxy: [...options.proxies] } : {}),
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength },
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    clientErrorHandler: answerClientError,
    // A path that is none has no route, and so no hooks.
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply.headers(headersOf('', overTls)), asSluiceError(error));
    },
    logController: new RequestLog(),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const { pollMs = 1_000 } = options;
  const feeds = new Feeds(deps.rollouts, pollMs);
  app.addHook('preClose', async () => feeds.close());
  app.addHook('onClose', async () => await deps.rollouts.close?.());

  const metrics = options.metrics ?? new ApiMetrics();
  watchRoutes(app);
  const loginPage = login !== null && options.dashboard !== undefined ? '/ui/login' : null;
  const tellProblem = answerProblems(app, { onProblem: metrics.takeProblem, loginPage });
  if (options.traced === true) traceRequests(app);
  protectAnswers(app, overTls);
  introduce(app);
  guardRequests(app, { hostNames: options.hostNames ?? [], outside: deps.approvals.url, origins });
  answerConditionally(app);
  answerOrigins(app, origins);
  const limiter = options.budgets === undefined ? null : new Limiter(options.budgets);
  holdToAccess(app, authenticate, limiter);
  if (limiter !== null) limitRequests(app, limiter);
  if (limiter !== null && options.tlsInFront === true && !options.proxies?.length) {
    app.log.warn('api.proxies is not set: all who come through the proxy share the limits of its address');
  }
  readBodies(app);
  const own = new OwnChanges();
  own.watch(app);
  const sendDocument = documentOf(app);
  await describe(app, sendDocument);
  metrics.serve(app, feeds);
  serviceRoutes(app, deps, sendDocument);
  meRoutes(app, login);
  await loginRoutes(app, login, { overTls, limiter, tellProblem });
  sessionRoutes(app, login);
  configurationRoutes(app, deps);
  payloadRoutes(app, deps);
  planRoutes(app, deps, startBoundOf(options, metrics));
  metricsCheckRoutes(app, deps);
  backtestRoutes(app, deps);
  emergencyRoutes(app, deps, own);
  emergencyRollbackRoutes(app, deps, own);
  rollbackRoutes(app, deps, own);
  evidenceRoutes(app, deps);
  reportRoutes(app, deps);
  findingsRoutes(app, deps, own);
  approvalRoutes(app, deps, { overTls, own });
  await approvalPages(app, deps, { limiter, tellProblem });
  if (options.dashboard !== undefined) await dashboardPages(app, options.dashboard);
  noticeRoutes(app, deps, own);
  await outsideEventRoutes(app, deps, limiter);
  const keeper = new StreamKeeper({ authenticate, lookEveryMs: options.lookEveryMs ?? 3_000 });
  boardRoutes(app, new Board(deps.rollouts, options.board), keeper);
  rolloutRoutes(app, deps, { feeds, pollMs, own, heartbeatMs: options.heartbeatMs ?? 5_000, keeper });
  return app;
}

function startBoundOf({ starts }: AppOptions, metrics: ApiMetrics): StartBound | null {
  if (starts === undefined) return null;
  const bound = new StartBound(starts, metrics.takeRefusedStart);
  metrics.showStarts(bound);
  return bound;
}

/** Whoever sends a request slowly, or a long one, takes room from the others. */
function serverOptions({ tls, requestTimeoutMs: ms = requestTimeoutMs }: AppOptions) {
  const server = {
    maxHeaderSize: headerLimitBytes,
    headersTimeout: ms / 2,
    connectionsCheckingInterval: Math.min(5_000, ms / 4),
  };
  const bounded = { requestTimeout: ms };
  if (tls === undefined) return { ...bounded, http: server };
  const ownTls = { ...tls, minVersion: 'TLSv1.2' as const, handshakeTimeout: 10_000 };
  return { ...bounded, https: { ...server, ...ownTls } };
}

async function describe(app: FastifyInstance, sendDocument: ReturnType<typeof documentOf>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sluice',
        version: '1',
        description:
          'Durable canary rollouts on Temporal. Failures are problem details; codes: /docs/errors.',
      },
      components: { securitySchemes },
      security,
    },
    transform: (given) => {
      const { schema, url } = jsonSchemaTransform(given);
      return { schema: { ...schema, ...securityOf(given.route) }, url };
    },
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Nobody else is asked whether the document is good.
    uiConfig: { validatorUrl: null },
    // The page shows the document as it is elsewhere, which the plugin's own is not.
    uiHooks: {
      onRequest: async ({ routeOptions: { url } }, reply) =>
        url === '/docs/json' ? sendDocument(reply) : undefined,
    },
  });
}
