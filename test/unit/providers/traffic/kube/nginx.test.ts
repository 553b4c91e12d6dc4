import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otherSlot } from '../../../../../src/domain/rollout/types.ts';
import type { KubeObject } from '../../../../../src/providers/kube/types.ts';
import { NoRoute, type RoutePlace } from '../../../../../src/providers/traffic/kube/route.ts';
import {
  canarySpec,
  pathsOf,
  refuseAffinity,
  shareIn,
  shareNotes,
} from '../../../../../src/providers/traffic/nginx/canary.ts';

const place: RoutePlace = { service: 'web', namespace: 'shop', options: {} };
const prefix = 'nginx.ingress.kubernetes.io';

const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
const path = (at: string, name: string) => ({ path: at, pathType: 'Prefix', backend: backend(name) });

function ingressWith(spec: object, annotations: Record<string, string> = {}): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec,
  };
}

describe('what the canary Ingress says', () => {
  it('takes hosts, paths, TLS and class of the stable one, and only the paths of the target', () => {
    const stable = ingressWith({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
      rules: [
        { host: 'a.example.com', http: { paths: [path('/', 'web'), path('/static', 'assets')] } },
        { host: 'b.example.com', http: { paths: [path('/', 'assets')] } },
        { http: { paths: [path('/any', 'web')] } },
      ],
    });
    expect(canarySpec(stable, place)).toEqual({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
      rules: [
        { host: 'a.example.com', http: { paths: [path('/', 'web-canary')] } },
        { http: { paths: [path('/any', 'web-canary')] } },
      ],
    });
    expect(pathsOf(stable)).toEqual(['a.example.com/', 'a.example.com/static', 'b.example.com/', '*/any']);
  });

  it('follows a default backend', () => {
    const stable = ingressWith({ defaultBackend: backend('web') });
    expect(canarySpec(stable, place)).toEqual({ defaultBackend: backend('web-canary') });
    expect(pathsOf(stable)).toEqual(['the default backend']);
  });

  it('has nothing to say where the stable Ingress does not lead to the target', () => {
    const stable = ingressWith({ rules: [{ http: { paths: [path('/', 'assets')] } }] });
    expect(() => canarySpec(stable, place)).toThrow(NoRoute);
  });

  it('refuses an Ingress that keeps users by a cookie', () => {
    const stable = ingressWith({}, { [`${prefix}/affinity`]: 'cookie' });
    expect(() => refuseAffinity(stable, place)).toThrow('also when it is taken back to 0');
    expect(() => refuseAffinity(ingressWith({}), place)).not.toThrow();
  });
});

describe('the share of a canary Ingress', () => {
  const given = (notes: Readonly<Record<string, string | null>>) => {
    const set = Object.entries(notes).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
    return ingressWith({}, Object.fromEntries(set) as Record<string, string>);
  };

  it('is read as it was written, to a hundredth of a percent', () => {
    const wanted = fc.record({
      stableSlot: fc.constantFrom('blue' as const, 'green' as const),
      canaryPercent: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
      match: fc.option(fc.record({ header: fc.constant('X-Tester'), value: fc.constantFrom('a', 'never') })),
    });
    const property = fc.property(wanted, (to) => {
      const match = to.stableSlot === 'blue' ? to.match : null;
      const { green, match: read } = shareIn(given(shareNotes(place, { ...to, match })), place);
      const shares = { blue: 100 - green, green };
      expect(shares[otherSlot(to.stableSlot)]).toBeCloseTo(to.canaryPercent, 5);
      expect(read).toEqual(match);
    });
    fc.assert(property);
  });

  it('gives half a percent', () => {
    const half = { stableSlot: 'blue', canaryPercent: 0.5, match: null } as const;
    expect(shareNotes(place, half)).toMatchObject({
      [`${prefix}/canary`]: 'true',
      [`${prefix}/canary-weight`]: '50',
      [`${prefix}/canary-weight-total`]: '10000',
    });
  });

  it('is all when the canary has become the stable version', () => {
    const promoted = { stableSlot: 'green', canaryPercent: 0, match: null } as const;
    expect(shareIn(given(shareNotes(place, promoted)), place).green).toBe(100);
  });

  it('is read as the controller reads it where somebody else wrote it', () => {
    const read = (notes: Record<string, string>) =>
      shareIn(given(Object.fromEntries(Object.entries(notes).map(([k, v]) => [`${prefix}/${k}`, v]))), place);
    expect(read({ canary: 'true', 'canary-weight': '30' })).toEqual({ green: 30, match: null });
    expect(read({ canary: 'true', 'canary-weight': '300' }).green).toBe(100);
    expect(read({ 'canary-weight': '30' })).toEqual({ green: 0, match: null });
    expect(read({ canary: 'true', 'canary-by-header': 'x-a' }).match).toEqual({
      header: 'x-a',
      value: 'always',
    });
  });

  it('cannot send a header past a promoted version', () => {
    const match = { header: 'x-tester', value: 'a' };
    expect(() => shareNotes(place, { stableSlot: 'green', canaryPercent: 0, match })).toThrow(
      'cannot send a header past it',
    );
  });
});
