/** A real Alertmanager for tests, on loopback; it leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePort } from './free-ports.ts';
import { waitFor } from './wait-for.ts';

export interface TestAlertmanager {
  readonly url: string;
  /** Makes an alert with these labels fire; fires anew when it fires already. Returns once Alertmanager says so. */
  fire(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Ends the alert with these labels. Returns once Alertmanager says so. */
  resolve(labels: Readonly<Record<string, string>>): Promise<void>;
  /** Silences alerts with this name for an hour. */
  silence(alertname: string): Promise<void>;
  /** SIGKILL, as a crash; the address stays dead. Call `stop` all the same. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** `receiver`: the address of a webhook that is told of each alert, with a bearer token. */
export async function startAlertmanager(
  receiver: { readonly url: string; readonly token: string } | null = null,
): Promise<TestAlertmanager> {
  const { alertmanager: binary } = locateTools();
  if (binary === null)
    throw new Error('Alertmanager is missing. Run "npm run setup"; it says what to install.');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-alertmanager-'));
  await writeFile(join(folder, 'alertmanager.yml'), configOf(receiver));
  const { child, url } = await launch(binary, folder);
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  };
  const isFiring = async (labels: Readonly<Record<string, string>>) => {
    const response = await fetch(`${url}/api/v2/alerts`);
    const alerts = (await response.json()) as { readonly labels: Readonly<Record<string, string>> }[];
    return alerts.some((alert) => isDeepStrictEqual(alert.labels, labels));
  };
  return {
    url,
    async fire(labels) {
      await post('/api/v2/alerts', [{ labels, startsAt: new Date().toISOString() }]);
      await waitFor(`${labels.alertname} to fire`, () => isFiring(labels));
    },
    async resolve(labels) {
      await post('/api/v2/alerts', [{ labels, endsAt: new Date(Date.now() - 1_000).toISOString() }]);
      await waitFor(`${labels.alertname} to end`, async () => !(await isFiring(labels)));
    },
    silence: (alertname) =>
      post('/api/v2/silences', {
        matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'a test',
        comment: 'a test',
      }),
    kill: () => end(child, 'SIGKILL'),
    async stop() {
      await end(child, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Another process may take the free port before Alertmanager does, hence the few attempts. */
async function launch(binary: string, folder: string): Promise<{ child: ChildProcess; url: string }> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const port = await freePort();
    const child = spawn(
      binary,
      [
        `--config.file=${join(folder, 'alertmanager.yml')}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('close', () => process.removeListener('exit', killAtExit));
    const url = `http://127.0.0.1:${port}`;
    const state = await waitFor('Alertmanager to be ready', async () => {
      if (hasEnded(child)) return 'gone' as const;
      const response = await fetch(`${url}/-/ready`).catch(() => null);
      await response?.arrayBuffer();
      return response?.ok === true ? ('ready' as const) : null;
    });
    if (state === 'ready') return { child, url };
  }
  throw new Error(`Alertmanager (${binary}) did not start`);
}

function configOf(receiver: { readonly url: string; readonly token: string } | null): string {
  const webhook =
    receiver === null
      ? ''
      : `
    webhook_configs:
      - url: ${receiver.url}
        http_config: { authorization: { type: Bearer, credentials: ${receiver.token} } }`;
  return `route: { receiver: test, group_by: [alertname], group_wait: 100ms, group_interval: 1s }
receivers:
  - name: test${webhook}
`;
}
