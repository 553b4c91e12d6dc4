/** Targets with real HTTPRoutes in a namespace of their own, as guard tests need them. */
import { z } from 'zod';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import { httpRoute as httpRouteKind } from '../../../src/providers/kube/kinds.ts';
import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import type { LeaseState } from '../../../src/providers/traffic/kube/lease-state.ts';
import { LeaseStore } from '../../../src/providers/traffic/kube/lease-store.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import type { TrafficProvider, TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { type KubeAccess, routeSettings } from './access.ts';
import { backend, httpRoute, shareIn } from './http-routes.ts';

export interface Guarded {
  readonly namespace: string;
  readonly settings: { kubeconfig: string; namespace: string; leaseNamespace: string };
  readonly provider: TrafficProvider;
  /** A canary of half the traffic that lives for `leaseMs`; its epoch. */
  canary(target: TrafficTarget, leaseMs: number): Promise<number>;
  /** Routes and Leases as after `canary`, made quickly; the routes must not be there yet. */
  plant(targets: readonly TrafficTarget[], leaseMs: number): Promise<void>;
  /** Writes the Lease alone, as somebody who died after it. */
  writeLease(target: TrafficTarget, change: Partial<LeaseState>): Promise<void>;
  /** The canary's share by what the route itself says. */
  shareOf(target: TrafficTarget): Promise<number>;
  shares(): Promise<ReadonlyMap<string, number>>;
  /** Percent, written as somebody with kubectl would. */
  meddle(target: TrafficTarget, percent: number): Promise<void>;
}

export function targetNamed(service: string): TrafficTarget {
  return { id: `test/${service}`, options: {} };
}

export function targetsNamed(service: string, count: number): TrafficTarget[] {
  return Array.from({ length: count }, (_, number) => targetNamed(`${service}-${number}`));
}

const serviceOf = ({ id }: TrafficTarget) => id.slice(id.indexOf('/') + 1);
/** Of every canary that is planted. */
export const firstEpoch = 1_000;

export async function guardedTargets(
  cluster: KubeAccess,
  targets: readonly TrafficTarget[] = [],
): Promise<Guarded> {
  const namespace = await cluster.makeNamespace('guard');
  if (targets.length > 0) {
    await cluster.apply(...targets.map((target) => httpRoute(namespace, serviceOf(target))));
  }
  const settings = { kubeconfig: cluster.kubeconfigPath, namespace, leaseNamespace: namespace };
  const provider = kubeTrafficType(gatewayApi).create(routeSettings(cluster, namespace));
  const base = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`;
  const shares = async () => {
    const { body } = await cluster.rest('GET', base);
    const { items } = listed.parse(body);
    return new Map(items.map((item) => [`test/${item.metadata.name}`, shareIn(item)]));
  };
  return {
    namespace,
    settings,
    provider,
    async canary(target, leaseMs) {
      const { epoch } = await provider.read(target);
      const own = Math.max(firstEpoch, epoch + 1);
      await provider.prepare(target, own);
      await provider.setRoute(target, { weightPercent: 50, match: null }, own);
      await provider.renew(target, own, Date.now() + leaseMs);
      return own;
    },
    async plant(planted, leaseMs) {
      const client = new KubeClient(connect(settings), 30_000);
      const store = new LeaseStore(client, namespace);
      await Promise.all(
        planted.map(async (target) => {
          const service = serviceOf(target);
          const ref = { kind: httpRouteKind, namespace, name: service };
          await client.create(ref, httpRoute(namespace, service, 50));
          const route = { type: 'gateway-api', service, namespace, options: {} };
          await store.change(target.id, () => ({
            ...{ epoch: firstEpoch, weightPercent: 50, route, forMs: leaseMs, renewedAtMs: Date.now() },
          }));
        }),
      );
      client.close();
    },
    async writeLease({ id }, change) {
      const client = new KubeClient(connect(settings), 30_000);
      await new LeaseStore(client, namespace).change(id, () => change);
      client.close();
    },
    async shareOf(target) {
      const { body } = await cluster.rest('GET', `${base}/${serviceOf(target)}`);
      return shareIn(body);
    },
    shares,
    async meddle(target, percent) {
      const service = serviceOf(target);
      const refs = [backend(service, 100 - percent), backend(`${service}-canary`, percent)];
      const patch = JSON.stringify([{ op: 'replace', path: '/spec/rules/0/backendRefs', value: refs }]);
      await cluster.kubectl(['patch', '-n', namespace, 'httproute', service, '--type=json', '-p', patch]);
    },
  };
}

const listed = z.object({ items: z.array(z.looseObject({ metadata: z.object({ name: z.string() }) })) });
