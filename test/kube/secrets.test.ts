/**
 * Secrets of the cluster that settings name: read with the right that `sluice rbac --secret` prints, and with no less.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { rbacObjects, rightsOf } from '../../src/providers/rbac.ts';
import { readSecret } from '../../src/providers/secret.ts';
import { sharedCluster } from '../support/kube/shared.ts';

const cluster = sharedCluster();
const folder = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('reads the key of a Secret that it may read, and nothing of one that it may not', async () => {
  const namespace = await cluster.makeNamespace('secrets');
  for (const name of ['links', 'other']) {
    const data = { key: Buffer.from(`value of ${name}\n`).toString('base64') };
    await cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data });
  }
  const rights = rightsOf([], undefined, ['links']);
  const where = { roles: ['worker'], leaseNamespace: namespace, namespaces: [namespace] } as const;
  await cluster.apply(...rbacObjects({ rights, ...where }));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'c', cluster: { server: cluster.serverUrl, 'certificate-authority-data': cluster.caData } },
    ],
    users: [{ name: 'u', user: { token: await cluster.tokenOf(namespace, 'sluice-worker') } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': 'x',
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  vi.stubEnv('KUBECONFIG', path);
  const read = (name: string, key = 'key') => readSecret({ kubernetes: { name, key } });
  // A new Role takes a moment to be heeded.
  await expect.poll(() => read('links')).toBe('value of links');
  expect([await read('links', 'nothing'), await read('other'), await read('missing')]).toEqual([
    null,
    null,
    null,
  ]);
});
