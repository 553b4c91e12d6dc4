/** Whole rollouts on a cluster: a Gateway API route, Deployments, the real workflow; and what is left afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Plan } from '../../../src/domain/plan/types.ts';
import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { READY_AFTER } from '../../support/kube/pods.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { contentsOf, holdsAgain, openShop, podsBehind, type Shop } from '../../support/kube/shop.ts';
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

const rollout = (overrides: Partial<Plan> = {}) =>
  env.start({
    traffic: { name: 'gateway-api', options: {} },
    workload: { name: 'kubernetes', options: { drain: '200ms', replicas: '50%' } },
    stages: [10, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 1_500 })),
    watchAfterMs: 1_000,
    ...overrides,
  });
const crashes = expect.stringContaining('restarted 3 times');
const canaryPods = async () =>
  (await shop.provider.instancesIn?.(shop.target, 'green', new AbortController().signal))?.instances;
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
    const stages = [
      stageFixture({ weightPercent: 10, soakMs: 1_500 }),
      stageFixture({ weightPercent: 50, soakMs: 600_000 }),
    ];
    const running = await rollout({ stages });
    await running.until('to be at 50 %', ({ stage, phase }) => stage === 1 && phase === 'soaking');
    await running.signal('rollback', { actor: 'ann', reason: 'errors' });
    expect((await running.ended()).phase).toBe('rolled-back');
    await holdsAgain(cluster, shop.namespace, before);
    expect(gaps).toEqual([]);
  });

  it('is taken back while a promoted version comes into stable: that has the old one again', async () => {
    // Room for two pods of each arm, so that stable waits for the first of its new ones until it is taken back.
    const metadata = { namespace: shop.namespace, name: 'full' };
    await cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '4' } } });
    const before = await contentsOf(cluster, shop.namespace);
    const template = (await shop.deployment())?.spec.template;
    const running = await rollout();
    await waitFor('v2 to go into stable', async () => (await image()) === 'registry.test/shop:v2');
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
    const running = await env.start({
      version: 'crash-loop-3',
      traffic: { name: 'gateway-api', options: {} },
      workload: { name: 'kubernetes', options: { drain: '200ms' } },
    });
    await expect.poll(canaryPods).toMatchObject([{ note: crashes }, { note: crashes }]);
    await shop.deadline('shop-canary', 1);
    const ended = await running.ended();
    expect(ended.phase).toBe('rolled-back');
    expect(JSON.stringify(ended.timeline)).toContain('cannot read /etc/app/config.yaml');
    await holdsAgain(cluster, shop.namespace, before);
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

/** Lesson 7: whatever has a share of the traffic has pods that are ready, all the time. */
async function watchForGaps(): Promise<void> {
  const { namespace } = shop;
  const hasNone = async (name: string) => (await podsBehind(cluster, namespace, name)).length === 0;
  while (!over) {
    for (const { name, weight } of await backendsIn(namespace)) {
      // One that is without pods because it has lost its share meanwhile is no gap.
      if (weight > 0 && (await hasNone(name)) && (await weightOf(namespace, name)) > 0)
        gaps.push(`${name} at ${weight}`);
    }
    await sleep(50);
  }
}

async function backendsIn(namespace: string): Promise<{ name: string; weight: number }[]> {
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/shop`;
  return routeShape
    .parse((await cluster.rest('GET', path)).body)
    .spec.rules.flatMap((rule) => rule.backendRefs);
}

async function weightOf(namespace: string, service: string): Promise<number> {
  return (await backendsIn(namespace)).find(({ name }) => name === service)?.weight ?? 0;
}
