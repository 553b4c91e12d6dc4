/** The canary's Deployment and Service: what they are made of, and that nothing of them is left. */
import { afterEach, describe, expect, it } from 'vitest';
import { service } from '../../support/kube/manifests.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import {
  contentsOf,
  holdsAgain,
  openShop,
  podsBehind,
  type Shop,
  type ShopOptions,
} from '../../support/kube/shop.ts';
import { waitFor } from '../../support/wait-for.ts';

const cluster = sharedCluster();
const signal = new AbortController().signal;
let shop: Shop;

async function open(options: ShopOptions = {}): Promise<Shop> {
  shop = await openShop(cluster, options);
  return shop;
}

afterEach(() => shop.close());

const start = (options: Record<string, unknown> = {}, version = 'v2') =>
  shop.provider.start(shop.with(options), 'green', version, signal, () => {});
/** Services hear of pods in their time, and only those of the canary's own are waited for by its start. */
const behind = (name: string) => expect.poll(() => podsBehind(cluster, shop.namespace, name));

describe('a canary', () => {
  it('comes and goes, and the namespace holds what it did before', async () => {
    const { namespace, provider, target } = await open();
    const before = await contentsOf(cluster, namespace);
    await provider.start(target, 'green', 'v2', signal, () => {}, 1);
    expect(Object.keys(await contentsOf(cluster, namespace))).toEqual(
      expect.arrayContaining(['Deployment shop-canary', 'Service shop-canary']),
    );
    await provider.stop(target, 'green', signal, 2);
    await holdsAgain(cluster, namespace, before);
  });

  it('has the image of its version, and what the plan adds', async () => {
    await open();
    await start({
      image: 'mirror.test/team/shop:r-{{version}}',
      env: { FEATURE: 'on' },
      podLabels: { tier: 'trial' },
      podAnnotations: { 'example.com/trial': 'yes' },
      resources: { requests: { cpu: '10m' } },
      replicas: 1,
    });
    const canary = await shop.deployment('shop-canary');
    const { template, replicas } = canary?.spec ?? {};
    expect(replicas).toBe(1);
    expect(template?.spec.containers).toMatchObject([
      {
        name: 'app',
        image: 'mirror.test/team/shop:r-v2',
        env: [{ name: 'FEATURE', value: 'on' }],
        resources: { requests: { cpu: '10m' } },
        ports: [{ containerPort: 8080 }],
      },
    ]);
    expect(template?.metadata).toMatchObject({
      labels: {
        app: 'shop-canary',
        tier: 'trial',
        'sluice.dev/slot': 'canary',
        'app.kubernetes.io/version': 'v2',
        'app.kubernetes.io/managed-by': 'sluice',
      },
      annotations: { 'example.com/trial': 'yes' },
    });
    expect(await shop.provider.versionIn(shop.target, 'green')).toBe('v2');
  });

  it('is no endpoint of the stable Service, and the only ones of its own', async () => {
    await open();
    await start();
    await behind('shop-canary').toEqual([
      expect.stringMatching(/^shop-canary-/),
      expect.stringMatching(/^shop-canary-/),
    ]);
    await behind('shop').toEqual([
      expect.stringMatching(/^shop-(?!canary)/),
      expect.stringMatching(/^shop-(?!canary)/),
    ]);
  });

  it('stands behind the stable Service as well where labels are shared', async () => {
    await open({ replicas: 1 });
    await start({ labels: 'shared' });
    await behind('shop').toHaveLength(2);
    await behind('shop-canary').toEqual([expect.stringMatching(/^shop-canary-/)]);
  });

  it('takes the labels that a canary Service of the team asks for, and leaves that alone', async () => {
    const { namespace, provider, target } = await open();
    const own = service(namespace, 'shop-canary') as { spec: { selector: object } };
    await cluster.apply({ ...own, spec: { ...own.spec, selector: { app: 'shop-next', ring: '1' } } });
    const before = await contentsOf(cluster, namespace);
    await start();
    await behind('shop-canary').toHaveLength(2);
    await behind('shop').toEqual([
      expect.not.stringContaining('canary'),
      expect.not.stringContaining('canary'),
    ]);
    await provider.stop(target, 'green');
    await holdsAgain(cluster, namespace, before);
  });

  it('keeps away from its own pods, not from the stable ones', async () => {
    const labelSelector = { matchLabels: { app: 'shop' } };
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector };
    const affinity = {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
      },
    };
    const containers = [{ name: 'app', image: 'registry.test/shop:v1' }];
    await open({
      spec: { template: { metadata: { labels: { app: 'shop' } }, spec: { containers, affinity } } },
    });
    await start();
    const canary = await shop.deployment('shop-canary');
    expect(JSON.stringify(canary?.spec.template.spec.affinity)).toContain(
      '"matchLabels":{"app":"shop-canary"}',
    );
  });

  it('bears no sign by which another tool would take it for its own', async () => {
    const { namespace } = await open();
    await cluster.kubectl([
      'label',
      '-n',
      namespace,
      'deployment/shop',
      'app.kubernetes.io/instance=shop-prod',
      'team=a',
    ]);
    await cluster.kubectl([
      'annotate',
      '-n',
      namespace,
      'deployment/shop',
      'argocd.argoproj.io/tracking-id=x',
    ]);
    await start();
    const { labels, annotations } = (await shop.deployment('shop-canary'))?.object.metadata ?? {};
    expect(labels).toMatchObject({ team: 'a', 'app.kubernetes.io/managed-by': 'sluice' });
    const all = Object.keys({ ...labels, ...annotations }).join();
    expect(all).not.toMatch(/instance|argocd|last-applied/);
  });

  it('grows with its share of traffic, and with stable', async () => {
    const { provider, namespace } = await open({ replicas: 4 });
    const target = shop.with({ replicas: '25%' });
    const room = (percent: number, wait: boolean) =>
      provider.makeRoom?.(target, 'green', percent, { signal, epoch: 3, wait });
    // One call waits four seconds at most, and then says that it is worth while to ask again, as activities do.
    const roomFor = (percent: number) =>
      waitFor(`room for ${percent} %`, () => room(percent, true)?.then(() => true));
    const size = async () => (await shop.deployment('shop-canary'))?.spec.replicas;
    await provider.start(target, 'green', 'v2', signal, () => {}, 1);
    expect(await size()).toBe(1);
    await room(50, false);
    expect(await size()).toBe(2);
    await roomFor(10);
    expect(await size()).toBe(2);
    await cluster.kubectl(['scale', '-n', namespace, 'deployment/shop', '--replicas=6']);
    await roomFor(100);
    expect((await shop.deployment('shop-canary'))?.status.availableReplicas).toBe(6);
    await cluster.kubectl(['scale', '-n', namespace, 'deployment/shop', '--replicas=1']);
    await roomFor(100);
    expect(await size()).toBe(6);
    await cluster.kubectl(['delete', '-n', namespace, 'deployment/shop-canary']);
    await expect(room(100, true)).rejects.toMatchObject({ code: 'workload-unready' });
    await room(100, false);
    await cluster.kubectl([
      'create',
      '-n',
      namespace,
      'deployment',
      'shop-canary',
      '--image=registry.test/x',
    ]);
    await expect(room(100, true)).rejects.toThrow('is not the canary of');
  });
});

