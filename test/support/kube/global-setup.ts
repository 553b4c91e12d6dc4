/** Starts the one cluster that all Kubernetes test files of a run share, when the first of them asks for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type KubeCluster, startCluster } from './cluster.ts';

/** Global set-ups come before the first file of the run, and a cluster that waits for its own takes its time too. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<KubeCluster> | undefined;
  const server = createServer((_, response) => {
    cluster ??= startCluster();
    cluster.then(
      ({ kubeconfigPath, serverUrl, caData, adminToken }) =>
        response.end(JSON.stringify({ kubeconfigPath, serverUrl, caData, adminToken })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  project.provide('kube', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    // One that did not start has told the files that asked for it.
    await cluster?.then(
      ({ stop }) => stop(),
      () => {},
    );
  };
}
