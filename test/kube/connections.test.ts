/**
 * Several clusters, and every way to be somebody on one: contexts, exec plug-ins, token files, the pod's own account.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/providers/config.ts';
import { KubeClient } from '../../src/providers/kube/client.ts';
import { connect } from '../../src/providers/kube/connection.ts';
import { lease } from '../../src/providers/kube/kinds.ts';
import { rightsOf } from '../../src/providers/rbac.ts';
import { createRegistry } from '../../src/providers/registry.ts';
import { Account } from '../support/kube/account.ts';
import { httpRouteFor } from '../support/kube/routes.ts';
import { sharedCluster } from '../support/kube/shared.ts';

const cluster = sharedCluster();
const target = { id: 'test/shop', options: {} } as const;

let folder: string;
const places: { namespace: string; token: string }[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-connections-'));
  for (const name of ['eu', 'us']) {
    const namespace = await cluster.makeNamespace(name);
    await cluster.apply(httpRouteFor(namespace, target.id));
    const rights = rightsOf(['gateway-api']);
    const account = await Account.make(cluster, 'worker', {
      rights,
      leaseNamespace: namespace,
      namespaces: [namespace],
    });
    await account.close();
    places.push({ namespace, token: await cluster.tokenOf(namespace, 'sluice-worker') });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: KubeClient[] = [];
afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

function place(index: 0 | 1) {
  const found = places[index];
  if (found === undefined) throw new Error('not set up');
  return found;
}

/** A kubeconfig with the contexts `eu` and `us`, or only the first, and a user for each. */
function kubeconfigWith(users: readonly object[]): string {
  const path = join(folder, `kubeconfig-${Math.random().toString(36).slice(2)}`);
  const names = ['eu', 'us'].slice(0, users.length);
  const server = { server: cluster.serverUrl, 'certificate-authority-data': cluster.caData };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'one', cluster: server }],
    users: users.map((user, index) => ({ name: `user-${names[index]}`, user })),
    contexts: names.map((name, index) => ({
      name,
      context: { cluster: 'one', user: `user-${name}`, namespace: places[index]?.namespace },
    })),
    'current-context': 'eu',
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

function clientOf(kubeconfig: string | undefined, root?: string): KubeClient {
  const client = new KubeClient(connect(kubeconfig === undefined ? {} : { kubeconfig }, root), 30_000);
  opened.push(client);
  return client;
}

const look = (client: KubeClient) =>
  client.find({ kind: lease, namespace: place(0).namespace, name: 'none' });

describe('two contexts', () => {
  it('are two data planes, each as its own account and in its own namespace', async () => {
    const kubeconfig = kubeconfigWith(places.map(({ token }) => ({ token })));
    const instance = (context: string, index: 0 | 1) => ({
      type: 'gateway-api',
      kubeconfig,
      context,
      leaseNamespace: place(index).namespace,
    });
    // The third has the one's account and the other's Leases.
    const traffic = { eu: instance('eu', 0), us: instance('us', 1), mixed: instance('us', 0) };
    const registry = createRegistry(parseConfig({ traffic }, { env: {} }));
    try {
      await registry.traffic('eu').prepare(target, 1);
      await registry.traffic('eu').setRoute(target, { weightPercent: 10, match: null }, 1);
      await registry.traffic('us').prepare(target, 7);
      expect(await registry.traffic('eu').read(target)).toMatchObject({ epoch: 1, weightPercent: 10 });
      expect(await registry.traffic('us').read(target)).toMatchObject({ epoch: 7, weightPercent: 0 });
      await expect(registry.traffic('mixed').read(target)).rejects.toMatchObject({
        code: 'cluster-forbidden',
      });
    } finally {
      await registry.close();
    }
  });
});

describe('an exec plug-in', () => {
  /** Hands out what stands in a file, and counts how often it was asked. */
  function plugin(): { user: object; give(token: string): void; asked(): number } {
    const base = join(folder, `plugin-${Math.random().toString(36).slice(2)}`);
    const script = [
      '#!/bin/sh',
      `echo asked >> ${base}.log`,
      `token=$(cat ${base}.token)`,
      `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$token"`,
    ];
    writeFileSync(base, `${script.join('\n')}\n`);
    chmodSync(base, 0o700);
    writeFileSync(`${base}.log`, '');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: base, interactiveMode: 'Never' };
    return {
      user: { exec },
      give: (token) => writeFileSync(`${base}.token`, token),
      asked: () => readFileSync(`${base}.log`, 'utf8').split('\n').length - 1,
    };
  }

  it('is asked once for many requests', async () => {
    const { user, give, asked } = plugin();
    give(place(0).token);
    const client = clientOf(kubeconfigWith([user]));
    await Promise.all(Array.from({ length: 20 }, () => look(client)));
    expect(await look(client)).toBeNull();
    expect(asked()).toBe(1);
  });

  it('is asked anew, at once, when the API server does not know the token', async () => {
    const { user, give, asked } = plugin();
    give('a-token-of-yesterday');
    const client = clientOf(kubeconfigWith([user]));
    await expect(look(client)).rejects.toMatchObject({ problem: 'forbidden', status: 401 });
    expect(asked()).toBe(2);
    give(place(0).token);
    expect(await look(client)).toBeNull();
    expect(asked()).toBe(3);
  });
});

describe('a token file', () => {
  it('of a kubeconfig is read anew when its token has been replaced, with or without a line end', async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${place(0).token}\n`);
    const client = clientOf(kubeconfigWith([{ tokenFile }]));
    expect(await look(client)).toBeNull();
    // What is kept is no longer good, as when the token has run out.
    writeFileSync(tokenFile, 'a-token-of-yesterday');
    client.connection.refused();
    await expect(look(client)).rejects.toMatchObject({ status: 401 });
    writeFileSync(tokenFile, place(0).token);
    expect(await look(client)).toBeNull();
  });

  it('of the pod’s service account is what counts where nothing else is named', async () => {
    const account = join(folder, 'pod/var/run/secrets/kubernetes.io/serviceaccount');
    mkdirSync(account, { recursive: true });
    writeFileSync(join(account, 'token'), place(0).token);
    writeFileSync(join(account, 'ca.crt'), Buffer.from(cluster.caData, 'base64'));
    writeFileSync(join(account, 'namespace'), place(0).namespace);
    const { hostname, port } = new URL(cluster.serverUrl);
    const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;
    Object.assign(process.env, { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port });
    try {
      const client = clientOf(undefined, join(folder, 'pod'));
      expect(client.connection.namespace).toBe(place(0).namespace);
      expect(await look(client)).toBeNull();
      writeFileSync(join(account, 'token'), place(1).token);
      client.connection.refused();
      await expect(look(client)).rejects.toMatchObject({ status: 403 });
    } finally {
      restore({ KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT });
    }
  });
});

function restore(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
