/** The worker process: configuration -> providers -> activities -> Temporal workers. Stops on SIGINT and SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Gates, systemClock } from '../activities/deps.ts';
import { createKeepEvidence } from '../activities/evidence.ts';
import { keepIn, unkept } from '../activities/gates/keep.ts';
import { messageOf } from '../domain/errors.ts';
import type { Archive } from '../evidence/archive.ts';
import { openArchive } from '../evidence/open.ts';
import { loadConfig, type SluiceConfig } from '../providers/config.ts';
import { allowOutgoing } from '../providers/outgoing.ts';
import { createRegistry } from '../providers/registry.ts';
import { registerSearchAttributes } from './attributes.ts';
import { bundlePath } from './bundle-path.ts';
import { temporalDirectory } from './directory.ts';
import { evidenceWork, keepKeeper } from './evidence.ts';
import { type Health, serveHealth } from './health.ts';
import { temporalLiveness } from './liveness.ts';
import { createLogger, temporalLogger } from './logger.ts';
import { noticeDepsOf } from './notices.ts';
import { versionOf } from './version.ts';
import { createWorkers, type Workers } from './workers.ts';

const retryEveryMs = 1_000;
const registerAttempts = 5;

async function main(logger: Logger): Promise<void> {
  const config = await loadConfig();
  allowOutgoing(config.outgoing.allow);
  const registry = createRegistry(config);
  installRuntime(config, logger);
  let workers: Workers | undefined;
  const notReady = () => (workers === undefined ? 'Temporal does not answer yet' : workers.notReady());
  const health = await serve(config, notReady);
  const connection = await connect(config, logger);
  const { namespace } = config.temporal;
  await register(connection, namespace, logger);
  const client = new Client({ connection, namespace });
  const version = await versionOf(config.worker, bundlePath);
  const archive = config.evidence === null ? null : openArchive(config.evidence);
  workers = await createWorkers({
    version,
    connection,
    namespace,
    workflowBundle: { codePath: bundlePath },
    deps: {
      providers: registry,
      gates: { find: registry.gate, keep: keeping(archive, logger) },
      clock: systemClock,
      liveness: temporalLiveness(client),
      directory: temporalDirectory(client),
    },
    keepEvidence:
      archive &&
      createKeepEvidence(evidenceWork({ client, archive, bundlePath }), systemClock, (problem) =>
        logger.warn(problem),
      ),
    notices: noticeDepsOf(config, registry, client),
    onTimeline: (workflowId, entry) => logger.info({ workflowId, ...entry }, entry.text),
  });
  logger.info({ address: config.temporal.address, namespace, version }, 'worker runs');
  const stopKeeping = archive === null ? () => {} : keepEvidence(client, logger);
  await workers.run().finally(stopKeeping);
  await registry.close();
  await archive?.store.close();
  await connection.close();
  await health?.close();
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

async function serve(
  { worker: { host, healthPort: port } }: SluiceConfig,
  notReady: () => string | null,
): Promise<Health | null> {
  return port === null ? null : await serveHealth({ host, port, notReady });
}

function installRuntime(config: SluiceConfig, logger: Logger): void {
  const { host, metricsPort } = config.worker;
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsPort === null
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: `${host.includes(':') ? `[${host}]` : host}:${metricsPort}`,
                countersTotalSuffix: true,
                unitSuffix: true,
              },
            },
          }),
    },
  });
}

/** Rollouts stall without the attributes, so a server that has only just started is asked again. */
async function register(connection: NativeConnection, namespace: string, logger: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await registerSearchAttributes(connection, namespace);
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'search attributes could not be registered');
      if (attempt === registerAttempts) return;
      await sleep(retryEveryMs);
    }
  }
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
