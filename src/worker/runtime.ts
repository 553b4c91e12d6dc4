/** The native part of Temporal's SDK: what it logs, and where it serves its metrics. */
import { createServer } from 'node:net';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { temporalLogger } from './logger.ts';

/** `metricsPort`: of loopback, for its metrics; null: it measures nothing. */
export function installRuntime(metricsPort: number | null, logger: Logger): void {
  const bindAddress = `127.0.0.1:${metricsPort}`;
  const prometheus = { bindAddress, countersTotalSuffix: true, unitSuffix: true };
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsPort === null ? {} : { metrics: { prometheus } }),
    },
  });
}

/** The SDK must be told a port, and does not say which one it took. */
export function freeLoopbackPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
