/** Renders and writes the configuration of every part of the stack, all from the ports and the layout. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { renderHaproxyConfig } from '../providers/traffic/haproxy/config.ts';
import { writeEmptyMaps } from '../providers/traffic/haproxy/maps.ts';
import { type ProcessSettings, processSettings } from '../providers/workload/process-settings.ts';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';

/** The demo's one target. */
export const demoTarget = { id: 'demo/shop', options: {} } as const;

export function writeConfigs(layout: Layout, ports: Ports): void {
  writeFileSync(layout.sluiceConfig, stringify(sluiceConfig(layout, ports)));
  writeFileSync(layout.prometheusConfig, stringify(prometheusConfig(ports)));
  writeFileSync(layout.haproxyConfig, haproxyConfig(layout, ports));
  // Shares and leases of an earlier stack count no more; which slot is stable does.
  writeEmptyMaps(layout.haproxyMaps);
}

export function sluiceConfig(layout: Layout, ports: Ports): Record<string, unknown> {
  return {
    temporal: { address: `127.0.0.1:${ports.temporal}`, uiUrl: `http://127.0.0.1:${ports.temporalUi}` },
    api: { host: '127.0.0.1', port: ports.api },
    worker: { metricsPort: ports.workerMetrics },
    traffic: { haproxy: { socket: layout.haproxySocket, mapsDir: layout.haproxyMaps } },
    metrics: { prometheus: { url: `http://127.0.0.1:${ports.prometheus}` } },
    workload: { process: shopProcesses(layout, ports) },
    evidence: { store: { type: 'directory', path: layout.evidence } },
  };
}

/** How the demo shop's versions run: one process per slot, started by the worker, kept over restarts by the stack. */
export function shopProcesses(layout: Layout, ports: Ports): ProcessSettings {
  const shop = join(layout.root, 'dist', 'demo', 'shop.js');
  const flags = ['version', 'port', 'service', 'slot'].flatMap((name) => [`--${name}`, `{{${name}}}`]);
  return processSettings.parse({
    command: [process.execPath, shop, ...flags],
    stateDir: layout.slots,
    targets: { [demoTarget.id]: { blue: ports.blue, green: ports.green } },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 5_000,
  });
}

/** The shop's slots are scraped each second, since the demo's checks look at the last few seconds. */
export function prometheusConfig(ports: Ports): Record<string, unknown> {
  const at = (...list: number[]) => [{ targets: list.map((port) => `127.0.0.1:${port}`) }];
  return {
    global: { scrape_interval: '5s', scrape_timeout: '1s', evaluation_interval: '1m' },
    scrape_configs: [
      { job_name: 'shop', scrape_interval: '1s', static_configs: at(ports.blue, ports.green) },
      { job_name: 'haproxy', scrape_interval: '1s', static_configs: at(ports.haproxyStats) },
      { job_name: 'sluice-api', static_configs: at(ports.api) },
      { job_name: 'sluice-worker', static_configs: at(ports.workerMetrics) },
    ],
  };
}

function haproxyConfig(layout: Layout, ports: Ports): string {
  return renderHaproxyConfig({
    mapsDir: layout.haproxyMaps,
    socket: layout.haproxySocket,
    statsBind: `127.0.0.1:${ports.haproxyStats}`,
    targets: [
      {
        target: demoTarget.id,
        bind: `127.0.0.1:${ports.shop}`,
        servers: { blue: `127.0.0.1:${ports.blue}`, green: `127.0.0.1:${ports.green}` },
      },
    ],
  });
}
