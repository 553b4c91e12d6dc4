/**
 * What instances of `sluice.yaml` say of the plans that may use them, with the provider types that come with Sluice.
 */
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/domain/plan/schema.ts';
import { boundProblems } from '../../../src/domain/policy/bounds.ts';
import { parseConfig } from '../../../src/providers/config.ts';
import { createRegistry } from '../../../src/providers/registry.ts';

const input = (traffic: object, workload: object = {}) => ({
  traffic: { 'gateway-api': traffic },
  workload: { kubernetes: workload },
  metrics: { memory: { environments: ['staging'] } },
});

function problemsOf(traffic: object, choice: object, workload: object = {}): readonly string[] {
  const config = parseConfig(input(traffic, workload), { env: {} });
  const registry = createRegistry(config);
  const parsed = parsePlan(
    {
      service: 'shop',
      environment: 'staging',
      version: 'v2',
      traffic: { provider: 'gateway-api', ...choice },
      workload: { provider: 'kubernetes', ...choice },
      metrics: 'memory',
      checks: ['success-rate'],
      stages: [{ weight: 5, soak: '10m' }],
    },
    registry.catalogue,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return boundProblems(parsed.plan, registry.bounds, 'environment').map(({ path }) => path);
}

const places = [{ environments: ['staging'], namespaces: ['staging'] }];

describe('what instances say of plans', () => {
  it('keeps a plan of one environment out of the namespace of another, of routes and of workloads', () => {
    expect(problemsOf({ places }, { namespace: 'production' }, { places })).toEqual([
      'traffic.namespace',
      'workload.namespace',
    ]);
    expect(problemsOf({ places }, { namespace: 'staging' }, { places })).toEqual([]);
    expect(problemsOf({}, {}, {})).toEqual(['traffic', 'workload']);
  });

  it('takes places only where plans name objects, and tells what it cannot read', () => {
    const read = (config: object) => () => parseConfig(config, { env: {} });
    expect(read({ metrics: { memory: { places } } })).toThrow(/metrics\.memory\.places: is for instances/);
    expect(read(input({ places: [{ namespace: 'x' }] }))).toThrow(/places\[0\]\.namespace/);
    expect(read(input({ environments: [] }))).toThrow(/gateway-api\.environments/);
  });
});
