/**
 * A real Kubernetes control plane on loopback, with a scheduler and a node that kwok plays; it leaves nothing behind.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../free-ports.ts';
import { freeze } from '../freeze.ts';
import { waitFor } from '../wait-for.ts';
import { accessTo, type KubeAccess } from './access.ts';
import { apiServerArgs, controllerManagerArgs, etcdArgs, kwokArgs, schedulerArgs } from './control-plane.ts';
import { applyCrds } from './crds.ts';
import { kubeconfigOf, makeCredentials } from './credentials.ts';
import { CRASH_LOG, podStages } from './pods.ts';
import { type Part, startPart } from './process.ts';
import { type KubePrograms, locateKubePrograms } from './programs.ts';
import type { Rest } from './rest.ts';
import { startWatchdog } from './watchdog.ts';

const NODE = 'kwok-0';
const READY_WITHIN_MS = 100_000;
const ATTEMPTS = 3;

interface ClusterOptions {
  /** The Gateway API's channel; experimental has all of standard, and fields such as session persistence. */
  readonly gatewayApi?: 'standard' | 'experimental';
}

export interface KubeCluster extends KubeAccess {
  /** SIGSTOP: the API server is there and answers nothing, as one that hangs. */
  suspendApi(): Promise<void>;
  resumeApi(): void;
  /** SIGKILL: connections are refused, and all watches end. The data stays. */
  killApi(): Promise<void>;
  /** Starts it again at the same address; resolves when it is ready. */
  restartApi(): Promise<void>;
  /** Process ids by the parts' names. */
  pids(): Record<string, number>;
  stop(): Promise<void>;
}

/** About ten seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<KubeCluster> {
  const located = locateKubePrograms();
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(located, options);
    } catch (error) {
      // Another process may take a free port before a part does.
      if (attempt === ATTEMPTS || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function launch({ programs, crds }: KubePrograms, options: ClusterOptions): Promise<KubeCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kube-'));
  const watchdog = startWatchdog(folder);
  const parts = new Map<string, Part>();
  const start = (name: keyof typeof programs, args: readonly string[]) =>
    void parts.set(name, startPart(folder, name, programs[name], args));
  const stop = async () => {
    await Promise.all([...parts.values()].map((part) => part.stop()));
    await watchdog.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const credentials = await makeCredentials(folder);
    const [etcdPort, peerPort, apiPort = 0, nodePort = 0] = await freePorts(4);
    const etcdUrl = `http://127.0.0.1:${etcdPort}`;
    const serverUrl = `https://127.0.0.1:${apiPort}`;
    const { caData, adminToken } = credentials;
    const kubeconfigPath = join(folder, 'kubeconfig');
    writeFileSync(kubeconfigPath, kubeconfigOf(serverUrl, caData, adminToken), { mode: 0o600 });
    const access = accessTo({ kubeconfigPath, serverUrl, caData, adminToken });
    const startApi = async () => {
      start('kube-apiserver', apiServerArgs(apiPort, etcdUrl, credentials));
      await ready('the API server', parts, async () => (await access.rest('GET', '/readyz')).status === 200);
    };

    start('etcd', etcdArgs(etcdUrl, `http://127.0.0.1:${peerPort}`));
    await startApi();
    start('kube-controller-manager', controllerManagerArgs(kubeconfigPath, credentials));
    start('kube-scheduler', schedulerArgs(kubeconfigPath));
    start('kwok', kwokArgs(kubeconfigPath, writeKwokConfig(folder), nodePort, credentials));
    const sets = [`gateway-api-${options.gatewayApi ?? 'experimental'}`, 'istio', 'prometheus-operator'];
    await Promise.all([
      applyCrds(
        access.rest,
        sets.map((set) => join(crds, set)),
      ),
      addNode(access.rest, parts),
      ready('the controllers', parts, () => hasDefaultAccount(access.rest)),
    ]);
    const api = () => parts.get('kube-apiserver');
    const suspendApi = async () => {
      const child = api()?.child;
      if (child !== undefined) await freeze(child);
    };
    return {
      ...access,
      suspendApi,
      resumeApi: () => void api()?.child.kill('SIGCONT'),
      killApi: async () => api()?.stop(),
      restartApi: startApi,
      pids: () => Object.fromEntries([...parts].map(([name, { child }]) => [name, child.pid ?? 0])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ready(
  what: string,
  parts: ReadonlyMap<string, Part>,
  isReady: () => Promise<boolean>,
): Promise<boolean> {
  let ended: unknown;
  const probe = async () => {
    try {
      for (const part of parts.values()) part.assertRuns();
    } catch (error) {
      ended = error;
      return true;
    }
    return isReady();
  };
  return waitFor(what, probe, { timeoutMs: READY_WITHIN_MS }).then((is) => {
    if (ended !== undefined) throw ended;
    return is;
  });
}

function writeKwokConfig(folder: string): string {
  const log = join(folder, 'crash.log');
  writeFileSync(log, CRASH_LOG.map((line) => `2025-01-01T00:00:00.000000000Z stdout F ${line}\n`).join(''));
  const file = join(folder, 'kwok.yaml');
  writeFileSync(
    file,
    podStages(log)
      .map((each) => JSON.stringify(each))
      .join('\n---\n'),
  );
  return file;
}

async function addNode(rest: Rest, parts: ReadonlyMap<string, Part>): Promise<void> {
  const labels = {
    'kubernetes.io/hostname': NODE,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  };
  const made = await rest('POST', '/api/v1/nodes', { metadata: { name: NODE, labels } });
  if (made.status !== 201) throw new Error(`the node was refused: ${JSON.stringify(made.body)}`);
  await ready('the node', parts, async () => {
    const { body } = await rest('GET', `/api/v1/nodes/${NODE}`);
    return node
      .parse(body)
      .status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  });
}

const node = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});

/** Made by a controller, hence the sign that they run. */
async function hasDefaultAccount(rest: Rest): Promise<boolean> {
  return (await rest('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
}
