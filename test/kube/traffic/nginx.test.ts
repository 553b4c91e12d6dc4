import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { kubeTrafficType } from '../../../src/providers/traffic/kube/provider.ts';
import { nginx } from '../../../src/providers/traffic/nginx.ts';
import type { TrafficProvider } from '../../../src/providers/traffic/types.ts';
import { trafficContract } from '../../contract/traffic/suite.ts';
import { routeSettings } from '../../support/kube/access.ts';
import { kubeFixture } from '../../support/kube/contract.ts';
import { ingressFor } from '../../support/kube/routes.ts';
import { sharedCluster } from '../../support/kube/shared.ts';
import { foreignSuite } from './foreign-suite.ts';

trafficContract('nginx', () => kubeFixture(nginx, (namespace, target) => [ingressFor(namespace, target)]));

const weight = '/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight';

foreignSuite('Ingress', {
  type: nginx,
  objects: (namespace, target) => [ingressFor(namespace, target)],
  kinds: ['ingress'],
  route: 'ingress/shop',
  beside: 'ingress/shop-canary',
  drift: { object: 'ingress/shop-canary', patch: [{ op: 'replace', path: weight, value: '9000' }] },
});

describe('the canary Ingress', () => {
  const cluster = sharedCluster();
  const target = { id: 'test/shop', options: {} };
  const open: TrafficProvider[] = [];
  let namespace = '';
  let provider: TrafficProvider;
  afterAll(() => Promise.all(open.map((one) => one.close())));
  beforeEach(async () => {
    namespace = await cluster.makeNamespace('ingress');
    await cluster.apply(ingressFor(namespace, target.id));
    provider = kubeTrafficType(nginx).create(routeSettings(cluster, namespace));
    open.push(provider);
  });
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await cluster.kubectl(['get', 'ingress', '-n', namespace, name, '-o', 'json']));

  it('is made without a share, and goes with the stable one', async () => {
    await provider.prepare(target, 5);
    const prefix = 'nginx.ingress.kubernetes.io';
    expect(await read('shop-canary')).toMatchObject({
      metadata: {
        labels: { 'app.kubernetes.io/managed-by': 'sluice' },
        annotations: { [`${prefix}/canary`]: 'true', [`${prefix}/canary-weight`]: '0' },
        ownerReferences: [{ kind: 'Ingress', name: 'shop' }],
      },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ secretName: 'tls' }],
        rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/' }, { path: '/api' }] } }],
      },
    });
    await cluster.kubectl(['delete', 'ingress', '-n', namespace, 'shop']);
    await expect.poll(() => cluster.kubectl(['get', 'ingress', '-n', namespace, '-o', 'name'])).toBe('');
  });

  it('follows hosts that are added to the stable one', async () => {
    await provider.prepare(target, 5);
    const rule = {
      host: 'new.example.com',
      http: {
        paths: [
          { path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } },
        ],
      },
    };
    const patch = JSON.stringify([{ op: 'add', path: '/spec/rules/-', value: rule }]);
    await cluster.kubectl(['patch', 'ingress', '-n', namespace, 'shop', '--type=json', '-p', patch]);
    await provider.renew(target, 5, Date.now() + 60_000);
    expect(await read('shop-canary')).toMatchObject({
      spec: { rules: [{ host: 'shop.example.com' }, { host: 'new.example.com' }] },
    });
  });

  it.each([
    ['its note', false],
    ['its note and its owner', true],
  ])('gets its share taken away when somebody took away %s', async (_what, isOrphan) => {
    const own = ['-n', namespace, 'ingress/shop-canary'];
    await provider.prepare(target, 5);
    await provider.setRoute(target, { weightPercent: 50, match: null }, 5);
    await provider.renew(target, 5, Date.now() + 60_000);
    await cluster.kubectl(['annotate', ...own, 'sluice.dev/made-for-']);
    const steps = JSON.stringify([{ op: 'remove', path: '/metadata/ownerReferences' }]);
    if (isOrphan) await cluster.kubectl(['patch', '--type=json', '-p', steps, ...own]);
    await provider.restore(target, 5);
    const state = await provider.read(target);
    expect(state).toMatchObject({ weightPercent: 0, stopped: true });
    expect(state).not.toHaveProperty('behind');
    expect(await read('shop-canary')).toMatchObject({
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/canary-weight': '0' } },
    });
  });

  it('is not taken from somebody else, also when all traffic is to be stable’s', async () => {
    const theirs = { ...ingressFor(namespace, 'test/shop-canary') };
    await cluster.apply(theirs);
    await expect(provider.prepare(target, 5)).rejects.toThrow('was not made by Sluice');
    expect(await cluster.kubectl(['get', 'lease', '-n', namespace, '-o', 'name'])).toBe('');
    const before = await read('shop-canary');
    await provider.restore(target, 5);
    expect(await read('shop-canary')).toEqual(before);
  });

  it('is not made beside another canary for the same path', async () => {
    const { metadata, ...rest } = ingressFor(namespace, target.id) as { metadata: object };
    const annotations = { 'nginx.ingress.kubernetes.io/canary': 'true' };
    await cluster.apply({ ...rest, metadata: { ...metadata, name: 'theirs', annotations } });
    await expect(provider.prepare(target, 5)).rejects.toThrow(
      'theirs is a canary for shop.example.com/ already',
    );
  });
});
