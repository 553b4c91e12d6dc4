/** Temporal and Sluice's own programs, as processes that end with the demo; the guard is in the demo's own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { locateTools, repoRoot } from '../../../../src/stack/tools.ts';
import { freePorts } from '../../free-ports.ts';
import { waitFor } from '../../wait-for.ts';
import type { KubeAccess } from '../access.ts';
import { startGuard } from '../guard.ts';
import { type Part, startPart } from '../process.ts';
import { startWatchdog } from '../watchdog.ts';

const readyWithinMs = 60_000;
const logLines = 10;

export interface DemoParts {
  readonly apiUrl: string;
  /** Runs `sluice …`; resolves with what it printed, whatever its exit code. */
  sluice(args: readonly string[]): Promise<string>;
  /** A file in the demo's folder; its path. */
  file(name: string, text: string): string;
  lastLogs(): string;
  stop(): Promise<void>;
}

export async function startParts({ kubeconfigPath }: KubeAccess, metricsUrl: string): Promise<DemoParts> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  const watchdog = startWatchdog(folder);
  const [temporalPort = 0, apiPort = 0] = await freePorts(2);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = file('sluice.yaml', stringify(configOf(kubeconfigPath, metricsUrl, temporalPort, apiPort)));
  process.env.SLUICE_CONFIG = config;
  const program = (path: string) => join(repoRoot(), 'dist', path);
  const temporal = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(temporalPort),
    '--log-level',
    'error',
  ];
  const started: Part[] = [];
  const start = (name: string, command: string, ...args: string[]) =>
    void started.push(startPart(folder, name, command, args));
  const guard = startGuard({ kubeconfig: kubeconfigPath, leaseNamespace: 'sluice' });
  const stop = async () => {
    await guard.stop();
    await Promise.all(started.map((part) => part.stop()));
    await watchdog.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    start('temporal', locateTools().temporal, ...temporal);
    start('worker', process.execPath, program('worker/main.js'));
    start('api', process.execPath, program('api/main.js'));
    await waitFor(
      'the API and the worker to be ready',
      async () => {
        for (const part of started) part.assertRuns();
        return await fetch(`${apiUrl}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      { timeoutMs: readyWithinMs, everyMs: 200 },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    apiUrl,
    file,
    stop,
    async sluice(args) {
      const line = [program('cli/main.js'), ...args, '--api', apiUrl];
      const answer = promisify(execFile)(process.execPath, line);
      const { stdout, stderr } = await answer.catch((error: { stdout?: string; stderr?: string }) => error);
      return `${stdout ?? ''}${stderr ?? ''}`;
    },
    lastLogs: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map(
          (name) =>
            `${name}:\n${readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(-logLines).join('\n')}`,
        )
        .join('\n'),
  };
}

function configOf(kubeconfig: string, metricsUrl: string, temporalPort: number, apiPort: number): object {
  const kube = { kubeconfig, namespace: 'demo', leaseNamespace: 'sluice' };
  return {
    temporal: { address: `127.0.0.1:${temporalPort}` },
    api: { host: '127.0.0.1', port: apiPort },
    traffic: { 'gateway-api': kube },
    workload: { kubernetes: kube },
    metrics: { users: { type: 'scrape', targets: [{ url: metricsUrl }], intervalMs: 1_000 } },
  };
}