describe('what cannot be rolled out is refused before anything is made', () => {
  const refused = async (
    message: RegExp,
    options: Record<string, unknown> = {},
    code = 'workload-config',
  ) => {
    const before = await contentsOf(cluster, shop.namespace);
    const error: unknown = await start(options).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await contentsOf(cluster, shop.namespace)).toEqual(before);
  };

  it.each([
    [/There is no Deployment .*\/other/, { deployment: 'other' }],
    [/no container sidecar; set workload.container to one of app/, { container: 'sidecar' }],
    [/label app; workload.podLabels cannot set it/, { podLabels: { app: 'x' } }],
  ])('as %s says', async (message, options) => {
    await open();
    await refused(message, options);
  });

  it('a StatefulSet', async () => {
    const { namespace } = await open();
    const labels = { app: 'db' };
    await cluster.apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { namespace, name: 'db' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        serviceName: 'db',
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'db', image: 'registry.test/db:v1' }] },
        },
      },
    });
    const revisions = `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`;
    await expect.poll(async () => (await cluster.rest('GET', revisions)).body).toMatchObject({ items: [{}] });
    await refused(/db is a StatefulSet, and Sluice rolls out Deployments only/, { deployment: 'db' });
  });

  it('the strategy Recreate, with which promotion would leave a gap', async () => {
    await open({ spec: { strategy: { type: 'Recreate' } } });
    await refused(/strategy Recreate, with which no pod serves/);
  });

  it('a Deployment without pods, since there would be no way back', async () => {
    await open({ replicas: 0 });
    expect(await shop.provider.versionIn(shop.target, 'blue')).toBeNull();
    await refused(/scaled to 0, so there is no stable version/);
  });

  it('the name of a Deployment that is somebody else’s', async () => {
    const { namespace } = await open();
    await cluster.kubectl([
      'create',
      'deployment',
      '-n',
      namespace,
      'shop-canary',
      '--image=registry.test/x:1',
    ]);
    await cluster.kubectl(['rollout', 'status', '-n', namespace, 'deployment/shop-canary']);
    await refused(/shop-canary is there already, and Sluice did not make it/);
    await shop.provider.stop(shop.target, 'green');
    expect(await shop.deployment('shop-canary')).not.toBeNull();
  });

  it('a version that is no tag of an image', async () => {
    await open();
    const error: unknown = await start({}, 'v2+build').catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'workload-config',
      message: expect.stringContaining('cannot be the tag'),
    });
  });
});
