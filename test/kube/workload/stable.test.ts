/** The stable Deployment: a version comes into it without a gap, and goes out of it again as it was. */
import { afterEach, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import { endpointSlice } from '../../../src/providers/kube/kinds.ts';
import { watchKind } from '../../../src/providers/kube/watch.ts';
import { readyEndpointsIn } from '../../../src/providers/workload/kubernetes/shapes.ts';
import { READY_AFTER } from '../../support/kube/pods.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { contentsOf, holdsAgain, openShop, type Shop, type ShopOptions } from '../../support/kube/shop.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
let shop: Shop;

async function open(options: ShopOptions = {}): Promise<Shop> {
  shop = await openShop(cluster, options);
  return shop;
}

afterEach(() => shop.close());

const start = (
  slot: 'blue' | 'green',
  version: string,
  epoch?: number,
  options: Record<string, unknown> = {},
) => shop.provider.start(shop.with(options), slot, version, signal, () => {}, epoch);
const stop = (slot: 'blue' | 'green', epoch?: number, options: Record<string, unknown> = {}) =>
  shop.provider.stop(shop.with(options), slot, signal, epoch);
const image = async (name = 'shop') => (await shop.deployment(name))?.spec.template.spec.containers[0]?.image;

/** The least number of ready endpoints of a Service at any moment, by a watch. */
async function leastEndpoints(during: () => Promise<void>): Promise<number> {
  const { namespace } = shop;
  const client = new KubeClient(connect({ kubeconfig: cluster.kubeconfigPath }), 5_000);
  const ended = new AbortController();
  const seen: number[] = [];
  const ready = new Map<string, number>();
  const note = () => seen.push([...ready.values()].reduce((sum, one) => sum + one, 0));
  const handlers = {
    onList: (objects: readonly Parameters<typeof readyEndpointsIn>[0][]) => {
      ready.clear();
      for (const object of objects) ready.set(object.metadata.name, readyEndpointsIn(object));
      note();
    },
    onChange: (change: 'changed' | 'deleted', object: Parameters<typeof readyEndpointsIn>[0]) => {
      ready.set(object.metadata.name, change === 'deleted' ? 0 : readyEndpointsIn(object));
      note();
    },
    onTrouble: () => {},
  };
  const labelSelector = 'kubernetes.io/service-name=shop';
  const watching = watchKind(
    client,
    { kind: endpointSlice, namespace, labelSelector },
    handlers,
    ended.signal,
  );
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  await during();
  // The watch may be behind what it watches.
  await expect.poll(() => seen.length).toBeGreaterThan(2);
  ended.abort();
  await watching;
  client.close();
  return Math.min(...seen);
}

describe('promotion', () => {
  it('brings the version into the stable Deployment with pods ready at every moment, and leaves no trace', async () => {
    const podAnnotations = { [READY_AFTER]: '400ms' };
    await open({ replicas: 3 });
    await start('green', 'v2', 1, { podAnnotations });
    expect(await leastEndpoints(() => start('blue', 'v2', 2, { podAnnotations }))).toBeGreaterThanOrEqual(2);
    await stop('green', 3);
    expect(await image()).toBe('registry.test/shop:v2');
    expect(await shop.provider.versionIn(shop.target, 'blue')).toBe('v2');
    const { metadata } = (await shop.deployment())?.object ?? {};
    expect(JSON.stringify(metadata)).not.toContain('sluice');
    // The canary's own go a moment after their Deployment.
    const sets = () => cluster.kubectl(['get', 'rs', '-n', shop.namespace, '-o', 'json']);
    await expect.poll(sets).not.toMatch(/"sluice\.dev\//);
  });

  it('gives stable what the canary was made with', async () => {
    const options = { env: { FEATURE: 'on' }, resources: { limits: { cpu: '1' } } };
    await open();
    await start('green', 'v2', 1, options);
    await start('blue', 'v2', 2, options);
    expect((await shop.deployment())?.spec.template.spec.containers).toMatchObject([
      {
        image: 'registry.test/shop:v2',
        env: [{ name: 'FEATURE', value: 'on' }],
        resources: { limits: { cpu: '1' } },
      },
    ]);
  });

  it('taken back, leaves stable as it was before, not only its image', async () => {
    const options = { env: { FEATURE: 'on' }, podLabels: { trial: 'yes' } };
    await open({
      image: 'registry.test/shop:v1@sha256:0123456789012345678901234567890123456789012345678901234567890123',
    });
    const before = (await shop.deployment())?.spec.template;
    await start('green', 'v2', 1, options);
    await start('blue', 'v2', 2, options);
    await start('blue', 'v1', 3, options);
    await stop('green', 4, options);
    expect((await shop.deployment())?.spec.template).toEqual(before);
  });

  it('tells of a version that does not get ready in stable, and goes back from there', async () => {
    await open();
    await start('green', 'v2', 1);
    await cluster.kubectl([
      'annotate',
      '-n',
      shop.namespace,
      'deployment/shop-canary',
      '--overwrite',
      'sluice.dev/version=crash-loop',
    ]);
    const why = /crash-loop in Deployment .* cannot read \/etc\/app/s;
    const lines: string[] = [];
    const told = (line: string) => void lines.push(line);
    const started = shop.provider.start(shop.target, 'blue', 'crash-loop', signal, told, 2);
    const refused = expect(started).rejects.toThrow(why);
    await expect.poll(() => lines.join('\n')).toMatch(why);
    await shop.deadline('shop', 1);
    await refused;
    await shop.deadline('shop', 60);
    await start('blue', 'v1', 3);
    expect(await image()).toBe('registry.test/shop:v1');
  });

  it('tells what happened by Events on the Deployment', async () => {
    await open();
    await start('green', 'v2', 1);
    await start('blue', 'v2', 2);
    await stop('green', 3);
    const args = [
      'get',
      'events',
      '-n',
      shop.namespace,
      '--field-selector',
      'involvedObject.name=shop',
      '-o',
      'json',
    ];
    const { items } = JSON.parse(await cluster.kubectl(args)) as {
      items: { reason: string; source: { component: string } }[];
    };
    const ours = items.filter(({ source }) => source.component === 'sluice').map(({ reason }) => reason);
    expect(ours.toSorted()).toEqual([
      'CanaryReady',
      'CanaryRemoved',
      'CanaryStarted',
      'Promoted',
      'Promoting',
    ]);
  });
});

describe('the stable Deployment', () => {
  it('is scaled to 0 and back to what it had, and never deleted', async () => {
    await open({ replicas: 3 });
    await stop('blue', 1);
    expect((await shop.deployment())?.spec.replicas).toBe(0);
    await start('blue', 'v1', 2);
    expect((await shop.deployment())?.spec.replicas).toBe(3);
    // Between two sizes so close to each other its status may still be that of its pods before.
    await expect.poll(async () => (await shop.deployment())?.status.availableReplicas).toBe(3);
  });

  it.each(['autoscaler', 'budget'])('keeps its pods where it has an %s', async (kind) => {
    const { namespace } = await open();
    await cluster.apply(kind === 'autoscaler' ? autoscalerFor(namespace) : budgetFor(namespace));
    const before = await contentsOf(cluster, namespace);
    await stop('blue', 1);
    expect((await shop.deployment())?.spec.replicas).toBe(2);
    await holdsAgain(cluster, namespace, before);
  });

  it('is followed in its size as an autoscaler sets it, and that is never fought', async () => {
    const { namespace } = await open({ replicas: 1 });
    await cluster.apply(autoscalerFor(namespace, 3));
    await expect.poll(async () => (await shop.deployment())?.status.availableReplicas).toBe(3);
    await start('green', 'v2', 1);
    expect((await shop.deployment('shop-canary'))?.spec.replicas).toBe(3);
    await start('blue', 'v2', 2);
    await stop('green', 3);
    const { spec, object } = (await shop.deployment()) ?? {};
    expect(spec?.replicas).toBe(3);
    const scaled = object?.metadata.managedFields?.filter(({ fieldsV1 }) =>
      JSON.stringify(fieldsV1).includes('f:replicas'),
    );
    expect([...new Set(scaled?.map(({ manager }) => manager))]).toEqual(['kube-controller-manager']);
  });
});

describe('where others bring versions into stable', () => {
  it('nothing of it is written; the wait ends when the version is there', async () => {
    const { provider, namespace } = await open();
    const options = { promotion: 'gitops' };
    const before = await contentsOf(cluster, namespace);
    await start('green', 'v2', 1, options);
    const lines: string[] = [];
    const waited = provider.start(shop.with(options), 'blue', 'v2', signal, (line) => lines.push(line), 2);
    await expect.poll(() => lines.join()).toContain('waits until it is brought there');
    expect(await image()).toBe('registry.test/shop:v1');
    await cluster.kubectl(['set', 'image', '-n', namespace, 'deployment/shop', 'app=registry.test/shop:v2']);
    await waited;
    await cluster.kubectl(['set', 'image', '-n', namespace, 'deployment/shop', 'app=registry.test/shop:v1']);
    await provider.start(shop.with(options), 'blue', 'v1', signal, () => {}, 3);
    await stop('green', 4, options);
    const now = await contentsOf(cluster, namespace);
    expect(Object.keys(now).filter((name) => name.includes('canary') && !(name in before))).not.toContain(
      'Deployment shop-canary',
    );
    expect(now['Deployment shop']).not.toContain('sluice');
  });

  it('names the hook that brings them', async () => {
    const { provider } = await open({ cold: true });
    const target = shop.with({ promotion: { hook: 'argo' } });
    expect([provider.hookFor?.(target, 'blue'), provider.hookFor?.(target, 'green')]).toEqual(['argo', null]);
  });
});

describe('a canary Deployment of the team', () => {
  it('is waited for and scaled, and is as it was afterwards', async () => {
    const { namespace, provider } = await open();
    const options = { userManaged: true };
    await cluster.kubectl([
      'create',
      'deployment',
      '-n',
      namespace,
      'shop-canary',
      '--image=registry.test/shop:v0',
      '--replicas=0',
    ]);
    const lines: string[] = [];
    const started = provider.start(shop.with(options), 'green', 'v2', signal, (line) => lines.push(line), 1);
    await expect.poll(() => lines.join()).toContain('waits for v2');
    await cluster.kubectl([
      'set',
      'image',
      '-n',
      namespace,
      'deployment/shop-canary',
      '*=registry.test/shop:v2',
    ]);
    await started;
    expect((await shop.deployment('shop-canary'))?.status.availableReplicas).toBe(2);
    expect(await provider.versionIn(shop.with(options), 'green')).toBe('v2');
    await stop('green', 2, options);
    const canary = await shop.deployment('shop-canary');
    expect(canary?.spec.replicas).toBe(0);
    expect(JSON.stringify(canary?.object.metadata)).not.toContain('sluice');
  });

  it('must be there', async () => {
    await open();
    await expect(start('green', 'v2', 1, { userManaged: true })).rejects.toThrow(
      /bring it, or leave workload.userManaged out/,
    );
  });
});

function autoscalerFor(namespace: string, minReplicas = 2): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicas,
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  };
}

function budgetFor(namespace: string): object {
  const selector = { matchLabels: { app: 'shop' } };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name: 'shop' },
    spec: { minAvailable: 1, selector },
  };
}
