/** A guard as a process of its own, as operators run it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repoRoot } from '../../../src/stack/tools.ts';
import { end } from '../child.ts';
import { freePort } from '../free-ports.ts';
import { freeze } from '../freeze.ts';
import { waitFor } from '../wait-for.ts';

export interface GuardProcess {
  readonly log: () => string;
  get(path: string): Promise<{ status: number; text: string }>;
  /** The values of a metric, summed up; with `label`, such as `outcome="restored"`, only those that bear it. */
  metric(name: string, label?: string): Promise<number>;
  /** The value of a metric that has no labels. */
  value(name: string): Promise<number>;
  leads(): Promise<boolean>;
  /** SIGSTOP and SIGCONT: it stands still, and goes on. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function startGuardProcess(settings: {
  kubeconfig: string;
  leaseNamespace: string;
}): Promise<GuardProcess> {
  const port = await freePort();
  const main = join(repoRoot(), 'dist', 'guard', 'main.js');
  const { kubeconfig, leaseNamespace } = settings;
  const flags = [`--kubeconfig=${kubeconfig}`, `--lease-namespace=${leaseNamespace}`, `--port=${port}`];
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.removeListener('exit', killAtExit));
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(20_000) });
    return { status: answer.status, text: await answer.text() };
  };
  const metric = async (name: string, label = '') => {
    const { text } = await get('/metrics');
    const values = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
    return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  await waitFor('the guard to be ready', async () => (await get('/readyz')).status === 200);
  return {
    log: () => log,
    get,
    metric,
    value: async (name) => {
      const { text } = await get('/metrics');
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      );
    },
    leads: async () => (await metric('sluice_guard_leader')) === 1,
    freeze: () => freeze(child),
    thaw: () => void child.kill('SIGCONT'),
    stop: async (signal = 'SIGTERM') => {
      await end(child, signal, 60_000);
      return child.exitCode;
    },
  };
}
