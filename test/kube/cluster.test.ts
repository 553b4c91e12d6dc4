/** The test cluster itself: what the other Kubernetes tests take for granted of it. */
import { AppsV1Api, CoreV1Api, DiscoveryV1Api, Watch } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { deployment, service } from '../support/kube/manifests.ts';
import { BEHAVIOUR_LABEL, CRASH_LOG, READY_AFTER } from '../support/kube/pods.ts';
import { sharedCluster } from '../support/kube/shared.ts';

const POLL = { interval: 100 };

const cluster = sharedCluster();
const apps = cluster.kubeConfig().makeApiClient(AppsV1Api);
const core = cluster.kubeConfig().makeApiClient(CoreV1Api);
const discovery = cluster.kubeConfig().makeApiClient(DiscoveryV1Api);
let namespace: string;
beforeAll(async () => {
  namespace = await cluster.makeNamespace('cluster');
});

describe('a Deployment', () => {
  it('becomes available, and its Service finds the pods', async () => {
    await cluster.apply(deployment({ namespace, name: 'shop', replicas: 3 }), service(namespace, 'shop'));
    await expect.poll(() => availableOf('shop'), POLL).toBe(3);
    await expect
      .poll(async () => {
        const labelSelector = 'kubernetes.io/service-name=shop';
        const { items } = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector });
        return items
          .flatMap(({ endpoints }) => endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready);
      }, POLL)
      .toHaveLength(3);
  });

  it('gets ready only after the time that its pods ask for', async () => {
    const made = Date.now();
    await cluster.apply(deployment({ namespace, name: 'slow', annotations: { [READY_AFTER]: '1500ms' } }));
    await expect.poll(() => availableOf('slow'), POLL).toBe(1);
    expect(Date.now() - made).toBeGreaterThan(1_500);
  });
});

describe('pods that do not get ready', () => {
  it('run unready, by a label', async () => {
    await cluster.apply(deployment({ namespace, name: 'unready', labels: { [BEHAVIOUR_LABEL]: 'unready' } }));
    await expect.poll(async () => (await podOf('unready'))?.phase, POLL).toBe('Running');
    expect((await podOf('unready'))?.containerStatuses?.[0]?.ready).toBe(false);
    expect(await availableOf('unready')).toBe(0);
  });

  it('crash again and again, by the tag of their image, and leave a log', async () => {
    await cluster.apply(deployment({ namespace, name: 'crash', image: 'registry.test/app:crash-loop-7' }));
    await expect.poll(() => waitingFor('crash'), POLL).toBe('CrashLoopBackOff');
    const args = ['logs', '-n', namespace, 'deployment/crash', '--previous'];
    expect(await cluster.kubectl(args)).toBe(`${CRASH_LOG.join('\n')}\n`);
  });

  it('wait for an image that is not there', async () => {
    await cluster.apply(deployment({ namespace, name: 'pull', image: 'registry.test/app:image-pull' }));
    await expect.poll(() => waitingFor('pull'), POLL).toBe('ImagePullBackOff');
  });

  it('stay pending with what the scheduler says', async () => {
    const podSpec = { nodeSelector: { disk: 'fast' } };
    await cluster.apply(deployment({ namespace, name: 'pending', podSpec }));
    await expect
      .poll(async () => (await podOf('pending'))?.conditions?.map(({ message }) => message), POLL)
      .toContainEqual(expect.stringMatching(/^0\/1 nodes are available: 1 node\(s\) didn't match/));
  });

  it('are not even made beyond a quota', async () => {
    const limited = await cluster.makeNamespace('quota');
    const spec = { hard: { pods: '1' } };
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: limited, name: 'pods' },
      spec,
    });
    // No quota is heeded before it has been counted what there is.
    const quota = `/api/v1/namespaces/${limited}/resourcequotas/pods`;
    await expect
      .poll(async () => (await cluster.rest('GET', quota)).body, POLL)
      .toMatchObject({ status: { hard: { pods: '1' }, used: { pods: '0' } } });
    await cluster.apply(deployment({ namespace: limited, name: 'shop', replicas: 2 }));
    await expect
      .poll(async () => {
        const { status } = await apps.readNamespacedDeployment({ namespace: limited, name: 'shop' });
        return status?.conditions?.map(({ message }) => message);
      }, POLL)
      .toContainEqual(expect.stringContaining('exceeded quota: pods'));
  });
});

describe('what is written', () => {
  const httpRoute = (weight: number, backends = 1) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace, name: `route-${backends}` },
    spec: {
      parentRefs: [{ name: 'gateway' }],
      rules: [
        {
          sessionPersistence: { type: 'Cookie', cookie: { name: 'sticky' } },
          backendRefs: Array.from({ length: backends }, () => ({ name: 'shop', port: 80, weight })),
        },
      ],
    },
  });

  it('is judged by the schema of HTTPRoute', async () => {
    await cluster.apply(httpRoute(100));
    await expect(cluster.apply(httpRoute(-1, 2))).rejects.toThrow(/weight: Invalid value: -1/);
  });

  it('is judged by the CEL rules of HTTPRoute', async () => {
    const route = httpRoute(1, 3);
    const filter = { type: 'RequestRedirect' };
    const rules = route.spec.rules.map((rule) => ({ ...rule, filters: [filter] }));
    await expect(cluster.apply({ ...route, spec: { ...route.spec, rules } })).rejects.toThrow(
      /filter.requestRedirect must be specified/,
    );
  });

  it('is judged by the schema of VirtualService', async () => {
    const virtualService = (weight: unknown) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace, name: 'shop' },
      spec: { hosts: ['shop'], http: [{ route: [{ destination: { host: 'shop' }, weight }] }] },
    });
    await cluster.apply(virtualService(100));
    await expect(cluster.apply(virtualService('all'))).rejects.toThrow(/weight/);
  });
});

describe('a service account', () => {
  it('may do what a role says, and nothing else', async () => {
    const token = await cluster.tokenOf(namespace, 'default');
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    expect((await cluster.restAs(token)('GET', path)).status).toBe(403);
    const metadata = { namespace, name: 'reader' };
    const subject = { kind: 'ServiceAccount', name: 'default', namespace };
    await cluster.apply(
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata,
        rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [subject],
      },
    );
    await expect.poll(async () => (await cluster.restAs(token)('GET', path)).status, POLL).toBe(200);
    const refused = apps.deleteCollectionNamespacedDeployment.bind(
      cluster.kubeConfig(token).makeApiClient(AppsV1Api),
    );
    await expect(refused({ namespace })).rejects.toMatchObject({ code: 403 });
  });
});

describe('a watch', () => {
  it('tells of a change', async () => {
    const seen: string[] = [];
    const watch = new Watch(cluster.kubeConfig());
    const request = await watch.watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      {},
      (type, object) => seen.push(`${type} ${object.metadata.name}`),
      () => undefined,
    );
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' } } });
    await expect.poll(() => seen, POLL).toContain('ADDED watched');
    request.abort();
  });
});

async function availableOf(name: string): Promise<number> {
  const { status } = await apps.readNamespacedDeployment({ namespace, name });
  return status?.availableReplicas ?? 0;
}

async function podOf(app: string) {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` });
  return items[0]?.status;
}

async function waitingFor(app: string): Promise<string | undefined> {
  return (await podOf(app))?.containerStatuses?.[0]?.state?.waiting?.reason;
}
