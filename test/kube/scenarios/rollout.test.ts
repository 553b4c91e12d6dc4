/** Whole rollouts on a cluster: a Gateway API route, Deployments, the real workflow; and what is left afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { READY_AFTER } from '../../support/kube/pods.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { contentsOf, holdsAgain, openShop, type Shop } from '../../support/kube/shop.ts';
import { stageFixture } from '../../support/plan.ts';
import { RolloutEnv } from '../../support/rollout-env.ts';
import { waitFor } from '../../support/wait-for.ts';

const cluster = sharedCluster();
let env: RolloutEnv;
let shop: Shop;
let traffic: TrafficProvider;
/** What the route's backends had not, when they had a share of the traffic. */
let gaps: string[];
let watching: Promise<void>;
let over: boolean;

beforeAll(async () => {
  env = await RolloutEnv.create({ providers: { traffic: () => traffic, workload: () => shop.provider } });
});
afterAll(() => env.close());

beforeEach(async () => {
  const containers = [{ name: 'app', image: 'registry.test/shop:v1' }];
  const metadata = { labels: { app: 'shop' }, annotations: { [READY_AFTER]: '500ms' } };
  shop = await openShop(cluster, { spec: { template: { metadata, spec: { containers } } } });
  await cluster.apply(route(shop.namespace));
  const { namespace, leaseNamespace } = shop;
  traffic = kubeTrafficType(gatewayApi).create({
    kubeconfig: cluster.kubeconfigPath,
    namespace,
    leaseNamespace,
  });
  gaps = [];
  over = false;
  watching = watchForGaps();
});
afterEach(async () => {
  over = true;
  await watching;
  await traffic.close();
  await shop.close();
});

const rollout = () =>
  env.start({
    traffic: { name: 'gateway-api', options: {} },
    workload: { name: 'kubernetes', options: { drain: '200ms', replicas: '50%' } },
    stages: [10, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 1_500 })),
    watchAfterMs: 1_000,
  });
const image = async () => (await shop.deployment())?.spec.template.spec.containers[0]?.image;

