/** What each part of Sluice does on a cluster with each type of provider, from beginning to end, as one account. */
import { z } from 'zod';
import { SluiceError } from '../../../src/domain/errors.ts';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import type { KubeRole } from '../../../src/providers/kube/rights.ts';
import { leaseName } from '../../../src/providers/traffic/kube/lease-state.ts';
import { LeaseStore } from '../../../src/providers/traffic/kube/lease-store.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { kubeRoutes } from '../../../src/providers/traffic/kube/routes.ts';
import type { TrafficProvider, TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { waitFor } from '../wait-for.ts';
import { type KubeAccess, routeSettings } from './access.ts';
import { startGuard } from './guard.ts';
import {
  bySubset,
  destinationRuleFor,
  grpcRouteFor,
  httpRouteFor,
  ingressFor,
  sharedPodsFor,
  virtualServiceFor,
} from './routes.ts';

export interface Place {
  readonly cluster: KubeAccess;
  readonly leaseNamespace: string;
  readonly namespace: string;
}

/**
 * Each run has a number of its own. `refused` tells whether anything was refused: then there is nothing to wait for.
 */
type Story = (kubeconfig: string, place: Place, run: number, refused: () => boolean) => Promise<void>;

/** A route of a type: objects as their owner made them, a plan's options, and what happens to it meanwhile. */
interface Steered {
  readonly objects: readonly object[];
  readonly options?: Record<string, unknown>;
  /** What somebody does with kubectl to objects of ours while the canary has its share. */
  readonly meddled?: readonly string[];
  /** The canary's Deployment, which has to be gone before the route is left. */
  readonly canary?: string;
}
type Fixture = (namespace: string, target: string) => Steered;

const nameIn = (target: string) => target.slice(target.indexOf('/') + 1);

const fixtures: Readonly<Record<string, readonly Fixture[]>> = {
  'gateway-api': [
    (namespace, target) => ({ objects: [httpRouteFor(namespace, target)] }),
    (namespace, target) => ({
      objects: [grpcRouteFor(namespace, target)],
      options: { kind: 'GRPCRoute' },
    }),
  ],
  istio: [
    // A DestinationRule that is made, and made again.
    (namespace, target) => ({
      objects: [virtualServiceFor(namespace, target)],
      options: bySubset,
      meddled: ['delete', 'destinationrule', `${nameIn(target)}-sluice`],
    }),
    // One that is there, is named, and loses our subsets.
    (namespace, target) => ({
      objects: [virtualServiceFor(namespace, target), destinationRuleFor(namespace, target)],
      options: { ...bySubset, destinationRule: nameIn(target) },
      meddled: [
        ...['patch', 'destinationrule', nameIn(target), '--type=json', '--patch'],
        JSON.stringify([{ op: 'remove', path: '/spec/subsets' }]),
      ],
    }),
  ],
  nginx: [
    (namespace, target) => ({
      objects: [ingressFor(namespace, target)],
      meddled: ['delete', 'ingress', `${nameIn(target)}-canary`],
    }),
    (namespace, target) => ({ objects: [ingressFor(namespace, target)] }),
  ],
  service: [
    (namespace, target) => ({
      objects: sharedPodsFor(namespace, target, 2),
      canary: `${nameIn(target)}-canary`,
    }),
  ],
};

export const stories: Readonly<Record<string, Partial<Record<KubeRole, Story>>>> = Object.fromEntries(
  Object.entries(fixtures).map(([type, routes]) => [
    type,
    { api: api(type), worker: worker(type, routes), guard: guard(type, routes) },
  ]),
);

function providerOf(type: string, kubeconfig: string, place: Place): TrafficProvider {
  const { cluster, namespace, leaseNamespace } = place;
  const kind = kubeRoutes.find((one) => one.type === type);
  if (kind === undefined) throw new Error(`no kind of route ${type}`);
  return kubeTrafficType(kind).create({ ...routeSettings(cluster, namespace), kubeconfig, leaseNamespace });
}

/** A rollout that is promoted and taken back, on each of the type's routes. */
function worker(type: string, routes: readonly Fixture[]): Story {
  return async (kubeconfig, place, run) => {
    const provider = providerOf(type, kubeconfig, place);
    const over = new AbortController();
    try {
      for (const [index, { target, canary }] of (await made(routes, place, `worker-${run}`)).entries()) {
        const epoch = 100 * run + 10 * index;
        await patiently(() => provider.prepare(target, epoch));
        void provider.changes?.(target, () => {}, over.signal);
        // The same share twice is one Event that counts.
        for (const weightPercent of [50, 20, 50]) {
          await patiently(() => provider.setRoute(target, { weightPercent, match: null }, epoch));
        }
        await provider.renew(target, epoch, Date.now() + 60_000);
        await provider.read(target);
        await provider.setStable(target, 'green', epoch);
        await provider.setStable(target, 'blue', epoch);
        await provider.restore(target, epoch);
        if (canary !== undefined)
          await kubectl(place, 'delete', 'deployment', canary, '--cascade=foreground');
        await patiently(async () => provider.leave?.(target, epoch));
      }
    } finally {
      over.abort();
      await provider.close();
    }
  };
}

/** Looks and stops, of a target with a Lease and of one without. */
function api(type: string): Story {
  return async (kubeconfig, place, run) => {
    const provider = providerOf(type, kubeconfig, place);
    const target: TrafficTarget = { id: `test/api-${run}`, options: {} };
    try {
      await provider.asked?.(target);
      await provider.stop(target);
      await provider.stop(target);
      await provider.stopAll('story');
      await provider.asked?.('*');
      await provider.release('story');
    } finally {
      await provider.close();
    }
  };
}

/**
 * Brings a stopped canary home, and one whose Lease was deleted; also when somebody has made a Lease anew meanwhile.
 */
function guard(type: string, routes: readonly Fixture[]): Story {
  return async (kubeconfig, place, run, refused) => {
    const { cluster, leaseNamespace } = place;
    const admin = providerOf(type, cluster.kubeconfigPath, place);
    const running = startGuard({ kubeconfig, leaseNamespace });
    const client = new KubeClient(connect({ kubeconfig }), 30_000);
    try {
      const anew = `test/guard-${run}-anew` as const;
      await admin.stop({ id: anew, options: {} });
      await new LeaseStore(client, leaseNamespace).change(anew, () => ({ weightPercent: 1 }));
      for (const [index, { target, meddled }] of (await made(routes, place, `guard-${run}`)).entries()) {
        const epoch = 100 * run + 10 * index;
        await share(admin, target, epoch);
        if (meddled !== undefined) await kubectl(place, ...meddled);
        await admin.stop(target);
        await unless(refused, `${target.id} to be brought home`, () => isHome(admin, target));
        await share(admin, target, epoch + 1);
        const path = `/apis/coordination.k8s.io/v1/namespaces/${leaseNamespace}/leases/${leaseName(target.id)}`;
        await cluster.rest('DELETE', path);
        await unless(refused, `${target.id} to be stopped anew`, async () => {
          const { status, body } = await cluster.rest('GET', path);
          return status === 200 && stopped.safeParse(body).success && (await isHome(admin, target));
        });
      }
    } finally {
      await running.stop();
      client.close();
      await admin.close();
    }
  };
}

const stopped = z.object({
  metadata: z.object({ annotations: z.object({ 'sluice.dev/stopped-at': z.string() }) }),
});

type Made = Steered & { readonly target: TrafficTarget };

/** Route by route, each with a target of its own. */
async function made(
  routes: readonly Fixture[],
  { cluster, namespace }: Place,
  name: string,
): Promise<readonly Made[]> {
  const all = routes.map((route, index): Made => {
    const id = `test/${name}-${index}` as const;
    const steered = route(namespace, id);
    return { ...steered, target: { id, options: steered.options ?? {} } };
  });
  await cluster.apply(...all.flatMap(({ objects }) => objects));
  return all;
}

function kubectl({ cluster, namespace }: Place, ...args: readonly string[]): Promise<string> {
  return cluster.kubectl([...args, '--namespace', namespace]);
}

async function share(provider: TrafficProvider, target: TrafficTarget, epoch: number): Promise<void> {
  await patiently(() => provider.prepare(target, epoch));
  await patiently(() => provider.setRoute(target, { weightPercent: 50, match: null }, epoch));
  await provider.renew(target, epoch, Date.now() + 60_000);
}

/** A controller or the guard may write at the same moment; as a worker would, it tries what may be tried again. */
async function patiently(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await call();
      return;
    } catch (error) {
      if (!(error instanceof SluiceError && error.retryable) || attempt === 20) throw error;
    }
  }
}

async function isHome(provider: TrafficProvider, target: TrafficTarget): Promise<boolean> {
  const { stopped: is, behind } = await provider.read(target);
  return is && behind === undefined;
}

/** Waits until it is so, or until something was refused. */
async function unless(refused: () => boolean, what: string, probe: () => Promise<boolean>): Promise<void> {
  await waitFor(what, async () => refused() || (await probe()));
}
