import { expect, it } from 'vitest';
import { parsePlan } from '../../../../src/domain/plan/schema.ts';
import { parseConfig } from '../../../../src/providers/config.ts';
import { createRegistry } from '../../../../src/providers/registry.ts';

const labelsFrom = { version: { metric: 'build_info', label: 'version' } };
const targets = [
  { url: 'http://shop-blue.internal:8080/metrics', labels: { service: 'shop' }, labelsFrom },
  { url: 'http://{{service}}-{{version}}.internal:8080/metrics' },
];
const arms = 'service="{{service}}",version="{{version}}",canary="{{canary}}",stable="{{stable}}"';
const asked = (field: string) => `orders:${field}{${arms}}[{{window}}]`;

it.each([
  ['orders', { name: 'orders', kind: 'counts', bad: asked('bad'), total: asked('total') }],
  ['pages', 'success-rate'],
])('a plan is judged by %s', async (metrics, check) => {
  const registry = createRegistry(
    parseConfig({
      traffic: { memory: {} },
      metrics: {
        pages: { type: 'scrape', targets, intervalMs: 5000 },
        orders: { type: 'webhook', url: 'https://orders.internal/sluice', secret: { env: 'ORDERS_SECRET' } },
      },
    }),
  );
  const stages = [{ weight: 10, soak: '5m', checks: [check] }];
  const plan = { service: 'shop', environment: 'prod', version: 'v2', traffic: 'memory', metrics, stages };
  expect(parsePlan(plan, registry.catalogue)).toMatchObject({ ok: true });
  expect(registry.metrics(metrics)).toBeDefined();
  await registry.close();
});

it.each([
  ['scrape', { targets: [] }, 'targets'],
  ['scrape', { targets: [{ url: 'file:///etc/passwd' }] }, 'targets.0.url'],
  ['scrape', { targets: [{ url: 'http://{{service-name}}/metrics' }] }, 'targets.0.url'],
  ['scrape', { targets, tls: {} }, 'tls'],
  ['scrape', { targets, intervalMs: 60_000, keepMs: 100_000 }, 'keepMs'],
  ['webhook', { url: 'http://orders.internal', tls: {} }, 'tls'],
  ['webhook', { url: 'http://orders.internal', secret: 'in the open' }, 'secret'],
])('the settings of %s are refused where they make no sense: %j', (type, settings, path) => {
  const registry = createRegistry(parseConfigLoosely(type, settings));
  expect(() => registry.metrics('one')).toThrow(path);
});

/** As if nobody had looked at the settings before the provider does. */
function parseConfigLoosely(type: string, settings: object) {
  const config = parseConfig({ traffic: { memory: {} }, metrics: { memory: {} } });
  return { ...config, metrics: { one: { type, settings: { ...settings } } } };
}
