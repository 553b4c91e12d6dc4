/**
 * What a guard asks of the API server before a stopped canary is safe: in a storm each request more is time for
 * everybody.
 */
import { expect, it } from 'vitest';
import { KubeClient } from '../../../src/providers/kube/client.ts';
import { connect } from '../../../src/providers/kube/connection.ts';
import type { KubeKind } from '../../../src/providers/kube/types.ts';
import { gatewayApi } from '../../../src/providers/traffic/gateway-api.ts';
import { istio } from '../../../src/providers/traffic/istio.ts';
import { type KubeRouteType, kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { nginx } from '../../../src/providers/traffic/nginx.ts';
import type { TrafficTarget } from '../../../src/providers/traffic/types.ts';
import { routeSettings } from '../../support/kube/access.ts';
import { startGuard } from '../../support/kube/guard.ts';
import {
  bySubset,
  destinationRuleFor,
  grpcRouteFor,
  httpRouteFor,
  ingressFor,
  virtualServiceFor,
} from '../../support/kube/routes.ts';
import { sharedCluster } from '../../support/kube/shared.ts';

const cluster = sharedCluster();
const poll = { interval: 50 };
const shop = 'test/shop';

/** Notes what is asked of routes and of what belongs to them. */
class Noting extends KubeClient {
  readonly asked: string[] = [];
  readonly answered: string[] = [];

  override get(...args: Parameters<KubeClient['get']>) {
    return this.noted('get', args[0].kind, super.get(...args));
  }

  override list(...args: Parameters<KubeClient['list']>) {
    return this.noted('list', args[0], super.list(...args));
  }

  override patch(...args: Parameters<KubeClient['patch']>) {
    return this.noted('patch', args[0].kind, super.patch(...args));
  }

  private noted<T>(verb: string, { resource }: KubeKind, answer: Promise<T>): Promise<T> {
    if (resource === 'leases' || resource === 'events') return answer;
    const what = `${verb} ${resource}`;
    this.asked.push(what);
    answer.then(
      () => this.answered.push(what),
      () => {},
    );
    return answer;
  }
}

type Objects = (namespace: string) => readonly object[];

it.each<[string, KubeRouteType, Objects, Record<string, unknown>, string]>([
  ['an HTTPRoute', gatewayApi, (ns) => [httpRouteFor(ns, shop)], {}, 'httproutes'],
  ['a GRPCRoute', gatewayApi, (ns) => [grpcRouteFor(ns, shop)], { kind: 'GRPCRoute' }, 'grpcroutes'],
  ['a VirtualService', istio, (ns) => [virtualServiceFor(ns, shop)], {}, 'virtualservices'],
  [
    'a VirtualService with subsets',
    istio,
    (ns) => [virtualServiceFor(ns, shop), destinationRuleFor(ns, shop)],
    bySubset,
    'virtualservices',
  ],
  ['an Ingress', nginx, (ns) => [ingressFor(ns, shop)], {}, 'ingresses'],
])('brings %s home by one patch of what it has at hand', async (_what, type, objects, options, resource) => {
  const namespace = await cluster.makeNamespace('first');
  await cluster.apply(...objects(namespace));
  const settings = routeSettings(cluster, namespace);
  const provider = kubeTrafficType(type).create(settings);
  const target: TrafficTarget = { id: shop, options };
  await provider.prepare(target, 5);
  await provider.setRoute(target, { weightPercent: 50, match: null }, 5);
  await provider.renew(target, 5, Date.now() + 60_000);
  const client = new Noting(connect(settings), settings.timeoutMs);
  const guard = startGuard(settings, client);
  await guard.leads();
  // Then it has the route at hand.
  await expect.poll(() => client.answered, poll).toEqual([`list ${resource}`]);
  await provider.stop(target);
  const kinds = () => guard.reports.map(({ kind }) => kind);
  await expect.poll(kinds, poll).toContain('restored');
  expect(client.asked[1]).toBe(`patch ${resource}`);
  const state = await provider.read(target);
  expect(state).toMatchObject({ weightPercent: 50, stopped: true });
  expect(state).not.toHaveProperty('behind');
  // Whatever else the route has is looked at afterwards, and all is told once.
  const stops = async () => {
    const reasons = ['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].reason}'];
    return (await cluster.kubectl(reasons)).split(' ').filter((one) => one === 'CanaryStopped').length;
  };
  await expect.poll(stops).toBe(1);
  await guard.stop();
  expect(await stops()).toBe(1);
  expect(kinds().filter((kind) => kind === 'due' || kind === 'restored')).toEqual(['due', 'restored']);
  expect(client.asked.filter((one) => one.startsWith('patch'))).toEqual([`patch ${resource}`]);
  await provider.close();
});
