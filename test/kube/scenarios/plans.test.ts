/**
 * The plans of `examples/plans` from end to end on a real API server: hours of soak pass in seconds, traffic and
 * workloads are the real providers, and the numbers of their checks are made up.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan/types.ts';
import type { TimelineEntry } from '../../../src/domain/rollout/types.ts';
import type { MemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import type { ProviderRegistry } from '../../../src/providers/registry.ts';
import { createSimulatedClock } from '../../support/clocks.ts';
import {
  examplePlan,
  failRequests,
  objectsFor,
  registryFor,
  serveWell,
} from '../../support/kube/example-plans.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { available, contentsOf, holdsAgain } from '../../support/kube/shop.ts';
import { RolloutEnv } from '../../support/rollout-env.ts';

const cluster = sharedCluster();
let env: RolloutEnv;
let registry: ProviderRegistry;

beforeAll(async () => {
  registry = await registryFor(cluster.kubeconfigPath, await cluster.makeNamespace('sluice'));
  env = await RolloutEnv.create({
    server: 'skipping',
    clock: createSimulatedClock(Date.now(), 7),
    providers: { traffic: registry.traffic, workload: registry.workload },
  });
});
afterAll(async () => {
  await env.close();
  await registry.close();
});

type GoWrong = (metrics: MemoryMetrics, version: string) => void;

const ofCanary = (version: string, query: string) => query.includes(`version="${version}"`);

/** What goes wrong with each, once its canary has traffic, and the check that finds it. */
const plans: readonly (readonly [string, string, GoWrong])[] = [
  ['amas', 'health', () => env.health.set(false)],
  [
    'summit-internal',
    'no error',
    (metrics) => metrics.set(/^100 \* \(\(sum\(rate\(http_requests_total/, 0.5),
  ],
  [
    'summit-istio',
    'policy errors',
    (metrics, version) =>
      failRequests(metrics, (query) => /^policy/.test(query) && ofCanary(version, query), 0.1),
  ],
  [
    'atlas',
    'latency p99',
    (metrics, version) =>
      metrics.set((query) => /^histogram_quantile/.test(query) && ofCanary(version, query), 3),
  ],
  ['salunga', 'cpu', (metrics) => metrics.set(/container_cpu/, 95)],
];

describe.each(plans)('%s', (file, check, goWrong) => {
  let namespace: string;
  let plan: Plan;

  beforeAll(async () => {
    namespace = await cluster.makeNamespace(file);
    plan = examplePlan(file, namespace, registry);
    await cluster.apply(...objectsFor(plan, namespace));
    await available(cluster, namespace, plan.service);
  });
  beforeEach(() => {
    serveWell(env.metrics);
    env.health.set(true);
    env.listeners.length = 0;
  });

  it('goes back when its canary is bad, and leaves the namespace as it was found', async () => {
    const before = await contentsOf(cluster, namespace);
    env.listeners.push((_id, { kind }) => {
      if (kind === 'shifted') goWrong(env.metrics, plan.version);
    });
    const rollout = await env.start(plan);
    const { phase, timeline } = await rollout.ended();
    const failed = timeline.filter(({ kind }) => kind === 'check-failed').map(({ text }) => text);
    expect(failed.join(), storyOf(timeline)).toContain(check);
    expect(phase).toBe('rolled-back');
    await holdsAgain(cluster, namespace, before);
  });

  it('promotes a good canary through all stages, and leaves nothing but the new version', async () => {
    const before = await contentsOf(cluster, namespace);
    const starting = env.start(plan);
    env.listeners.push((_id, { kind }) => {
      if (kind === 'approval-asked') void starting.then((asking) => asking.update('approve')).catch(() => {});
    });
    const rollout = await starting;
    const { phase, reports, timeline } = await rollout.ended();
    expect(phase, storyOf(timeline)).toBe('promoted');
    expect(reports.map(({ weightPercent }) => weightPercent)).toEqual(
      plan.stages.map(({ weightPercent }) => weightPercent),
    );
    expect(await routesAndServices(namespace)).toEqual(lasting(before));
    expect(await imageOf(namespace, plan.service)).toBe(`registry.test/${plan.service}:${plan.version}`);
  });
});

/** For whoever looks for the cause of a failed test. */
function storyOf(timeline: readonly TimelineEntry[]): string {
  return timeline.map(({ text }) => text).join('\n');
}

/** What a promotion leaves alone: everything but the Deployment and its pods. */
function lasting(contents: Record<string, string>): Record<string, string> {
  const kinds = /^(Service|Ingress|HTTPRoute|VirtualService|DestinationRule) /;
  return Object.fromEntries(Object.entries(contents).filter(([name]) => kinds.test(name)));
}

async function routesAndServices(namespace: string): Promise<Record<string, string>> {
  return lasting(await contentsOf(cluster, namespace));
}

async function imageOf(namespace: string, name: string): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}';
  return await cluster.kubectl(['get', 'deployment', name, '-n', namespace, '-o', path]);
}
