/** Starts the one cluster that all Kubernetes test files of a run share. */
import type { TestProject } from 'vitest/node';
import { startCluster } from './cluster.ts';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { kubeconfigPath, serverUrl, caData, adminToken, stop } = await startCluster();
  project.provide('kube', { kubeconfigPath, serverUrl, caData, adminToken });
  return stop;
}
