/** The API process: configuration -> Temporal client, plan parser, catalogue -> HTTP. Stops on SIGINT and SIGTERM. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { type Logger, pino } from 'pino';
import { createReplay } from '../audit/replay.ts';
import { openEncryption } from '../codec/encryption.ts';
import { presets } from '../domain/analysis/presets.ts';
import { messageOf } from '../domain/errors.ts';
import { planJsonSchema } from '../domain/plan/json-schema.ts';
import { parsePlan, parsePlanText } from '../domain/plan/schema.ts';
import { openArchive } from '../evidence/open.ts';
import { createBundleReplay } from '../evidence/replay.ts';
import { approvalLinks } from '../providers/approval-links.ts';
import { type ApiConfig, loadConfig } from '../providers/config.ts';
import { allowOutgoing } from '../providers/outgoing.ts';
import { policyBook } from '../providers/policies.ts';
import { createRegistry } from '../providers/registry.ts';
import { unhurriedLog } from '../providers/unhurried-log.ts';
import { namesTrace } from '../telemetry/log.ts';
import { tracedCalls } from '../telemetry/temporal-calls.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { bundlePath } from '../worker/bundle-path.ts';
import { createAccessControl, isConfigured } from './access/authenticator.ts';
import { type AppOptions, createApp } from './app.ts';
import { bindAddressOf } from './bind.ts';
import { configurationOf } from './configuration.ts';
import { noEvidence } from './evidence/none.ts';
import { createReports } from './evidence/reports.ts';
import { createEvidenceService } from './evidence/service.ts';
import { createDataPlanes } from './express/data-planes.ts';
import { budgetsOf, limitsEach, startBudgetOf } from './limits/budgets.ts';
import { ApiMetrics } from './metrics.ts';
import { createNoticeService } from './notice-service.ts';
import { eventKeysOf } from './outside/keys.ts';
import { dashboardPath } from './pages/dashboard-path.ts';
import { tellBrokenPolicies } from './policies-told.ts';
import { countedCalls } from './temporal/counted-calls.ts';
import { createTemporalService } from './temporal-service.ts';

/** In a storm of rollbacks, whoever finds the queue of new connections full knocks again a second later. */
const backlog = 4096;

async function main(logger: Logger): Promise<void> {
  const { api, auth, temporal, events, evidence, outgoing, tracing, ...providers } = await loadConfig();
  // Before anything else: an address that others can reach, and that is not defended, ends the process.
  const host = bindAddressOf(api.host, {
    authenticates: isConfigured(auth),
    encrypts: api.tls !== null,
    hostNames: api.hostNames,
  });
  allowOutgoing(outgoing.allow);
  const traces = await startTracing('sluice-api', tracing);
  const encryption = await openEncryption(temporal.encryption);
  const registry = createRegistry(providers);
  const { catalogue } = registry;
  const policies = policyBook(providers.policies, catalogue);
  await tellBrokenPolicies(policies, logger);
  const metrics = new ApiMetrics();
  const connection = Connection.lazy({
    address: temporal.address,
    // After an outage the API should be back with Temporal, not minutes later.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1000 },
    interceptors: [
      makeGrpcRetryInterceptor(defaultGrpcRetryOptions()),
      countedCalls(metrics.takeTemporalCall),
    ],
  });
  const client = new Client({
    connection: encryption.readable(connection),
    dataConverter: encryption.dataConverter,
    namespace: temporal.namespace,
    identity: `sluice-api@${hostname()}`,
    ...(traces && { interceptors: { workflow: [tracedCalls] } }),
  });
  const replay = createReplay(bundlePath);
  const archive = evidence === null ? null : openArchive(evidence);
  const described = {
    providers: registry.describe(),
    presets: Object.values(presets),
    plan: planJsonSchema(catalogue),
  };
  const tls = await tlsOf(api);
  if (tls.tls) metrics.showCertificate(tls.tls.cert);
  const app = await createApp(
    {
      rollouts: createTemporalService({
        client,
        address: temporal.address,
        uiUrl: temporal.uiUrl,
        replay,
        policies,
        bounds: registry.bounds,
        planes: metrics.countStops(
          createDataPlanes({ names: Object.keys(catalogue.traffic), get: registry.traffic }),
        ),
        keepList: true,
        onSight: (sight) => metrics.show(sight),
        onLost: (lost) =>
          logger.warn(lost, 'rollback by the stop alone: its rollout is not told who asked and why'),
        tells: catalogue.channels !== undefined,
      }),
      evidence:
        archive === null
          ? noEvidence
          : createEvidenceService({
              client,
              address: temporal.address,
              archive,
              replay: createBundleReplay(bundlePath, replay),
              bundlePath,
            }),
      ...createReports({ client, address: temporal.address, archive, bundlePath }),
      notices: createNoticeService({ client, address: temporal.address }),
      bounds: registry.bounds,
      plans: {
        parse: (input) => parsePlan(input, catalogue),
        parseText: (text) => parsePlanText(text, catalogue),
      },
      catalogue: () => described,
      configuration: configurationOf(
        { api, auth, temporal, events, evidence, outgoing, ...providers },
        policies,
      ),
      metrics: registry.metrics,
      codec: encryption.remote,
      eventKeys: eventKeysOf(events),
      approvals: { links: approvalLinks(providers.approvals), url: providers.approvals.url },
    },
    {
      logger,
      metrics,
      ...createAccessControl(auth),
      hostNames: api.hostNames,
      dashboard: dashboardPath,
      traced: traces !== null,
      origins: api.cors,
      proxies: api.proxies,
      // Where nobody says who they are, all of this machine would share one budget.
      ...(isConfigured(auth) || limitsEach(api.limits) ? { budgets: budgetsOf(api.limits ?? {}) } : {}),
      starts: startBudgetOf(api.limits ?? {}),
      ...tls,
    },
  );
  const stop = async () => {
    await app.close();
    await registry.close();
    await archive?.store.close();
    await connection.close();
    await traces?.close();
    logger.info('API stopped');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        logger.fatal({ error: messageOf(error) }, 'API did not stop cleanly');
        process.exitCode = 1;
      });
    });
  }
  const url = await app.listen({ host, port: api.port, backlog });
  logger.info({ url, temporal: temporal.address }, 'API runs');
}

async function tlsOf({ tls }: ApiConfig): Promise<Pick<AppOptions, 'tls' | 'tlsInFront'>> {
  if (tls === null) return {};
  if (tls === 'proxy') return { tlsInFront: true };
  return { tls: { cert: await readFile(tls.cert), key: await readFile(tls.key) } };
}

/** Whoever reads the log may be slow, and no answer waits for that; at the end, and of a failure, all is written. */
const log = unhurriedLog();
const logger = pino(
  {
    name: 'sluice-api',
    level: process.env.SLUICE_LOG_LEVEL ?? 'info',
    base: { pid: process.pid },
    mixin: namesTrace,
  },
  log,
);
main(logger).catch((error: unknown) => {
  logger.fatal({ error: messageOf(error) }, 'API ended');
  process.exitCode = 1;
});
