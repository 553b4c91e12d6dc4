import { describe, expect, it } from 'vitest';
import { istio } from '../../../src/providers/traffic/istio.ts';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { trafficContract } from '../../contract/traffic/suite.ts';
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
  drift,
});

foreignSuite('VirtualService, subsets of a DestinationRule that is made', {
  type: istio,
  options: bySubset,
  objects: (namespace, target) => [virtualServiceFor(namespace, target)],
  kinds: ['virtualservice', 'destinationrule'],
  route: 'virtualservice/shop',
  drift,
});

describe('subsets of Istio', () => {
  it('are there before a route names them, and stay until no pod of the canary runs', async () => {
    const cluster = sharedCluster();
    const namespace = await cluster.makeNamespace('subsets');
    await cluster.apply(
      virtualServiceFor(namespace, 'test/shop'),
      destinationRuleFor(namespace, 'test/shop'),
    );
    const settings = { kubeconfig: cluster.kubeconfigPath, namespace, leaseNamespace: namespace };
    const provider = kubeTrafficType(istio).create(settings);
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
