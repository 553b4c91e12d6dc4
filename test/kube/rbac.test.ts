/**
 * As its own accounts, against the real authorizer: what `sluice rbac` prints is enough, and nothing of it can be
 * spared.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeRole } from '../../src/providers/kube/rights.ts';
import { rbacObjects, rightsOf, typesWithRights } from '../../src/providers/rbac.ts';
import { kubeRoutes } from '../../src/providers/traffic/kube/routes.ts';
import { Account, type Grain, grainsOf } from '../support/kube/account.ts';
import { sharedCluster } from '../support/kube/shared.ts';
import { type Place, stories } from '../support/kube/stories.ts';

const cluster = sharedCluster();

it('is tried with every kind of route', () => {
  expect(Object.keys(stories).toSorted()).toEqual(kubeRoutes.map(({ type }) => type).toSorted());
});

/** What a type before has shown of the same part need not be shown again. */
const shown = new Set<string>();
function isFirst(part: KubeRole, { group, resource, verb }: Grain): boolean {
  const key = `${part} ${group}/${resource} ${verb}`;
  if (shown.has(key)) return false;
  shown.add(key);
  return true;
}

for (const [type, parts] of Object.entries(stories)) {
  const rights = rightsOf([type]);
  for (const part of Object.keys(parts) as KubeRole[]) {
    const story = parts[part];
    if (story === undefined) continue;
    describe(`${type}: the account of the ${part}`, () => {
      let place: Place;
      let account: Account;
      let runs = 0;
      beforeAll(async () => {
        const [leaseNamespace, namespace] = [
          await cluster.makeNamespace('rbac-leases'),
          await cluster.makeNamespace('rbac-routes'),
        ];
        account = await Account.make(cluster, part, { rights, leaseNamespace, namespaces: [namespace] });
        place = { cluster, leaseNamespace, namespace };
      });
      afterAll(() => account?.close());

      /** What is refused in a whole run; nothing can be refused that would not be asked for. */
      const refusedIn = async () => {
        account.door.forget();
        const refused = () => account.door.refusals.length > 0;
        await story(account.kubeconfig, place, ++runs, refused).catch((error: unknown) => {
          if (!refused()) throw error;
        });
        return [...account.door.refusals];
      };

      it('can do all that its work takes', async () => {
        expect(await refusedIn()).toEqual([]);
      });

      const names = { leaseNamespace: 'leases', namespaces: ['routes'] };
      const all = grainsOf(rbacObjects({ rights, roles: [part], ...names }));
      const grains = all.filter((grain) => isFirst(part, grain));
      it.each(grains)('needs to $verb $resource of group "$group"', async (grain) => {
        const { leaseNamespace, namespace } = place;
        const there: Grain = {
          ...grain,
          namespace: grain.namespace === 'leases' ? leaseNamespace : namespace,
        };
        await account.without(there, async () => {
          expect(await refusedIn()).toContainEqual(expect.stringContaining(plainOf(grain.resource)));
        });
      });
    });
  }
}

/** As it stands in a path. */
function plainOf(resource: string): string {
  return resource.split('/').at(-1) ?? resource;
}

it('of the API gives no right beyond its Leases', async () => {
  const leaseNamespace = await cluster.makeNamespace('rbac-api');
  const namespace = await cluster.makeNamespace('rbac-routes');
  const rights = rightsOf([...typesWithRights().keys()]);
  const account = await Account.make(cluster, 'api', { rights, leaseNamespace, namespaces: [namespace] });
  await account.close();
  const token = await cluster.tokenOf(leaseNamespace, 'sluice-api');
  const statusOf = async (method: string, path: string, body?: object) =>
    (await cluster.restAs(token)(method, path, body)).status;
  const leases = (of: string) => `/apis/coordination.k8s.io/v1/namespaces/${of}/leases`;
  const routes = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`;
  expect(await statusOf('GET', `${leases(leaseNamespace)}/none`)).toBe(404);
  expect(await statusOf('DELETE', `${leases(leaseNamespace)}/none`)).toBe(403);
  expect(await statusOf('GET', `${leases(namespace)}/none`)).toBe(403);
  expect(await statusOf('GET', `${routes}/shop`)).toBe(403);
  expect(await statusOf('PATCH', `${routes}/shop`, {})).toBe(403);
  expect(await statusOf('GET', `/api/v1/namespaces/${leaseNamespace}/secrets`)).toBe(403);
});
