import { describe, expect, it } from 'vitest';
import { canaryFor, replicasFor } from '../../../../../src/providers/workload/kubernetes/canary.ts';
import { placeOf } from '../../../../../src/providers/workload/kubernetes/options.ts';
import { deploymentIn, serviceIn } from '../../../../../src/providers/workload/kubernetes/shapes.ts';

const labels = { app: 'shop', team: 'a' };
const meta = (name: string) => ({ name, namespace: 'shop' });
const stable = deploymentIn({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('shop'),
  spec: {
    replicas: 8,
    selector: { matchLabels: { app: 'shop' } },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'shop:v1' }] } },
  },
});
const serviceWith = (selector: object, spec: object = {}) =>
  serviceIn({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('shop'),
    spec: { selector, ports: [{ port: 80, nodePort: 30_080 }], ...spec },
  });
const canary = (options: object, of: ReturnType<typeof serviceWith> | null, own: typeof of = null) =>
  canaryFor(
    stable,
    { stable: of, canary: own },
    placeOf({ id: 'test/shop', options: { ...options } }, 'shop'),
    'v2',
  );

describe('the labels of a canary', () => {
  it('differ in all by which the stable Deployment and the stable Service find their pods', () => {
    const { deployment } = canary({}, serviceWith({ team: 'a' }));
    expect(deployment.spec).toMatchObject({
      selector: { matchLabels: { app: 'shop-canary', 'sluice.dev/slot': 'canary' } },
      template: { metadata: { labels: { app: 'shop-canary', team: 'a-canary' } } },
    });
  });

  it('are refused where a canary Service would take stable’s pods', () => {
    const both = serviceWith({ app: 'shop' });
    expect(() => canary({}, both, both)).toThrow(/cannot be kept apart/);
    expect(() => canary({ labels: 'shared' }, both, both)).not.toThrow();
  });

  it('fit, however long the value was', () => {
    const long = deploymentIn({
      ...stable.object,
      spec: {
        ...stable.spec,
        selector: { matchLabels: { app: 'x'.repeat(63) } },
        template: { ...stable.spec.template, metadata: { labels: { app: 'x'.repeat(63) } } },
      },
    });
    const place = placeOf({ id: 'test/shop', options: {} }, 'shop');
    const { deployment } = canaryFor(long, { stable: null, canary: null }, place, 'v2');
    expect(JSON.stringify(deployment.spec.selector)).toContain(`"${'x'.repeat(56)}-canary"`);
  });
});

describe('the Service of a canary', () => {
  it('has the ports of stable’s, and nothing that makes it reachable from outside', () => {
    const outward = {
      type: 'LoadBalancer',
      loadBalancerIP: '192.0.2.1',
      externalTrafficPolicy: 'Local',
      clusterIP: '10.0.0.1',
    };
    expect(canary({}, serviceWith({ app: 'shop' }, outward)).service).toMatchObject({
      spec: { selector: { app: 'shop-canary', 'sluice.dev/slot': 'canary' }, ports: [{ port: 80 }] },
    });
    const text = JSON.stringify(canary({}, serviceWith({ app: 'shop' }, outward)).service);
    expect(text).not.toMatch(/nodePort|LoadBalancer|loadBalancerIP|externalTraffic|10\.0\.0\.1/);
  });
});

describe('the size of a canary', () => {
  it.each([
    [{}, 8],
    [{ replicas: '25%' }, 2],
    [{ replicas: '1%' }, 1],
    [{ replicas: 3 }, 3],
  ])('by %j is %d', (options, size) => {
    expect(canary(options, null).deployment.spec.replicas).toBe(size);
  });

  it('is never less than its share takes', () => {
    expect([0, 1, 10, 50, 99, 100].map((share) => replicasFor(share, 8))).toEqual([1, 1, 1, 4, 8, 8]);
  });
});
