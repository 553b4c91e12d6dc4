/** A guard with too few rights: it says which one is missing, and goes on with what it may do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rbacObjects, rightsOf } from '../../../src/providers/rbac.ts';
import { kubeconfigOf } from '../../support/kube/credentials.ts';
import { type RunningGuard, startGuard } from '../../support/kube/guard.ts';
import { type Guarded, guardedTargets, targetNamed } from '../../support/kube/guarded.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

const cluster = sharedCluster();
const poll = { interval: 50 };
const folder = mkdtempSync(join(tmpdir(), 'sluice-guard-'));
const target = targetNamed('poor');

let guarded: Guarded;
let guard: RunningGuard;
beforeAll(async () => {
  guarded = await guardedTargets(cluster, [target]);
});
afterAll(async () => {
  await guard?.stop();
  await guarded?.provider.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a guard whose account may not change routes', () => {
  it('says so, and brings the route home as soon as it may', async () => {
    const { namespace } = guarded;
    const given = { leaseNamespace: namespace, namespaces: [namespace], roles: ['guard'] as const };
    const objects = rbacObjects({ ...given, rights: rightsOf(['gateway-api']) });
    const poor = objects.map((object) =>
      object.kind === 'Role' && Array.isArray(object.rules)
        ? { ...object, rules: object.rules.filter(({ apiGroups }) => apiGroups[0] === 'coordination.k8s.io') }
        : object,
    );
    await cluster.apply(...poor);
    const kubeconfig = join(folder, 'kubeconfig');
    const token = await cluster.tokenOf(namespace, 'sluice-guard');
    writeFileSync(kubeconfig, kubeconfigOf(cluster.serverUrl, cluster.caData, token));
    guard = startGuard({ kubeconfig, leaseNamespace: namespace });
    await guard.leads();
    await guarded.canary(target, 60_000);
    await guarded.provider.stop(target);
    await expect.poll(() => guard.of('failed'), poll).not.toEqual([]);
    expect(guard.of('failed')[0]?.problem).toMatch(/cannot get resource "httproutes".*in the namespace/);
    await cluster.apply(...objects);
    await expect.poll(() => guarded.shareOf(target), poll).toBe(0);
    await expect.poll(() => guard.of('restored').length, poll).toBe(1);
  });
});
