import { describe, expect, it } from 'vitest';
import { rbacObjects, rightsOf, rulesOf, typesWithRights } from '../../../src/providers/rbac.ts';
import { kubeRoutes } from '../../../src/providers/traffic/kube/routes.ts';

const roles = ['api', 'worker', 'guard'] as const;
const rights = rightsOf(['gateway-api']);
const namesOf = (objects: ReturnType<typeof rbacObjects>) =>
  objects.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ?? '*'}/${name}`);

describe('rights of provider types', () => {
  it('are told by every kind of route', () => {
    const known = [...typesWithRights().keys()];
    expect(known).toEqual(expect.arrayContaining(kubeRoutes.map(({ type }) => type)));
    expect(known).not.toContain('haproxy');
    expect(known).not.toContain('process');
  });

  it('let the API write Leases and nothing else, whatever the provider', () => {
    const { api } = rightsOf([...typesWithRights().keys()]);
    expect(rulesOf(api)).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'patch'] },
    ]);
    expect(new Set(api.map(({ where }) => where))).toEqual(new Set(['lease namespace']));
  });

  it('never reach Secrets, RBAC, admission, or everything', () => {
    const every = Object.values(rightsOf([...typesWithRights().keys()])).flat();
    const forbidden = /secrets|roles|serviceaccounts|webhook|nodes|exec|\*/;
    expect(every.flatMap(({ resources }) => resources).filter((one) => forbidden.test(one))).toEqual([]);
    expect(every.flatMap(({ apiGroups, verbs }) => [...apiGroups, ...verbs])).not.toContain('*');
  });

  it('reach the Secrets that settings name, by name, for reading, and only where they are asked for', () => {
    const { api, worker, guard } = rightsOf(['gateway-api'], undefined, ['links', 'events']);
    const rule = {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get'],
      resourceNames: ['links', 'events'],
    };
    expect([rulesOf(api).at(-1), rulesOf(worker).at(-1)]).toEqual([rule, rule]);
    expect(rulesOf(guard).flatMap(({ resources }) => resources)).not.toContain('secrets');
  });

  it('of a name that is no such provider are refused with what was meant', () => {
    expect(() => rightsOf(['gateway-ap'])).toThrow(/did you mean "gateway-api"\?/);
  });
});

describe('RBAC objects', () => {
  it('keep Leases and routes apart, in the namespaces of each', () => {
    const objects = rbacObjects({ rights, roles, leaseNamespace: 'sluice', namespaces: ['shop', 'pay'] });
    expect(namesOf(objects)).toEqual([
      'ServiceAccount sluice/sluice-api',
      'Role sluice/sluice-api',
      'RoleBinding sluice/sluice-api',
      'ServiceAccount sluice/sluice-worker',
      'Role sluice/sluice-worker',
      'RoleBinding sluice/sluice-worker',
      'Role shop/sluice-worker',
      'RoleBinding shop/sluice-worker',
      'Role pay/sluice-worker',
      'RoleBinding pay/sluice-worker',
      'ServiceAccount sluice/sluice-guard',
      'Role sluice/sluice-guard',
      'RoleBinding sluice/sluice-guard',
      'Role shop/sluice-guard',
      'RoleBinding shop/sluice-guard',
      'Role pay/sluice-guard',
      'RoleBinding pay/sluice-guard',
    ]);
    expect(objects.find(({ kind }) => kind === 'RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: 'sluice-api' },
      subjects: [{ kind: 'ServiceAccount', name: 'sluice-api', namespace: 'sluice' }],
    });
  });

  it('put both in one Role where Leases and routes share a namespace', () => {
    const objects = rbacObjects({
      rights,
      roles: ['worker'],
      leaseNamespace: 'shop',
      namespaces: ['shop'],
    });
    expect(namesOf(objects)).toEqual([
      'ServiceAccount shop/sluice-worker',
      'Role shop/sluice-worker',
      'RoleBinding shop/sluice-worker',
    ]);
    expect(objects[1]?.rules).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'patch'] },
      {
        apiGroups: ['gateway.networking.k8s.io'],
        resources: ['httproutes', 'grpcroutes'],
        verbs: ['get', 'list', 'patch', 'watch'],
      },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
    ]);
  });

  it('reach all namespaces only for what is not a Lease', () => {
    const objects = rbacObjects({ rights, roles, leaseNamespace: 'sluice', namespaces: 'all' });
    const everywhere = objects.filter(({ kind }) => kind === 'ClusterRole');
    expect(everywhere.map(({ metadata }) => metadata.name)).toEqual(['sluice-worker', 'sluice-guard']);
    expect(JSON.stringify(everywhere)).not.toContain('leases');
  });

  it('join what several types want with the same resource', () => {
    const right = (verb: 'get' | 'patch' | 'list', ...resources: string[]) => ({
      apiGroups: [''],
      resources,
      verbs: [verb],
      where: 'target namespace' as const,
    });
    expect(rulesOf([right('get', 'a', 'b'), right('patch', 'a', 'b'), right('list', 'b')])).toEqual([
      { apiGroups: [''], resources: ['a'], verbs: ['get', 'patch'] },
      { apiGroups: [''], resources: ['b'], verbs: ['get', 'list', 'patch'] },
    ]);
  });
});
