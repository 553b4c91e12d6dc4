import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../src/providers/kube/types.ts';
import { gatewayRoute } from '../../../../../src/providers/traffic/gateway-api/kind.ts';
import { readRules } from '../../../../../src/providers/traffic/gateway-api/rules.ts';
import { NoRoute, type RoutePlace } from '../../../../../src/providers/traffic/kube/route.ts';
import { applied } from '../../../../support/json-patch.ts';
import { type KindExample, kindProperties } from '../../../../support/kube/kind-properties.ts';

const place: RoutePlace = { service: 'web', namespace: 'shop', options: {} };

function routeWith(...rules: object[]): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop', generation: 3 },
    spec: { parentRefs: [{ name: 'edge' }, { name: 'inner', namespace: 'infra' }], rules },
  };
}

const path = fc
  .constantFrom('/', '/api', '/static')
  .map((value) => ({ path: { type: 'PathPrefix', value } }));
const header = { type: 'Exact', name: 'x-lang', value: 'de' };
const matches = fc.option(
  fc.array(
    fc.tuple(path, fc.boolean()).map(([one, more]) => (more ? { ...one, headers: [header] } : one)),
    { minLength: 1, maxLength: 3 },
  ),
  { nil: undefined },
);
const extras = fc.constantFrom(
  {},
  { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'web-canary', port: 80 } } }] },
  { timeouts: { request: '3s' }, sessionPersistence: { type: 'Cookie', cookie: { name: 'sticky' } } },
);
const foreignRule = fc.record({
  matches,
  backendRefs: fc.constantFrom(
    [{ name: 'assets', port: 80 }],
    [
      { name: 'assets', port: 80, weight: 3 },
      { name: 'assets-2', port: 80, weight: 1 },
    ],
    // A way to the canary by a header that its owner made.
    [{ kind: 'Backend', name: 'web-canary' }],
  ),
});
const stableRef = fc
  .tuple(fc.constantFrom(undefined, 1, 100), fc.constantFrom({}, { filters: [{ type: 'URLRewrite' }] }))
  .map(([weight, more]) => ({ name: 'web', port: 8080, ...more, ...(weight && { weight }) }));
const canaryRef = fc.constantFrom(null, { name: 'web-canary', port: 8081, weight: 0 });
const idle = fc.constantFrom(null, { name: 'web-old', port: 80, weight: 0 });
const targetRule = fc
  .tuple(matches, extras, stableRef, canaryRef, idle, fc.boolean())
  .map(([of, more, stable, canary, other, canaryFirst]) => ({
    ...(of === undefined ? {} : { matches: of }),
    ...more,
    backendRefs: [...(canaryFirst ? [canary, stable] : [stable, canary]), other].filter(
      (ref) => ref !== null,
    ),
  }));
const rules = fc
  .tuple(fc.array(foreignRule, { maxLength: 2 }), fc.array(targetRule, { minLength: 1, maxLength: 3 }))
  .chain(([others, ours]) =>
    fc.shuffledSubarray([...others, ...ours], { minLength: others.length + ours.length }),
  )
  .chain((all) =>
    fc
      .boolean()
      .map((named) => all.map((rule, index) => (named ? { name: `rule-${index}`, ...rule } : rule))),
  );
const example: fc.Arbitrary<KindExample> = rules.map((all) => ({ object: routeWith(...all), place }));

interface RuleLike {
  backendRefs: { name: string; weight?: number }[];
}

/** All but our own rules, and without the weights of the target's backends and a canary that was added. */
function foreign(object: KubeObject, at: RoutePlace): unknown {
  const { own } = readRules(object, at);
  const all = (object.spec as { rules: RuleLike[] }).rules;
  return all
    .filter((_, index) => !own.some((ours) => ours.index === index))
    .map(({ backendRefs, ...rule }) => ({
      ...rule,
      backendRefs: backendRefs
        .filter(({ name }) => name !== 'web-canary')
        .map(({ weight, ...ref }) => (ref.name === 'web' ? ref : { ...ref, weight })),
    }));
}

