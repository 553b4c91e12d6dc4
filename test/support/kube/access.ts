/** A running test cluster as tests use it: kubectl, plain requests, namespaces and tokens of service accounts. */
import { execFile } from 'node:child_process';
import type { Agent } from 'node:https';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { waitFor } from '../wait-for.ts';
import { kubeconfigOf } from './credentials.ts';
import { KubeObjects } from './objects.ts';
import { locateKubePrograms } from './programs.ts';
import { type Rest, restClient } from './rest.ts';

/** All that it takes to reach a cluster; plain data, so that it can be handed to other processes. */
export interface KubeAddress {
  /** Of an administrator. */
  readonly kubeconfigPath: string;
  readonly serverUrl: string;
  /** Base64 of PEM, as a kubeconfig has it. */
  readonly caData: string;
  readonly adminToken: string;
}

export interface KubeAccess extends KubeAddress {
  /** Runs kubectl as the administrator; resolves with what it printed, rejects with what it complained of. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** What `kubectl apply` does with objects. */
  apply(...objects: readonly object[]): Promise<void>;
  readonly objects: KubeObjects;
  /** A plain request as the administrator, or as the owner of `token`. */
  rest: Rest;
  restAs(token: string): Rest;
  /** A namespace with a name of its own, in which pods can be made; delete it or leave it to the cluster's end. */
  makeNamespace(prefix: string, labels?: Readonly<Record<string, string>>): Promise<string>;
  /** A fresh token of a service account that is there. */
  tokenOf(namespace: string, serviceAccount: string): Promise<string>;
  /** For Kubernetes' own client, as the administrator or as the owner of `token`. */
  kubeConfig(token?: string): KubeConfig;
}

/** Of a provider of routes that has its Leases beside them; a busy machine may take its time for a request. */
export function routeSettings({ kubeconfigPath }: KubeAddress, namespace: string) {
  return { kubeconfig: kubeconfigPath, namespace, leaseNamespace: namespace, timeoutMs: 30_000 };
}

let namespaces = 0;

/** @param agent keeps the connections of plain requests; default: they have one each. */
export function accessTo(address: KubeAddress, agent?: Agent): KubeAccess {
  const { kubeconfigPath, serverUrl, caData, adminToken } = address;
  const restAs = (token: string) => restClient(serverUrl, caData, token, agent);
  const rest = restAs(adminToken);
  const all = new KubeObjects(rest);
  const kubectl = (args: readonly string[], input?: string) => runKubectl(kubeconfigPath, args, input);
  return {
    ...{ kubeconfigPath, serverUrl, caData, adminToken },
    kubectl,
    rest,
    restAs,
    objects: all,
    async apply(...objects) {
      const items: object[] = [];
      for (const object of objects) if (!(await all.make(object))) items.push(object);
      if (items.length === 0) return;
      await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    },
    async makeNamespace(prefix, labels = {}) {
      namespaces += 1;
      const name = `${prefix}-${process.pid}-${namespaces}`;
      const { status, body } = await rest('POST', '/api/v1/namespaces', { metadata: { name, labels } });
      if (status !== 201) throw new Error(`namespace ${name}: ${JSON.stringify(body)}`);
      // Pods are refused before the account is there; a namespace is whole with both.
      for (const made of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
        const path = `/api/v1/namespaces/${name}/${made}`;
        // Controllers that were cut off from the API server come back when they please.
        await waitFor(path, async () => (await rest('GET', path)).status === 200, { timeoutMs: 100_000 });
      }
      return name;
    },
    async tokenOf(namespace, serviceAccount) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
      const { body } = await rest('POST', path, { spec: { expirationSeconds: 3_600 } });
      return z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
    },
    kubeConfig(token = adminToken) {
      const config = new KubeConfig();
      config.loadFromString(kubeconfigOf(serverUrl, caData, token));
      return config;
    },
  };
}

async function runKubectl(kubeconfig: string, args: readonly string[], input?: string): Promise<string> {
  const { kubectl } = locateKubePrograms().programs;
  const running = promisify(execFile)(kubectl, ['--kubeconfig', kubeconfig, ...args], {
    maxBuffer: 64 << 20,
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}
