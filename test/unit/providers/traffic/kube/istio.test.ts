import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../src/providers/kube/types.ts';
import { hostLike, sameHost } from '../../../../../src/providers/traffic/istio/hosts.ts';
import { virtualServiceKind } from '../../../../../src/providers/traffic/istio/kind.ts';
import { istioOptions } from '../../../../../src/providers/traffic/istio/options.ts';
import { readRoutes } from '../../../../../src/providers/traffic/istio/rules.ts';
import { NoRoute, type RoutePlace } from '../../../../../src/providers/traffic/kube/route.ts';
import { applied } from '../../../../support/json-patch.ts';
import { type KindExample, kindProperties } from '../../../../support/kube/kind-properties.ts';

const place: RoutePlace = { service: 'web', namespace: 'shop', options: {} };
const subsets = { stable: { labels: { track: 'stable' } }, canary: { labels: { track: 'canary' } } };
const bySubset: RoutePlace = { ...place, options: { subsets } };

function virtualService(http: readonly object[], more: object = {}): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop', generation: 4 },
    spec: { hosts: ['web', 'www.example.com'], gateways: ['mesh'], http, ...more },
  };
}

const to = (host: string, more: object = {}) => ({ destination: { host, ...more } });
const match = fc.constantFrom(
  undefined,
  [{ uri: { prefix: '/api' } }],
  [{ uri: { exact: '/' }, headers: { 'x-lang': { exact: 'de' } } }, { port: 80 }],
);
const extras = fc.constantFrom(
  {},
  { mirror: { host: 'web-canary' }, mirrorPercentage: { value: 5 }, timeout: '3s' },
  { retries: { attempts: 2 }, fault: { abort: { httpStatus: 500, percentage: { value: 1 } } } },
);
const foreignRoute = fc.constantFrom(
  { route: [to('assets')] },
  { redirect: { uri: '/new' } },
  { match: [{ headers: { 'x-tester': { exact: 'a' } } }], route: [to('assets'), { ...to('b'), weight: 0 }] },
);
const host = fc.constantFrom('web', 'web.shop', 'web.shop.svc.cluster.local');

