/** Temporal and Sluice's own programs, as processes that end with the demo. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../../../../src/stack/tools.ts';
import type { KubeAccess } from '../access.ts';
import { type SluiceParts, startSluiceParts } from '../sluice-parts.ts';

export interface DemoParts extends SluiceParts {
  /** Runs `sluice …`; resolves with what it printed, whatever its exit code. */
  sluice(args: readonly string[]): Promise<string>;
}

export async function startParts({ kubeconfigPath }: KubeAccess, metricsUrl: string): Promise<DemoParts> {
  const kube = { kubeconfig: kubeconfigPath, namespace: 'demo', leaseNamespace: 'sluice' };
  const parts = await startSluiceParts(['temporal', 'worker', 'api', 'guard'], {
    traffic: { 'gateway-api': kube },
    workload: { kubernetes: kube },
    metrics: { users: { type: 'scrape', targets: [{ url: metricsUrl }], intervalMs: 1_000 } },
  });
  const cli = join(repoRoot(), 'dist', 'cli', 'main.js');
  return {
    ...parts,
    async sluice(args) {
      const answer = promisify(execFile)(process.execPath, [cli, ...args, '--api', parts.apiUrl]);
      const { stdout, stderr } = await answer.catch((error: { stdout?: string; stderr?: string }) => error);
      return `${stdout ?? ''}${stderr ?? ''}`;
    },
  };
}
