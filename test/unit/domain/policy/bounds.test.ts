/**
 * An instance is the operator's to give: to plans of some environments, and of a cluster only the places that are
 * theirs.
 */
import { describe, expect, it } from 'vitest';
import { type Bounds, boundProblems, type Place, type Reach } from '../../../../src/domain/policy/bounds.ts';
import { planFixture } from '../../../support/plan.ts';

const place = (more: Partial<Place>): Place => ({
  environments: ['*'],
  services: ['*'],
  namespaces: null,
  names: ['{{service}}', '{{service}}-canary'],
  ...more,
});
const bounds = (
  places: readonly Place[] | null,
  environments: readonly string[] | null = null,
  namespace: string | null = 'apps',
): Bounds => ({ traffic: { routes: { environments, places, naming: ['route', 'stable'], namespace } } });

function problemsOf(options: Record<string, unknown>, given: Bounds, reach: Reach = 'anywhere') {
  const plan = planFixture({
    environment: 'staging',
    service: 'shop',
    traffic: { name: 'routes', options },
  });
  return boundProblems(plan, given, reach).map(({ path, message }) => `${path}: ${message}`);
}

const split = bounds([
  place({ environments: ['prod'], namespaces: ['production'] }),
  place({ environments: ['staging*'], namespaces: ['staging', 'try-{{service}}'] }),
]);

describe('places of an instance', () => {
  it.each([{ namespace: 'staging' }, { namespace: 'try-shop', route: 'shop-canary' }])(
    'takes a plan that stays within its own: %j',
    (options) => {
      expect(problemsOf(options, split)).toEqual([]);
    },
  );

  it('refuses the namespace of another environment, whoever asks', () => {
    for (const reach of ['anywhere', 'environment', 'service'] as const) {
      expect(problemsOf({ namespace: 'production' }, split, reach)).toEqual([
        'traffic.namespace: production is not for plans of staging/shop; routes gives them: staging, try-{{service}} (its `places`)',
      ]);
    }
  });

  it('refuses the namespace of the instance where that is not among those that are given', () => {
    expect(problemsOf({}, split)[0]).toMatch(/^traffic.namespace: apps is not for/);
    expect(problemsOf({}, bounds([place({})]))).toEqual([]);
    expect(problemsOf({}, bounds([place({})], null, null))[0]).toMatch(/^traffic.namespace: has to be named/);
  });

  it('refuses what belongs to another service in the same namespace', () => {
    expect(problemsOf({ namespace: 'staging', route: 'cart', stable: 'shop' }, split)).toEqual([
      'traffic.route: cart is not for plans of staging/shop; in staging routes gives them: {{service}}, {{service}}-canary (its `places`)',
    ]);
  });

  it('refuses a plan that has no place at all', () => {
    expect(problemsOf({}, bounds([place({ environments: ['prod'] })]))[0]).toMatch(
      /^traffic: routes has no place for plans of staging/,
    );
  });
});

describe('an instance without places', () => {
  it('is for whoever may start everywhere, and for an environment that it is said to be for', () => {
    const silent = bounds(null);
    expect(problemsOf({ namespace: 'production' }, silent, 'anywhere')).toEqual([]);
    for (const reach of ['environment', 'service'] as const) {
      expect(problemsOf({}, silent, reach)[0]).toMatch(/^traffic: routes does not say which plans/);
    }
    const own = bounds(null, ['staging']);
    expect(problemsOf({ namespace: 'any' }, own, 'environment')).toEqual([]);
    expect(problemsOf({ namespace: 'any' }, own, 'service')).toHaveLength(1);
  });

  it('refuses plans of environments that it is not for', () => {
    expect(problemsOf({}, bounds(null, ['prod', 'prod-*']))).toEqual([
      'traffic: routes is for plans of prod, prod-*, not of staging (its `environments`)',
    ]);
  });

  it('binds nobody where plans name no objects', () => {
    const plain = {
      traffic: { routes: { environments: null, places: null, naming: null, namespace: null } },
    };
    expect(problemsOf({}, plain, 'service')).toEqual([]);
  });
});
