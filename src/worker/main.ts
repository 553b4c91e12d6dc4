/** The worker process: configuration -> providers -> activities -> Temporal workers. Stops on SIGINT and SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type Gates, systemClock } from '../activities/deps.ts';
import { createKeepEvidence } from '../activities/evidence.ts';
import { keepIn, unkept } from '../activities/gates/keep.ts';
import { openEncryption } from '../codec/encryption.ts';
import { messageOf } from '../domain/errors.ts';
import type { Archive } from '../evidence/archive.ts';
import { openArchive } from '../evidence/open.ts';
import { loadConfig, type SluiceConfig } from '../providers/config.ts';
import { allowOutgoing } from '../providers/outgoing.ts';
import type { Pages } from '../providers/pages.ts';
import { createRegistry } from '../providers/registry.ts';
import { tracedCalls } from '../telemetry/temporal-calls.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { addSearchAttributes, untilKnown } from './attributes.ts';
import { bundlePath } from './bundle-path.ts';
import { temporalDirectory } from './directory.ts';
import { evidenceWork, keepKeeper } from './evidence.ts';
import { serveHealth } from './health.ts';
import { temporalLiveness } from './liveness.ts';
import { createLogger } from './logger.ts';
import { WorkerMetrics } from './metrics.ts';
import { noticeDepsOf } from './notices.ts';
import { freeLoopbackPort, installRuntime } from './runtime.ts';
import { serveMetrics } from './scrape.ts';
import { TracedWorkflows } from './traced-work.ts';
import { versionOf } from './version.ts';
import { createWorkers, type Workers } from './workers.ts';

const retryEveryMs = 1_000;
const registerAttempts = 5;

async function main(logger: Logger): Promise<void> {
  const config = await loadConfig();
  allowOutgoing(config.outgoing.allow);
  const tracing = await startTracing('sluice-worker', config.tracing);
  const traced = tracing && new TracedWorkflows();
  const encryption = await openEncryption(config.temporal.encryption);
  const registry = createRegistry(config);
  const sdkPort = config.worker.metricsPort === null ? null : await freeLoopbackPort();
  installRuntime(sdkPort, logger);
  let workers: Workers | undefined;
  const notReady = () => (workers === undefined ? 'Temporal does not answer yet' : workers.notReady());
  const metrics = new WorkerMetrics({ notReady, receivers: Object.keys(config.notifiers) });
  const pages = await serve(config, { notReady, registry: metrics.registry, sdkPort });
  const connection = await connect(config, logger);
  const { namespace } = config.temporal;
  await register(connection, namespace, logger);
  const { dataConverter } = encryption;
  const client = new Client({
    connection: encryption.readable(connection),
    namespace,
    dataConverter,
    ...(traced && { interceptors: { workflow: [tracedCalls] } }),
  });
  const version = await versionOf(config.worker, bundlePath);
  const archive = config.evidence === null ? null : openArchive(config.evidence);
  workers = await createWorkers({
    version,
    connection,
    namespace,
    // Without keys as well: what others sealed has to wait for a key, and must not be taken for a malformed command.
    dataConverter,
    workflowBundle: { codePath: bundlePath },
    deps: {
      providers: registry,
      gates: { find: registry.gate, keep: keeping(archive, logger) },
      clock: systemClock,
      liveness: temporalLiveness(client),
      directory: temporalDirectory(client),
      observer: metrics.observer,
    },
    keepEvidence:
      archive &&
      createKeepEvidence(evidenceWork({ client, archive, bundlePath }), systemClock, (problem) => {
        metrics.takeEvidenceProblem();
        logger.warn(problem);
      }),
    notices: { ...noticeDepsOf(config, registry, client), onDelivery: metrics.takeDelivery },
    onTimeline: (workflowId, entry) => {
      metrics.takeEntry(workflowId, entry);
      logger.info({ workflowId, ...traced?.idsOf(workflowId), ...entry }, entry.text);
    },
    onRecalled: metrics.recall,
    traced,
  });
  logger.info({ address: config.temporal.address, namespace, version }, 'worker runs');
  const stopKeeping = archive === null ? () => {} : keepEvidence(client, logger);
  await workers.run().finally(stopKeeping);
  await registry.close();
  await archive?.store.close();
  await connection.close();
  for (const page of pages) await page.close();
  await tracing?.close();
  logger.info('worker stopped');
}

function keeping(archive: Archive | null, logger: Logger): Gates['keep'] {
  if (archive === null) return async (_about, report) => unkept(report);
  return keepIn(archive.store, (error) =>
    logger.warn({ error: messageOf(error) }, 'the raw report of a gate could not be kept'),
  );
}

/** Rollouts go on without it, so nothing waits for it. */
function keepEvidence(client: Client, logger: Logger): () => void {
  return keepKeeper(client, (error) =>
    logger.error({ error: messageOf(error) }, 'the keeper of evidence could not be started'),
  );
}

interface Served {
  readonly notReady: () => string | null;
  readonly registry: Registry;
  /** Where the SDK's metrics are, on loopback; null: nobody asked for metrics. */
  readonly sdkPort: number | null;
}

async function serve({ worker }: SluiceConfig, { notReady, registry, sdkPort }: Served): Promise<Pages[]> {
  const { host, healthPort, metricsPort } = worker;
  const pages: Pages[] = [];
  if (healthPort !== null) pages.push(await serveHealth({ host, port: healthPort, notReady }));
  if (metricsPort !== null && sdkPort !== null) {
    pages.push(await serveMetrics({ host, port: metricsPort, registry, sdkPort }));
  }
  return pages;
}

/**
 * Rollouts stall without the attributes, so a server that has only just started is asked again. Where the worker may
 * not register them, somebody else may have.
 */
async function register(connection: NativeConnection, namespace: string, logger: Logger): Promise<void> {
  for (let attempt = 1; attempt <= registerAttempts; attempt++) {
    try {
      await addSearchAttributes(connection, namespace);
      break;
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'search attributes could not be registered');
      await sleep(retryEveryMs);
    }
  }
  await untilKnown(connection, namespace);
}

/** Temporal may start after the worker; waiting for it is part of the job. */
async function connect({ temporal }: SluiceConfig, logger: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect({ address: temporal.address });
    } catch (error) {
      logger.warn(
        { address: temporal.address, error: messageOf(error) },
        'Temporal does not answer yet; trying again',
      );
      await sleep(retryEveryMs);
    }
  }
}

const logger = createLogger('sluice-worker');
main(logger).catch((error: unknown) => {
  logger.fatal({ error: messageOf(error) }, 'worker ended');
  // Connections would keep a process alive that does no work any more.
  process.exit(1);
});
