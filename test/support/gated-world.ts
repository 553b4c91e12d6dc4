/**
 * All that the gates of `examples/plans` ask, on this machine: a registry with a signed image, a Prometheus, servers,
 * files.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readMapping } from '../../src/domain/plan/text.ts';
import { parseConfig, type SluiceConfig } from '../../src/providers/config.ts';
import { endable, listening } from '../contract/health/servers.ts';
import { ago, bill, scan } from './gate-reports.ts';
import { startPrometheus, type TestPrometheus } from './prometheus.ts';
import { startRegistry } from './registry.ts';
import { keyFile, pushSigned } from './signatures/signed.ts';
import { waitFor } from './wait-for.ts';

export interface GatedWorld {
  /** That of the examples, with the addresses and folders of this world. */
  readonly config: SluiceConfig;
  /** What is rolled out next. */
  readonly image: string;
  allWell(): void;
  roll(image: 'signed' | 'unsigned'): void;
  /** One finding of that severity. */
  find(severity: string): void;
  /** Takes a report or an attestation away. */
  forget(path: string): void;
  /** Bills of materials are so many days old. */
  age(days: number): void;
  stop(): Promise<void>;
}

const rolledOut = ['atlas/s7', 'summit-server/v4.0.0-ga'];

export async function startGatedWorld(configPath: string): Promise<GatedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-gated-'));
  const [registry, prometheus] = await Promise.all([startRegistry(), startPrometheus()]);
  const server = createServer(serve);
  const end = endable(server);
  const url = `http://${await listening(server)}`;
  await measure(prometheus);
  const signed = `${registry.host}/acme/shop@${await pushSigned(registry)}`;
  const platforms = ['linux/amd64', 'linux/arm64'];
  const unsigned = `${registry.host}/acme/shop@${await registry.push('acme/shop', 'other', 'unsigned', platforms)}`;
  process.env.GATED_SECRET = 's3cret';
  let image = signed;
  const lay = (path: string, content: object) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  };
  const bills = (days: number) => {
    for (const what of rolledOut) lay(`${what}/sbom.json`, bill(days));
  };
  const scans = (severities: readonly string[]) => {
    for (const what of rolledOut) lay(`${what}/trivy.json`, scan(severities));
  };
  return {
    config: configOf(configPath, { url, folder, host: registry.host, prometheus: prometheus.url }),
    get image() {
      return image;
    },
    allWell() {
      image = signed;
      bills(1);
      scans([]);
      for (const path of phases) lay(path, { status: 'passed', at: ago(1), by: 'ann' });
      for (const what of rolledOut) lay(`${what}/readiness.json`, { at: ago(0), facts });
    },
    roll: (which) => {
      image = which === 'signed' ? signed : unsigned;
    },
    find: (severity) => scans([severity]),
    forget: (path) => rmSync(join(folder, path)),
    age: bills,
    async stop() {
      await Promise.all([end(), registry.stop(), prometheus.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const phases = ['S0', 'S1', 'S2', 'S3', 'S4-actions', 's7/S4-release', 'S5', 'S6'].map(
  (name) => `atlas/${name}.json`,
);
const facts = {
  'threat-model': true,
  'load-test-p99-seconds': 1.2,
  'restore-drill': true,
  runbook: true,
  'rollback-tried': true,
  'staging-canary': true,
  'on-call-told': true,
  dashboards: true,
  alerts: true,
};

const run = { name: 'mvp4-gate / build', status: 'completed', conclusion: 'success' };

/** The forge, staging, the canary, the load balancer, and people's own services, each by its path. */
const answers: readonly (readonly [RegExp, number, object])[] = [
  [/check-runs/, 200, { total_count: 1, check_runs: [run] }],
  [/\/status/, 200, { total_count: 0, statuses: [] }],
  [/^\/api\/session$/, 201, { user: { role: 'smoke' }, session: { id: 'a b' } }],
  [/^\/api\/receipts\?session=a%20b$/, 200, { receipts: [] }],
  [/^\/version$/, 200, { version: 's7' }],
  [/^\/login$/, 200, { token: 't0ken' }],
  [/^\/entities$/, 200, []],
  [/^\/(sluice|validate)$/, 200, { answer: 'open', reason: 'nothing against it' }],
  [/^\/(readyz|health|healthz\/ready|-\/ready)$/, 200, {}],
];

function serve({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const [, status, body] = answers.find(([path]) => path.test(url)) ?? [null, 404, {}];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Users of both services, quick and without a failure, and a backup of an hour ago. */
async function measure(prometheus: TestPrometheus): Promise<void> {
  let count = 0;
  prometheus.setMetrics(() => {
    count += 100;
    const lines = ['atlas', 'summit-server'].flatMap((service) => [
      `http_requests_total{service="${service}",status="200"} ${count}`,
      ...['0.1', '+Inf'].map(
        (le) => `http_request_duration_seconds_bucket{service="${service}",le="${le}"} ${count}`,
      ),
    ]);
    const backup = `backup_last_success_timestamp_seconds ${Math.floor(Date.now() / 1_000) - 3_600}`;
    return [...lines, backup, ''].join('\n');
  });
  await waitFor('rates to be known', async () => {
    const query = encodeURIComponent('rate(http_requests_total{service="atlas"}[5m]) > 0');
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${query}`);
    return JSON.stringify(await answer.json()).includes('atlas');
  });
}

interface Here {
  readonly url: string;
  readonly folder: string;
  readonly host: string;
  readonly prometheus: string;
}

function configOf(path: string, { url, folder, host, prometheus }: Here): SluiceConfig {
  const read = readMapping(readFileSync(path, 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const gates = z.record(z.string(), z.record(z.string(), z.unknown())).parse(read.value.gates);
  const key = { key: { file: keyFile } };
  const signers = z.record(z.string(), z.unknown()).parse(gates.signature?.signers);
  const own: Readonly<Record<string, object>> = {
    ci: { url },
    image: { insecure: [host] },
    signature: {
      insecure: [host],
      signers: Object.fromEntries(Object.keys(signers).map((name) => [name, key])),
      builders: gates.signature?.builders,
    },
    metric: { prometheus: { url: prometheus } },
  };
  const here = Object.fromEntries(
    Object.entries(gates).map(([name, given]) => [name, own[name] ?? local(given, url, folder)]),
  );
  return parseConfig({ ...read.value, gates: here }, { env: {} });
}

/** The same settings with addresses, folders, secrets and programs of this machine. */
function local(settings: object, url: string, folder: string): object {
  const text = JSON.stringify(settings)
    .replaceAll(/https?:\/\/[^/"{}]+/g, url)
    .replaceAll(/"(\/var\/lib\/sluice\/\w+|\/srv\/\w+)"/g, JSON.stringify(folder))
    .replaceAll(/\{"file":"[^"]+"\}/g, '{"env":"GATED_SECRET"}')
    .replaceAll(
      /"run":\[[^\]]+\]/g,
      `"run":${JSON.stringify([process.execPath, '-e', 'console.log("2 migrations")'])}`,
    );
  return JSON.parse(text) as object;
}