function examples(mode: 'services' | 'subsets'): fc.Arbitrary<KindExample> {
  const target = fc
    .record({ match, extras, host, before: fc.constantFrom('alone', 'weighted', 'pair') })
    .map(({ match: of, extras: more, host: called, before }) => {
      const stable =
        mode === 'subsets' && before === 'pair' ? { subset: 'stable' } : { port: { number: 80 } };
      const canary =
        mode === 'services' ? to(hostLike(called, 'web-canary')) : to(called, { subset: 'canary' });
      const one = { ...to(called, stable), headers: { request: { set: { a: 'b' } } } };
      const route = {
        alone: [one],
        weighted: [{ ...one, weight: 100 }],
        pair: [
          { ...canary, weight: 0 },
          { ...one, weight: 100 },
        ],
      }[before];
      return { ...(of === undefined ? {} : { match: of }), ...more, route };
    });
  return fc
    .tuple(
      fc.array(foreignRoute, { maxLength: 2 }),
      fc.array(target, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .chain(([others, ours, named]) =>
      fc
        .shuffledSubarray<object>([...others, ...ours], { minLength: others.length + ours.length })
        .map((all) => all.map((rule, index) => (named ? { ...rule, name: `route-${index}` } : rule))),
    )
    .map((http) => ({ object: virtualService(http), place: mode === 'services' ? place : bySubset }));
}

interface RuleLike {
  route?: { destination: { host: string; subset?: string }; weight?: number }[];
}

/**
 * All but our own routes, and without the weights of the target's destinations, its subsets and a canary that was
 * added.
 */
function foreign(object: KubeObject, at: RoutePlace): unknown {
  const { own } = readRoutes(object, at);
  const { http, ...spec } = object.spec as { http: RuleLike[] };
  const kept = http.filter((_, index) => !own.some((ours) => ours.index === index));
  const rules = kept.map(({ route = [], ...rule }) => ({
    ...rule,
    route: route
      .filter(
        ({ destination }) => !destination.host.startsWith('web-canary') && destination.subset !== 'canary',
      )
      .map(({ weight, ...each }) => {
        if (!sameHost(each.destination.host, 'web', 'shop')) return { ...each, weight };
        const { subset: _subset, ...destination } = each.destination;
        return { ...each, destination };
      }),
  }));
  return { ...spec, rules };
}

describe('the steps of a VirtualService between two Services', () => {
  kindProperties(virtualServiceKind, examples('services'), foreign);
});

describe('the steps of a VirtualService between two subsets', () => {
  kindProperties(virtualServiceKind, examples('subsets'), foreign);

  it('holds the stable destination to its subset before the canary has any pods', () => {
    const object = virtualService([{ route: [to('web')] }]);
    expect(virtualServiceKind.shares(object, bySubset)).toMatchObject({
      incomplete: true,
      shares: { green: 0 },
    });
    const none = { stableSlot: 'blue', canaryPercent: 0, match: null } as const;
    const after = applied(object, virtualServiceKind.steps(object, bySubset, none));
    expect(after.spec).toMatchObject({
      http: [{ route: [{ destination: { host: 'web', subset: 'stable' } }] }],
    });
  });
});

describe('a VirtualService', () => {
  const wanted = { stableSlot: 'blue', canaryPercent: 10, match: null } as const;

  it('says what whole percents need in any version of Istio: weights that add up to 100', () => {
    const object = virtualService([{ route: [to('web')] }]);
    const after = applied(object, virtualServiceKind.steps(object, place, wanted));
    expect(after.spec).toMatchObject({
      http: [{ route: [{ weight: 90 }, { ...to('web-canary'), weight: 10 }] }],
    });
    const finer = applied(object, virtualServiceKind.steps(object, place, { ...wanted, canaryPercent: 0.5 }));
    expect(finer.spec).toMatchObject({ http: [{ route: [{ weight: 9950 }, { weight: 50 }] }] });
  });

  it('puts a header route before the one it belongs to, with the header in lower case', () => {
    const object = virtualService([
      { route: [to('assets')] },
      {
        match: [{ uri: { prefix: '/' }, headers: { a: { exact: 'b' } } }],
        route: [to('web')],
        timeout: '1s',
      },
    ]);
    const match = { header: 'X-Tester', value: 'yes' };
    const after = applied(object, virtualServiceKind.steps(object, place, { ...wanted, match }));
    expect(after.spec).toMatchObject({
      http: [
        { route: [to('assets')] },
        {
          match: [{ uri: { prefix: '/' }, headers: { a: { exact: 'b' }, 'x-tester': { exact: 'yes' } } }],
          route: [{ ...to('web-canary'), weight: 100 }],
          timeout: '1s',
        },
        { timeout: '1s' },
      ],
    });
  });

  it('lets in by the header only requests that the route takes anyway', () => {
    const match = { header: 'x-tester', value: 'yes' };
    const object = virtualService([
      { name: 'a', match: [{ headers: { 'x-tester': { exact: 'no' } } }], route: [to('web')] },
      {
        name: 'b',
        match: [{ headers: { 'x-tester': { prefix: 'y' } } }, { withoutHeaders: { 'x-tester': {} } }],
        route: [to('web')],
      },
    ]);
    const after = applied(object, virtualServiceKind.steps(object, place, { ...wanted, match }));
    expect((after.spec as { http: unknown[] }).http).toHaveLength(3);
    expect(virtualServiceKind.shares(after, place)).toEqual({ shares: { blue: 90, green: 10 }, match });
    const none = { ...place, options: { routes: ['a'] } };
    expect(() => virtualServiceKind.steps(object, none, { ...wanted, match })).toThrow(
      'takes requests with x-tester',
    );
  });

  it.each([
    [
      'a tcp route',
      virtualService([{ route: [to('web')] }], { tcp: [{ route: [to('web.shop')] }] }),
      'tcp route to web',
    ],
    [
      'a tls route',
      virtualService([{ route: [to('web')] }], { tls: [{ route: [to('web')] }] }),
      'tls route to web',
    ],
    ['no hosts', virtualService([{ route: [to('web')] }], { hosts: [] }), 'is a delegate'],
    ['a delegate', virtualService([{ delegate: { name: 'inner' } }]), 'delegates to inner'],
    [
      'another destination',
      virtualService([
        {
          route: [
            { ...to('web'), weight: 50 },
            { ...to('old'), weight: 50 },
          ],
        },
      ]),
      'to old as well',
    ],
  ])('is refused before a rollout with %s', (_, object, message) => {
    expect(() => virtualServiceKind.check(object, place)).toThrow(message);
  });

  it('shows a canary in a route that was renamed, takes its share away, and gives it none', () => {
    const named = { ...place, options: { routes: ['api'] } };
    const pair = (green: number) => [
      { ...to('web'), weight: 100 - green },
      { ...to('web-canary'), weight: green },
    ];
    const preview = { name: 'preview', route: [to('web-canary')] };
    const object = virtualService([{ name: 'api-v2', route: pair(50) }, preview]);
    expect(virtualServiceKind.shares(object, named).shares).toEqual({ blue: 50, green: 50 });
    const home = { ...wanted, canaryPercent: 0 };
    const after = applied(object, virtualServiceKind.steps(object, named, home));
    expect(after.spec).toMatchObject({ http: [{ route: pair(0) }, preview] });
    expect(() => virtualServiceKind.shares(after, named)).toThrow(NoRoute);
    const refused = "lacks an http route of the plan's (api)";
    expect(() => virtualServiceKind.steps(object, named, wanted)).toThrow(refused);
    expect(() => virtualServiceKind.check(object, named)).toThrow(refused);
  });

  it('gives a route back that was renamed under a canary', () => {
    const named = { ...place, options: { routes: ['api'] } };
    const object = virtualService([{ name: 'api', route: [to('web')] }]);
    const found = virtualServiceKind.found(object, named);
    const shared = applied(object, virtualServiceKind.steps(object, named, wanted));
    const renamed = applied(shared, [{ op: 'replace', path: '/spec/http/0/name', value: 'api-v2' }]);
    const home = applied(
      renamed,
      virtualServiceKind.steps(renamed, named, { ...wanted, canaryPercent: 0, match: null }),
    );
    const left = applied(home, virtualServiceKind.undo(home, named, found, 'blue'));
    expect(left).toEqual(virtualService([{ name: 'api-v2', route: [to('web')] }]));
  });

  it('leaves no destination of ours in a route that was renamed while others were added', () => {
    const object = virtualService([{ name: 'api', route: [to('web')] }]);
    const found = virtualServiceKind.found(object, place);
    const shared = applied(object, virtualServiceKind.steps(object, place, { ...wanted, match: null }));
    const pages = { name: 'pages', route: [to('web')] };
    const changed = applied(shared, [
      { op: 'replace', path: '/spec/http/0/name', value: 'api-v2' },
      { op: 'add', path: '/spec/http/-', value: pages },
    ]);
    const { canaryPercent } = wanted;
    const left = applied(changed, virtualServiceKind.undo(changed, place, found, 'blue'));
    const back = { name: 'api-v2', route: [{ ...to('web'), weight: 100 - canaryPercent }] };
    expect(left).toEqual(virtualService([back, pages]));
  });

  it('counts every destination that is the canary’s, and takes away from all of them', () => {
    const object = virtualService([
      {
        route: [
          { ...to('web'), weight: 50 },
          { ...to('web-canary'), weight: 0 },
          { ...to('web-canary.shop', { port: { number: 81 } }), weight: 50 },
        ],
      },
    ]);
    expect(virtualServiceKind.shares(object, place).shares).toEqual({ blue: 50, green: 50 });
    const home = { ...wanted, canaryPercent: 0 };
    const after = applied(object, virtualServiceKind.steps(object, place, home));
    expect(virtualServiceKind.shares(after, place)).toEqual({ shares: { blue: 100, green: 0 }, match: null });
  });

  it('has nothing to share where no http route is the target’s', () => {
    expect(() => virtualServiceKind.shares(virtualService([{ route: [to('assets')] }]), place)).toThrow(
      NoRoute,
    );
    const named = { ...place, options: { routes: ['main'] } };
    const object = virtualService([{ name: 'other', route: [to('web')] }]);
    expect(() => virtualServiceKind.shares(object, named)).toThrow(
      'no http route named main that sends to web',
    );
  });

  it.each([
    [undefined, true],
    [{ observedGeneration: '4' }, true],
    [{ observedGeneration: 3 }, false],
    [{ observedGeneration: 4, conditions: [{ type: 'Reconciled', status: 'False' }] }, false],
    [{ conditions: [{ type: 'Reconciled', status: 'True', observedGeneration: '3' }] }, false],
    [{ conditions: [{ type: 'Reconciled', status: 'True', observedGeneration: '4' }] }, true],
  ])('with the status %j is taken up: %s', (status, observed) => {
    expect(virtualServiceKind.observed({ ...virtualService([]), status })).toBe(observed);
  });
});

describe('hosts', () => {
  it.each([
    ['web', 'web.shop.svc.cluster.local', true],
    ['web.shop', 'web', true],
    ['web.shop.svc', 'WEB', true],
    ['web.other', 'web', false],
    ['api.example.com', 'api', false],
  ])('%s and %s are the same: %s', (a, b, same) => {
    expect(sameHost(a, b, 'shop')).toBe(same);
  });

  it('are written as the others are', () => {
    expect(hostLike('web', 'web-canary')).toBe('web-canary');
    expect(hostLike('web.shop.svc', 'web-canary')).toBe('web-canary.shop.svc');
    expect(hostLike('web', 'web.next')).toBe('web.next');
  });
});

describe('options of a VirtualService', () => {
  it('need labels for a subset', () => {
    const parse = (labels: object) =>
      istioOptions.safeParse({ subsets: { ...subsets, canary: { labels } } }).success;
    expect(parse({ a: 'b' })).toBe(true);
    expect(parse({})).toBe(false);
  });
});