describe('a rollout on a cluster', () => {
  it('is promoted: stable has the version, and all else is as it was found', async () => {
    const before = await contentsOf(cluster, shop.namespace);
    const running = await rollout();
    expect(await running.ended()).toMatchObject({
      phase: 'promoted',
      arms: { stableVersion: 'v1', canaryVersion: 'v2' },
    });
    expect(await image()).toBe('registry.test/shop:v2');
    await holdsAgain(cluster, shop.namespace, before, changedByPromotion);
    expect(gaps).toEqual([]);
  });

  it('is taken back: the namespace is as it was found', async () => {
    const before = await contentsOf(cluster, shop.namespace);
    const running = await rollout();
    await running.until('to be at 50 %', ({ stage, phase }) => stage === 1 && phase === 'soaking');
    await running.signal('rollback', { actor: 'ann', reason: 'errors' });
    expect((await running.ended()).phase).toBe('rolled-back');
    await holdsAgain(cluster, shop.namespace, before);
    expect(gaps).toEqual([]);
  });

  it('is taken back while a promoted version comes into stable: that has the old one again', async () => {
    const before = await contentsOf(cluster, shop.namespace);
    const template = (await shop.deployment())?.spec.template;
    const running = await rollout();
    await waitFor('v2 to go into stable', async () => (await image()) === 'registry.test/shop:v2', {
      timeoutMs: 50_000,
    });
    await running.signal('rollback', { actor: 'ann', reason: 'errors after all' });
    expect((await running.ended()).phase).toBe('rolled-back');
    expect((await shop.deployment())?.spec.template).toEqual(template);
    await holdsAgain(cluster, shop.namespace, before, changedByPromotion);
    expect(gaps).toEqual([]);
  });

  it('is promoted by a hook of the operator: Sluice writes nothing of stable', async () => {
    env.hook.answer(async ({ version }) => {
      const args = [
        'set',
        'image',
        '-n',
        shop.namespace,
        'deployment/shop',
        `app=registry.test/shop:${version}`,
      ];
      await cluster.kubectl(args);
    });
    const running = await env.start({
      traffic: { name: 'gateway-api', options: {} },
      workload: { name: 'kubernetes', options: { drain: '200ms', promotion: { hook: 'argo' } } },
      stages: [stageFixture({ weightPercent: 50, soakMs: 1_500 })],
      watchAfterMs: 500,
    });
    expect((await running.ended()).phase).toBe('promoted');
    expect(env.hook.calls).toMatchObject([{ action: 'promote', version: 'v2', stableVersion: 'v1' }]);
    expect(await image()).toBe('registry.test/shop:v2');
    const { managedFields = [], labels } = (await shop.deployment())?.object.metadata ?? {};
    expect(managedFields.map(({ manager }) => manager)).not.toContain('sluice');
    expect(labels).toBeUndefined();
    expect(await shop.deployment('shop-canary')).toBeNull();
    expect(gaps).toEqual([]);
  });

  it('of a version that does not start ends before any user is touched, and says why', async () => {
    const before = await contentsOf(cluster, shop.namespace);
    await cluster.kubectl([
      'patch',
      '-n',
      shop.namespace,
      'deployment/shop',
      '--type=merge',
      '-p',
      '{"spec":{"progressDeadlineSeconds":4}}',
    ]);
    const running = await env.start({
      version: 'crash-loop-3',
      traffic: { name: 'gateway-api', options: {} },
      workload: { name: 'kubernetes', options: { drain: '200ms' } },
    });
    const ended = await running.ended();
    expect(ended.phase).toBe('rolled-back');
    expect(JSON.stringify(ended.timeline)).toContain('cannot read /etc/app/config.yaml');
    await holdsAgain(cluster, shop.namespace, before, /^Deployment shop$/);
  });
});

/** Another version in stable means other pods, and another entry in the Deployment's history. */
const changedByPromotion = /^(Deployment shop|ReplicaSet .*|Pod .*|PodMetrics .*)$/;

function route(namespace: string): object {
  const backendRefs = [{ name: 'shop', port: 80 }];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop', namespace },
    spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs }] },
  };
}

const routeShape = z.object({
  spec: z.object({
    rules: z.array(
      z.object({ backendRefs: z.array(z.object({ name: z.string(), weight: z.number().default(1) })) }),
    ),
  }),
});
const slicesShape = z.object({
  items: z.array(
    z.object({ endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean() }) })).nullish() }),
  ),
});

/** Lesson 7: whatever has a share of the traffic has pods that are ready, all the time. */
async function watchForGaps(): Promise<void> {
  const base = `/namespaces/${shop.namespace}`;
  while (!over) {
    const { body } = await cluster.rest('GET', `/apis/gateway.networking.k8s.io/v1${base}/httproutes/shop`);
    for (const { name, weight } of routeShape
      .parse(body)
      .spec.rules.flatMap(({ backendRefs }) => backendRefs)) {
      if (weight > 0 && (await readyBehind(base, name)) === 0 && (await weightOf(base, name)) > 0)
        gaps.push(`${name} at ${weight}`);
    }
    await sleep(50);
  }
}

async function readyBehind(base: string, name: string): Promise<number> {
  const path = `/apis/discovery.k8s.io/v1${base}/endpointslices?labelSelector=kubernetes.io/service-name%3D${name}`;
  const { items } = slicesShape.parse((await cluster.rest('GET', path)).body);
  return items.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready)
    .length;
}

async function weightOf(base: string, service: string): Promise<number> {
  const { body } = await cluster.rest('GET', `/apis/gateway.networking.k8s.io/v1${base}/httproutes/shop`);
  const refs = routeShape.parse(body).spec.rules.flatMap(({ backendRefs }) => backendRefs);
  return refs.find(({ name }) => name === service)?.weight ?? 0;
}