describe('the steps of a Gateway API route', () => {
  kindProperties(gatewayRoute, example, foreign);

  it('takes a rule of the owner’s that matches on the same header for what it is', () => {
    const match = { header: 'x-tester', value: 'always' };
    const theirs = {
      matches: [{ headers: [{ type: 'Exact', name: 'x-tester', value: 'always' }] }],
      backendRefs: [{ name: 'web-canary', port: 80, weight: 1 }],
    };
    const object = routeWith({ backendRefs: [{ name: 'web', port: 80 }] });
    const mixed = routeWith(theirs, { backendRefs: [{ name: 'web', port: 80 }] });
    expect(gatewayRoute.shares(mixed, place).match).toBeNull();
    const away = applied(
      object,
      gatewayRoute.steps(object, place, { stableSlot: 'blue', canaryPercent: 0, match }),
    );
    expect((away.spec as { rules: unknown[] }).rules).toHaveLength(2);
    const named = { ...place, options: { rules: ['main'] } };
    const two = routeWith(theirs, { name: 'main', backendRefs: [{ name: 'web', port: 80 }] });
    const asked = applied(
      two,
      gatewayRoute.steps(two, named, { stableSlot: 'blue', canaryPercent: 5, match }),
    );
    expect(applied(asked, gatewayRoute.undo(asked, named, gatewayRoute.found(two, named), 'blue'))).toEqual(
      two,
    );
  });

  it('sees a header rule of its own when every annotation is gone, and takes it away', () => {
    const object = routeWith(
      { name: 'a', backendRefs: [{ name: 'web' }] },
      { name: 'b', backendRefs: [{ name: 'web' }] },
    );
    const match = { header: 'x-tester', value: 'a' };
    const with2 = applied(
      object,
      gatewayRoute.steps(object, place, { stableSlot: 'blue', canaryPercent: 0, match }),
    );
    expect(gatewayRoute.shares(with2, place)).toMatchObject({ match });
    const partly = applied(with2, [{ op: 'remove', path: '/spec/rules/0' }]);
    expect(gatewayRoute.shares(partly, place)).toMatchObject({ match, incomplete: true });
    expect(applied(partly, gatewayRoute.undo(partly, place, '', 'blue')).spec).toMatchObject({
      rules: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('says that there is nothing to share when no rule is the target’s', () => {
    const object = routeWith({ backendRefs: [{ name: 'assets' }] });
    expect(() => gatewayRoute.shares(object, place)).toThrow(NoRoute);
    expect(() => gatewayRoute.shares(object, place)).toThrow('no rule that sends to the Service web');
  });

  it('sees a canary in a rule that was renamed, takes its share away, and gives it none', () => {
    const named = { ...place, options: { rules: ['api'] } };
    const pair = (green: number) => [
      { name: 'web', weight: 100 - green },
      { name: 'web-canary', weight: green },
    ];
    const preview = { name: 'preview', backendRefs: [{ name: 'web-canary' }] };
    const object = routeWith({ name: 'api-v2', backendRefs: pair(50) }, preview);
    expect(gatewayRoute.shares(object, named).shares).toEqual({ blue: 50, green: 50 });
    const home = { stableSlot: 'blue', canaryPercent: 0, match: null } as const;
    const after = applied(object, gatewayRoute.steps(object, named, home));
    expect(after.spec).toMatchObject({ rules: [{ backendRefs: pair(0) }, preview] });
    expect(() => gatewayRoute.shares(after, named)).toThrow(NoRoute);
    const refused = "lacks a rule of the plan's (api)";
    expect(() => gatewayRoute.steps(object, named, { ...home, canaryPercent: 60 })).toThrow(refused);
    expect(() => gatewayRoute.check(object, named)).toThrow(refused);
    const other = routeWith({ name: 'other', backendRefs: [{ name: 'web' }] }, preview);
    expect(() => gatewayRoute.shares(other, named)).toThrow(NoRoute);
  });

  it('gives a rule back that was renamed under a canary, whether the plan names it or not', () => {
    const object = routeWith({ name: 'api', backendRefs: [{ name: 'web', weight: 7 }] });
    for (const options of [{ rules: ['api'] }, {}]) {
      const named = { ...place, options };
      const found = gatewayRoute.found(object, named);
      const to = (from: KubeObject, canaryPercent: number) =>
        applied(from, gatewayRoute.steps(from, named, { stableSlot: 'blue', canaryPercent, match: null }));
      const renamed = applied(to(object, 50), [
        { op: 'replace', path: '/spec/rules/0/name', value: 'api-v2' },
      ]);
      const home = to(renamed, 0);
      const left = applied(home, gatewayRoute.undo(home, named, found, 'blue'));
      expect(left).toEqual(routeWith({ name: 'api-v2', backendRefs: [{ name: 'web', weight: 7 }] }));
    }
  });

  it('leaves no backend of ours in a rule that was renamed while others were added', () => {
    const object = routeWith({ name: 'api', backendRefs: [{ name: 'web' }] });
    const found = gatewayRoute.found(object, place);
    const wanted = { stableSlot: 'blue', canaryPercent: 50, match: null } as const;
    const shared = applied(object, gatewayRoute.steps(object, place, wanted));
    const pages = { name: 'pages', backendRefs: [{ name: 'web', weight: 1 }] };
    const preview = { name: 'preview', backendRefs: [{ name: 'web-canary', weight: 0 }] };
    const changed = applied(shared, [
      { op: 'replace', path: '/spec/rules/0/name', value: 'api-v2' },
      { op: 'add', path: '/spec/rules/-', value: pages },
      { op: 'add', path: '/spec/rules/-', value: preview },
    ]);
    const left = applied(changed, gatewayRoute.undo(changed, place, found, 'blue'));
    const back = { name: 'api-v2', backendRefs: [{ name: 'web', weight: 50 }] };
    expect(left).toEqual(routeWith(back, pages, preview));
  });

  it('counts every backend with the canary’s name, and takes away from all of them', () => {
    const object = routeWith({
      backendRefs: [
        { name: 'web', weight: 50 },
        { name: 'web-canary', weight: 0 },
        { name: 'web-canary', port: 81, weight: 50 },
      ],
    });
    expect(gatewayRoute.shares(object, place).shares).toEqual({ blue: 50, green: 50 });
    const to = (canaryPercent: number) =>
      applied(object, gatewayRoute.steps(object, place, { stableSlot: 'blue', canaryPercent, match: null }));
    expect(gatewayRoute.shares(to(0), place)).toEqual({ shares: { blue: 100, green: 0 }, match: null });
    expect(gatewayRoute.shares(to(20), place).shares.green).toBe(20);
  });

  it('refuses a rule with a third backend before a rollout, and still takes the canary’s share away', () => {
    const object = routeWith({
      backendRefs: [
        { name: 'web', weight: 1 },
        { name: 'web-canary', weight: 1 },
        { name: 'old', weight: 2 },
      ],
    });
    expect(() => gatewayRoute.check(object, place)).toThrow('sends a share to old as well');
    expect(gatewayRoute.shares(object, place).shares.green).toBe(25);
    const home = { stableSlot: 'blue', canaryPercent: 0, match: null } as const;
    const after = applied(object, gatewayRoute.steps(object, place, home));
    expect(gatewayRoute.shares(after, place)).toMatchObject({ shares: { green: 0 } });
  });

  it('gives each rule back its own weights, though others have moved them about', () => {
    const one = {
      matches: [{ path: { type: 'PathPrefix', value: '/a' } }],
      backendRefs: [{ name: 'web', weight: 7 }],
    };
    const two = {
      matches: [{ path: { type: 'PathPrefix', value: '/b' } }],
      backendRefs: [{ name: 'web', weight: 9 }],
    };
    const object = routeWith(one, two);
    const found = gatewayRoute.found(object, place);
    const shared = applied(
      object,
      gatewayRoute.steps(object, place, { stableSlot: 'blue', canaryPercent: 20, match: null }),
    );
    const { rules: now } = shared.spec as { rules: unknown[] };
    const moved = routeWith(...(now.toReversed() as object[]));
    expect(applied(moved, gatewayRoute.undo(moved, place, found, 'blue'))).toEqual(routeWith(two, one));
  });
});

describe('what gateways report of a route', () => {
  const reported = (...parents: object[]) => ({ ...routeWith(), status: { parents } });
  const parent = (name: string, status: string, observedGeneration: number, namespace?: string) => ({
    parentRef: { name, ...(namespace && { namespace }) },
    conditions: [{ type: 'Accepted', status, observedGeneration }],
  });

  const programmed = (status: string, observedGeneration: number) => ({
    ...parent('edge', 'True', 3),
    conditions: [...parent('edge', 'True', 3).conditions, { type: 'Programmed', status, observedGeneration }],
  });

  it.each([
    ['nobody reports', reported(), true],
    ['one that tells has programmed it', reported(programmed('True', 3)), true],
    ['one has accepted it, and not programmed it', reported(programmed('False', 3)), false],
    ['one has programmed what was before', reported(programmed('True', 2)), false],
    ['all have accepted it', reported(parent('edge', 'True', 3), parent('inner', 'True', 3, 'infra')), true],
    ['one is behind', reported(parent('edge', 'True', 3), parent('inner', 'True', 2, 'infra')), false],
    [
      'one does not serve it',
      reported(parent('edge', 'True', 3), parent('inner', 'False', 3, 'infra')),
      true,
    ],
    ['all refuse it', reported(parent('edge', 'False', 3)), false],
    [
      'one that it does not name is behind',
      reported(parent('edge', 'True', 3), parent('gone', 'True', 1)),
      true,
    ],
  ])('counts when %s', (_, object, observed) => {
    expect(gatewayRoute.observed(object)).toBe(observed);
  });
});
