/**
 * As an account with the rights that `sluice rbac` gives, and with fewer: then it says which, and does nothing by
 * halves.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type RbacObject, rbacObjects, rightsOf } from '../../../src/providers/rbac.ts';
import { kubernetes } from '../../../src/providers/workload/kubernetes.ts';
import type { WorkloadProvider } from '../../../src/providers/workload/types.ts';
import { grant } from '../../support/kube/account.ts';
import { kubeconfigOf } from '../../support/kube/credentials.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { contentsOf, holdsAgain, openShop, patientMs, type Shop } from '../../support/kube/shop.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
let shop: Shop;
let restricted: WorkloadProvider;
afterEach(async () => {
  await shop.close();
  await restricted.close();
});

/** Opens a shop, and a provider whose account lacks one right, such as `delete services`. */
async function openWithout(missing: string | null): Promise<void> {
  shop = await openShop(cluster);
  const { namespace, leaseNamespace } = shop;
  const options = {
    rights: rightsOf(['kubernetes']),
    roles: ['worker'] as const,
    leaseNamespace,
    namespaces: [namespace],
  };
  const objects = rbacObjects(options).map((object) => without(object, missing));
  await grant(cluster, { namespace: leaseNamespace, name: 'sluice-worker' }, objects);
  const token = await cluster.tokenOf(leaseNamespace, 'sluice-worker');
  const kubeconfig = join(tmpdir(), `sluice-rights-${namespace}`);
  writeFileSync(kubeconfig, kubeconfigOf(cluster.serverUrl, cluster.caData, token), { mode: 0o600 });
  restricted = kubernetes.create({ kubeconfig, namespace, leaseNamespace, timeoutMs: patientMs });
  const ready = () => restricted.versionIn(shop.target, 'blue').catch(() => null);
  await expect.poll(ready).toBe('v1');
}

function without(object: RbacObject, missing: string | null): object {
  const rules = object.rules as { resources: string[]; verbs: string[] }[] | undefined;
  const [verb = '', resource = ''] = missing?.split(' ') ?? [];
  if (rules === undefined || missing === null) return object;
  const apart = rules.flatMap((rule) => rule.resources.map((one) => ({ ...rule, resources: [one] })));
  const left = apart.map((rule) =>
    rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule,
  );
  return { ...object, rules: left.filter(({ verbs }) => verbs.length > 0) };
}

describe('the rights that sluice rbac gives', () => {
  it('suffice for a canary that is promoted and goes', async () => {
    await openWithout(null);
    await restricted.start(shop.target, 'green', 'v2', signal, () => {}, 1);
    await restricted.start(shop.target, 'blue', 'v2', signal, () => {}, 2);
    await restricted.stop(shop.target, 'green', signal, 3);
    expect(await restricted.versionIn(shop.target, 'blue')).toBe('v2');
    expect(await restricted.versionIn(shop.target, 'green')).toBeNull();
    await restricted.stop(shop.target, 'blue', signal, 4);
    expect(await restricted.versionIn(shop.target, 'blue')).toBeNull();
  });

  it('suffice for what is told of a version that crashes', async () => {
    await openWithout(null);
    const why = /cannot read \/etc\/app\/config.yaml/;
    const lines: string[] = [];
    const told = (line: string) => void lines.push(line);
    const started = restricted.start(shop.target, 'green', 'crash-loop-1', signal, told, 1);
    const refused = expect(started).rejects.toThrow(why);
    await expect.poll(() => lines.join('\n')).toMatch(why);
    await shop.deadline('shop-canary', 1);
    await refused;
  });
});

describe('without the right to', () => {
  it.each([
    'create deployments',
    'create services',
    'patch deployments',
    'delete deployments',
    'delete services',
  ])('%s nothing is made, and the right is named', async (missing) => {
    await openWithout(missing);
    const before = await contentsOf(cluster, shop.namespace);
    const [verb = '', resource = ''] = missing.split(' ');
    const error: unknown = await restricted
      .start(shop.target, 'green', 'v2', signal, () => {}, 1)
      .catch((caught: unknown) => caught);
    const message = expect.stringMatching(new RegExp(`cannot ${verb} resource "${resource}" in API group`));
    expect(error).toMatchObject({ code: 'cluster-forbidden', message });
    await holdsAgain(cluster, shop.namespace, before);
  });
});
