/** A namespace with one service as a team would have it, and what is in there, to be compared later. */
import { z } from 'zod';
import { selects } from '../../../src/providers/workload/kubernetes/labels.ts';
import { type Deployment, deploymentIn } from '../../../src/providers/workload/kubernetes/shapes.ts';
import { kubernetes } from '../../../src/providers/workload/kubernetes.ts';
import type { WorkloadProvider } from '../../../src/providers/workload/types.ts';
import { waitFor } from '../wait-for.ts';
import type { KubeAccess } from './access.ts';
import { deployment, service } from './manifests.ts';

export interface ShopOptions {
  readonly replicas?: number;
  readonly image?: string;
  /** Merged into the Deployment's spec. */
  readonly spec?: object;
  /** Do not wait until it is available. */
  readonly cold?: boolean;
}

export interface Shop {
  readonly namespace: string;
  readonly leaseNamespace: string;
  readonly provider: WorkloadProvider;
  readonly target: { readonly id: string; readonly options: Record<string, unknown> };
  /** The target with options of a plan. */
  with(options: Record<string, unknown>): Shop['target'];
  deployment(name?: string): Promise<Deployment | null>;
  /**
   * How long a Deployment's pods may make no progress from now on, seconds. A short one gives up what is hopeless, once
   * it has shown why; from the start, on a busy machine, it would give up what is only slow.
   */
  deadline(name: string, seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** For requests of a provider whose time-outs are not what is tested: milliseconds. */
export const patientMs = 30_000;

/** Deployment and Service `shop` in version v1, running. */
export async function openShop(cluster: KubeAccess, options: ShopOptions = {}): Promise<Shop> {
  const namespace = await cluster.makeNamespace('shop');
  const leaseNamespace = await cluster.makeNamespace('sluice');
  await cluster.apply(shopDeployment(namespace, options), service(namespace, 'shop'));
  if (!options.cold) await available(cluster, namespace, 'shop');
  const { kubeconfigPath: kubeconfig } = cluster;
  const provider = kubernetes.create({ kubeconfig, namespace, leaseNamespace, timeoutMs: patientMs });
  const id = 'test/shop';
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  return {
    namespace,
    leaseNamespace,
    provider,
    target: { id, options: { drain: '100ms' } },
    with: (own) => ({ id, options: { drain: '100ms', ...own } }),
    async deployment(name = 'shop') {
      const { status, body } = await cluster.rest('GET', `${path}/${name}`);
      return status === 200 ? deploymentIn(z.custom<Parameters<typeof deploymentIn>[0]>().parse(body)) : null;
    },
    async deadline(name, seconds) {
      const spec = { progressDeadlineSeconds: seconds };
      const { status, body } = await cluster.rest('PATCH', `${path}/${name}`, { spec });
      if (status !== 200) throw new Error(`deadline of ${name}: ${JSON.stringify(body)}`);
    },
    close: () => provider.close(),
  };
}

function shopDeployment(namespace: string, options: ShopOptions = {}): object {
  const { replicas = 2, image = 'registry.test/shop:v1' } = options;
  const base = deployment({ namespace, name: 'shop', replicas, image }) as { spec: object };
  return { ...base, spec: { ...base.spec, progressDeadlineSeconds: 90, ...options.spec } };
}

/** Waits as `kubectl rollout status` does, and until the Services that are for its pods have found them all. */
export async function available(cluster: KubeAccess, namespace: string, name: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { replicas, template } = await waitFor(
    `deployment ${name} to be available`,
    async () => {
      const { metadata, spec, status } = rolledOut.parse((await cluster.rest('GET', path)).body);
      const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
      const all = [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas);
      return all && observedGeneration >= metadata.generation && spec;
    },
    { timeoutMs: 90_000 },
  );
  const answer = await cluster.rest('GET', `/api/v1/namespaces/${namespace}/services`);
  const services = selecting.parse(answer.body).items;
  for (const { metadata, spec } of services) {
    if (!selects(spec.selector, template.metadata.labels)) continue;
    const found = async () => (await podsBehind(cluster, namespace, metadata.name)).length >= replicas;
    await waitFor(`${replicas} endpoints of ${metadata.name}`, found, { timeoutMs: 90_000 });
  }
}

/** The pods to which a Service sends: those that are ready, of which it hears a moment later than their Deployment. */
export async function podsBehind(
  cluster: KubeAccess,
  namespace: string,
  service: string,
): Promise<readonly string[]> {
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const ofService = `${slices}?labelSelector=kubernetes.io/service-name=${service}`;
  const { items } = endpointSlices.parse((await cluster.rest('GET', ofService)).body);
  const all = items.flatMap(({ endpoints }) => endpoints ?? []);
  return all.filter(({ conditions }) => conditions.ready).map(({ targetRef }) => targetRef.name);
}

const endpoint = z.object({
  conditions: z.object({ ready: z.boolean() }),
  targetRef: z.object({ name: z.string() }),
});
const endpointSlices = z.object({ items: z.array(z.object({ endpoints: z.array(endpoint).nullish() })) });

const labels = z.record(z.string(), z.string());
const count = z.number().default(0);
const rolledOut = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number(), template: z.object({ metadata: z.object({ labels }) }) }),
  status: z.object({
    observedGeneration: count,
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
  }),
});

