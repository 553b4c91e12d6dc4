/** The plans of `examples/plans`, read with the operator's configuration beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { loadConfig } from '../../../../src/providers/config.ts';
import { createRegistry } from '../../../../src/providers/registry.ts';

const folder = resolve(import.meta.dirname, '../../../../examples/plans');
const plans = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'sluice.yaml');

it.each(plans)('%s has no problem and no warning', async (file) => {
  const { catalogue } = createRegistry(await loadConfig({ path: join(folder, 'sluice.yaml'), env: {} }));
  const text = readFileSync(join(folder, file), 'utf8');
  const result = parsePlanText(text, catalogue);
  expect('problems' in result ? result.problems : []).toEqual([]);
  expect(result.warnings).toEqual([]);
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/docs\/plan\.schema\.json\n# [A-Z0-9]/);
});

it.each([
  ['amas', 'nginx', [10, 25, 50, 75], [2, 2, 5, 5]],
  ['summit-internal', 'gateway-api', [0, 5, 25, 50], [15, 30, 30, 30]],
  ['summit-istio', 'istio', [5, 25, 50], [30, 30, 30]],
  ['atlas', 'gateway-api', [10, 50], [30, 45]],
  ['salunga', 'gateway-api', [5, 25, 50], [30, 30, 30]],
])('%s has the stages of its source', async (name, traffic, weights, minutes) => {
  const { catalogue } = createRegistry(await loadConfig({ path: join(folder, 'sluice.yaml'), env: {} }));
  const result = parsePlanText(readFileSync(join(folder, `${name}.yaml`), 'utf8'), catalogue);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.plan.traffic.name).toBe(traffic);
  expect(result.plan.stages.map(({ weightPercent }) => weightPercent)).toEqual(weights);
  expect(result.plan.stages.map(({ soakMs }) => soakMs / 60_000)).toEqual(minutes);
});
