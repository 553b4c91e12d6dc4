import { describe, expect, it } from 'vitest';
import { istio } from '../../../src/providers/traffic/istio.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { trafficContract } from '../../contract/traffic/suite.ts';
import { routeSettings } from '../../support/kube/access.ts';
import { kubeFixture } from '../../support/kube/contract.ts';
import { bySubset, destinationRuleFor, virtualServiceFor } from '../../support/kube/routes.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { foreignSuite } from './foreign-suite.ts';

trafficContract('istio', () =>
  kubeFixture(istio, (namespace, target) => [virtualServiceFor(namespace, target)]),
);

const drift = {
  object: 'virtualservice/shop',
  patch: [{ op: 'replace', path: '/spec/http/1/route/1/weight', value: 400 }],
};

foreignSuite('VirtualService, two Services', {
  type: istio,
  objects: (namespace, target) => [virtualServiceFor(namespace, target)],
  kinds: ['virtualservice', 'destinationrule'],
  route: 'virtualservice/shop',
  drift,
});

foreignSuite('VirtualService, subsets added to a DestinationRule', {
  type: istio,
  options: bySubset,
  objects: (namespace, target) => [
    virtualServiceFor(namespace, target),
    destinationRuleFor(namespace, target),
  ],
  kinds: ['virtualservice', 'destinationrule'],
  route: 'virtualservice/shop',
  beside: 'destinationrule/shop',
  drift,
});

foreignSuite('VirtualService, subsets of a DestinationRule that is made', {
  type: istio,
  options: bySubset,
  objects: (namespace, target) => [virtualServiceFor(namespace, target)],
  kinds: ['virtualservice', 'destinationrule'],
  route: 'virtualservice/shop',
  beside: 'destinationrule/shop-sluice',
  drift,
});

describe('subsets of Istio', () => {
  it('keep no canary its share when nobody can tell which DestinationRule has them', async () => {
    const cluster = sharedCluster();
    const namespace = await cluster.makeNamespace('subsets');
    const id = 'test/shop';
    const rule = destinationRuleFor(namespace, id) as { metadata: object };
    await cluster.apply(virtualServiceFor(namespace, id), rule);
    const provider = kubeTrafficType(istio).create(routeSettings(cluster, namespace));
    const target = { id, options: bySubset };
    await provider.prepare(target, 5);
    await provider.setRoute(target, { weightPercent: 50, match: null }, 5);
    await provider.renew(target, 5, Date.now() + 60_000);
    await cluster.apply({ ...rule, metadata: { ...rule.metadata, name: 'another' } });
    await expect(provider.setRoute(target, { weightPercent: 60, match: null }, 5)).rejects.toThrow(
      'has several DestinationRules',
    );
    await provider.restore(target, 5);
    const state = await provider.read(target);
    expect(state).toMatchObject({ weightPercent: 0, stopped: true });
    expect(state).not.toHaveProperty('behind');
    await provider.leave?.(target, 5);
    await expect(provider.prepare(target, 6)).rejects.toThrow('has several DestinationRules');
    const left = await cluster.kubectl(['get', 'destinationrule', '-n', namespace, '-o', 'json']);
    expect(left).not.toContain('sluice');
    await provider.close();
  });

  it('outlive the end of another target that names the same route with other labels', async () => {
    const cluster = sharedCluster();
    const namespace = await cluster.makeNamespace('subsets');
    await cluster.apply(virtualServiceFor(namespace, 'test/shop'));
    const provider = kubeTrafficType(istio).create(routeSettings(cluster, namespace));
    const target = { id: 'test/shop', options: bySubset };
    await provider.prepare(target, 5);
    await provider.setRoute(target, { weightPercent: 50, match: null }, 5);
    await provider.renew(target, 5, Date.now() + 60_000);
    const canary = { labels: { track: 'other' } };
    const options = { ...bySubset, subsets: { ...bySubset.subsets, canary } };
    await provider.leave?.({ id: 'prod/shop', options }, 5);
    const rules = await cluster.kubectl(['get', 'destinationrule', '-n', namespace, '-o', 'name']);
    expect(rules).toContain('shop-sluice');
    expect(await provider.read(target)).toMatchObject({ weightPercent: 50 });
    await provider.close();
  });

  it('are there before a route names them, and stay until no pod of the canary runs', async () => {
    const cluster = sharedCluster();
    const namespace = await cluster.makeNamespace('subsets');
    await cluster.apply(
      virtualServiceFor(namespace, 'test/shop'),
      destinationRuleFor(namespace, 'test/shop'),
    );
    const provider = kubeTrafficType(istio).create(routeSettings(cluster, namespace));
    const target = { id: 'test/shop', options: bySubset };
    await provider.prepare(target, 5);
    const read = async (kind: string) =>
      JSON.parse(await cluster.kubectl(['get', kind, '-n', namespace, 'shop', '-o', 'json']));
    expect(await read('destinationrule')).toMatchObject({
      spec: {
        subsets: [{ name: 'eu' }, { name: 'stable', labels: { track: 'stable' } }, { name: 'canary' }],
      },
    });
    expect(await read('virtualservice')).toMatchObject({
      spec: { http: { 3: { route: [{ destination: { host: 'shop', subset: 'stable' } }] } } },
    });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'canary', labels: { track: 'canary' } },
      spec: { containers: [{ name: 'app', image: 'registry.test/app:v2' }] },
    };
    await cluster.apply(pod);
    await expect(provider.leave?.(target, 5)).rejects.toThrow('1 pods with track=canary still run');
    expect(await read('destinationrule')).toMatchObject({ spec: { subsets: { length: 3 } } });
    await cluster.kubectl(['delete', 'pod', '-n', namespace, 'canary']);
    await provider.leave?.(target, 5);
    expect(await read('destinationrule')).toMatchObject({ spec: { subsets: [{ name: 'eu' }] } });
    await provider.close();
  });
});
