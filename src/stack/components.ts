/** The parts of the local stack in the order of their start; they are stopped in the reverse order. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchAttributeTypes } from '../domain/rollout/names.ts';
import { answers, type Component } from './component.ts';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';
import { startEventsCache } from './temporal-args.ts';
import type { Tools } from './tools.ts';

interface Components {
  /** Before the shop's versions, because everything hangs on it. */
  readonly first: readonly Component[];
  /** After the shop's versions run. */
  readonly rest: readonly Component[];
}

/** @throws Error if the code has not been built. */
export function componentsOf(layout: Layout, ports: Ports, tools: Tools): Components {
  const url = (port: number, path: string) => `http://127.0.0.1:${port}${path}`;
  const env = sluiceEnvironment(layout);
  const program = (path: string) => built(layout, path);
  return {
    first: [temporal(layout, ports, tools)],
    rest: [
      {
        name: 'HAProxy',
        log: 'haproxy',
        command: tools.haproxy,
        args: ['-db', '-f', layout.haproxyConfig],
        ready: answers(url(ports.shop, '/')),
      },
      {
        name: 'Prometheus',
        log: 'prometheus',
        command: tools.prometheus,
        args: [
          `--config.file=${layout.prometheusConfig}`,
          `--storage.tsdb.path=${join(layout.data, 'prometheus')}`,
          '--storage.tsdb.retention.time=1d',
          `--web.listen-address=127.0.0.1:${ports.prometheus}`,
          '--log.level=warn',
        ],
        ready: answers(url(ports.prometheus, '/-/ready')),
      },
      {
        name: 'load generator',
        log: 'load',
        command: process.execPath,
        args: [program('demo/load.js'), '--url', url(ports.shop, ''), '--stats-port', String(ports.load)],
        ready: answers(url(ports.load, '/stats')),
      },
      {
        name: 'API',
        log: 'api',
        command: process.execPath,
        args: [program('api/main.js')],
        env,
        ready: answers(url(ports.api, '/healthz')),
      },
      {
        name: 'worker',
        log: 'worker',
        command: process.execPath,
        args: [program('worker/main.js')],
        env,
        // Only Temporal knows whether it polls, and the API asks Temporal.
        ready: workerSeen(url(ports.api, '/readyz')),
        stopGraceMs: 4_000,
      },
    ],
  };
}

/** As Temporal's command line names them. */
const attributeTypes = { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' } as const;

function temporal(layout: Layout, ports: Ports, tools: Tools): Component {
  const attributes = Object.entries(searchAttributeTypes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${attributeTypes[type]}`,
  ]);
  return {
    name: 'Temporal',
    log: 'temporal',
    command: tools.temporal,
    args: [
      'server',
      'start-dev',
      ...['--db-filename', join(layout.data, 'temporal.db'), '--ip', '127.0.0.1'],
      ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
      ...['--http-port', String(ports.temporalHttp), '--metrics-port', String(ports.temporalMetrics)],
      ...['--ui-disable-news-fetch', '--log-level', 'warn', ...startEventsCache, ...attributes],
    ],
    env: { TEMPORAL_VERSION_CHECK_DISABLED: '1' },
    ready: answers(`http://127.0.0.1:${ports.temporalHttp}/api/v1/namespaces/default`),
  };
}

/** What a person has exported for another Sluice must not lead this one elsewhere. */
function sluiceEnvironment(layout: Layout): Record<string, string> {
  return {
    SLUICE_CONFIG: layout.sluiceConfig,
    SLUICE_TEMPORAL_ADDRESS: '',
    SLUICE_TEMPORAL_NAMESPACE: '',
    SLUICE_API_HOST: '',
    SLUICE_API_PORT: '',
    SLUICE_WORKER_HOST: '',
    SLUICE_WORKER_METRICS_PORT: '',
    SLUICE_WORKER_HEALTH_PORT: '',
    SLUICE_WORKER_DEPLOYMENT: '',
    SLUICE_WORKER_BUILD_ID: '',
  };
}

function workerSeen(readyz: string): () => Promise<string | null> {
  return async () => {
    const answer = await fetch(readyz, { signal: AbortSignal.timeout(3_000) });
    const text = await answer.text();
    return answer.status === 200 && /"seen":\s*true/.test(text) ? null : `the API says ${text.slice(0, 400)}`;
  };
}

function built(layout: Layout, path: string): string {
  const file = join(layout.root, 'dist', path);
  if (existsSync(file)) return file;
  throw new Error(`${join('dist', path)} is missing. Build first: npm run build`);
}