const selecting = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ selector: labels.default({}) }),
    }),
  ),
});
const listed = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string(), labels: labels.optional() }) })),
});
/** Records of what happened, and what their owners renew by themselves. */
const passing = ['events', 'leases'];
/** What follows from Services and pods, each in its time, and counts only where it stays without its Service. */
const derived = ['Endpoints', 'EndpointSlice'];

/**
 * Every object of the namespace as text, by kind and name. Left out is what changes by itself: status, versions of the
 * object, and times of managed fields.
 */
export async function contentsOf(cluster: KubeAccess, namespace: string): Promise<Record<string, string>> {
  const collections = await cluster.objects.collections(namespace);
  const found = await Promise.all(
    collections
      .filter(({ resource }) => !passing.includes(resource))
      .map(async ({ kind, path }) => {
        const { items } = listed.parse((await cluster.rest('GET', path)).body);
        return items.map((item) => ({ kind, ...item }));
      }),
  );
  const objects = found.flat();
  const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  const follows = ({ kind, metadata: { name, labels } }: (typeof objects)[number]) =>
    derived.includes(kind) && services.includes(labels?.['kubernetes.io/service-name'] ?? name);
  return Object.fromEntries(
    objects
      .filter((object) => !follows(object))
      .map((object) => [
        `${object.kind} ${object.metadata.name}`,
        derived.includes(object.kind) ? '' : textOf(object),
      ]),
  );
}

function textOf({ status: _status, ...object }: Record<string, unknown>): string {
  return JSON.stringify(object, (key, value: unknown) => {
    if (['resourceVersion', 'generation', 'time'].includes(key)) return undefined;
    return key === 'managedFields' && Array.isArray(value) ? owners(value) : inOrder(value);
  });
}

/** In an order of its own: the server's depends on who wrote last. */
function owners(managedFields: readonly unknown[]): readonly string[] {
  const own = managedFields.filter((owner) => !('subresource' in Object(owner)));
  const text = (key: string, value: unknown) => (key === 'time' ? undefined : inOrder(value));
  return own.map((owner) => JSON.stringify(owner, text)).toSorted();
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
}

/** Waits until the namespace holds just what it did, but for `other`, and says what differs if it does not. */
export async function holdsAgain(
  cluster: KubeAccess,
  namespace: string,
  before: Record<string, string>,
  other = /^$/,
): Promise<void> {
  let last = '';
  await waitFor(
    `namespace ${namespace} as it was found`,
    async () => {
      const now = await contentsOf(cluster, namespace);
      const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
      const changed = names.filter((name) => !other.test(name) && before[name] !== now[name]);
      last = changed.map((name) => `${name}\n  was ${before[name]}\n  is  ${now[name]}`).join('\n');
      return changed.length === 0;
    },
    // Garbage is collected when the collector has time for it: none while it learns of kinds that came new.
    { timeoutMs: 90_000, everyMs: 200 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${last}`);
  });
}
