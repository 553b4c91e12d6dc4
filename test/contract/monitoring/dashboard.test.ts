/**
 * The Grafana dashboard: every query of it is run by a real Prometheus over series as Sluice and services have them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repoRoot } from '../../../src/stack/tools.ts';
import { monitoredHistory } from '../../support/deploy/monitored-history.ts';
import { openMetricsOf } from '../../support/history.ts';
import { startPrometheus, type TestPrometheus } from '../../support/prometheus.ts';

const datasource = z.object({ type: z.literal('prometheus'), uid: z.string().regex(/^\$\{datasource\}$/) });
const panelSchema = z.object({
  id: z.int(),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource,
  fieldConfig: z.object({ defaults: z.looseObject({ unit: z.string().min(1) }) }),
  targets: z.array(z.object({ datasource, expr: z.string(), legendFormat: z.string().min(1) })).min(1),
});
const dashboard = z
  .object({
    panels: z.array(z.looseObject({ type: z.string() })),
    templating: z.object({
      list: z.array(z.looseObject({ name: z.string(), type: z.string(), query: z.unknown() })),
    }),
  })
  .parse(JSON.parse(readFileSync(join(repoRoot(), 'deploy/grafana/sluice.json'), 'utf8')));
const panels = dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => panelSchema.parse(panel));
const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, legendFormat, expr })),
);
const variables = new Map(dashboard.templating.list.map(({ name, query }) => [name, query]));

describe('the dashboard', () => {
  it('names its data source, and the metrics of services, by variables alone', () => {
    expect([...variables.keys()]).toEqual(['datasource', 'environment', 'service', 'requests', 'duration']);
    for (const { expr } of queries) {
      expect(expr).not.toMatch(/(?<!sluice_)http_request/);
      for (const [, name = ''] of expr.matchAll(/\$\{?(\w+)/g)) {
        expect(name === '__rate_interval' || variables.has(name), `${name} in ${expr}`).toBe(true);
      }
    }
  });

  it('has each panel once', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('reads no metric that is not in docs/operations.md', () => {
    const operations = readFileSync(join(repoRoot(), 'docs/operations.md'), 'utf8');
    const names = queries.flatMap(({ expr }) => expr.match(/\b(sluice|temporal)_[a-z_]+/g) ?? []);
    for (const name of new Set(names))
      expect(operations).toContain(`\`${name.replace(/_(bucket|count)$/, '')}`);
  });
});

describe('each query', () => {
  let prometheus: TestPrometheus;
  const nowS = Math.floor(Date.now() / 1000);
  beforeAll(async () => {
    prometheus = await startPrometheus({
      history: openMetricsOf(monitoredHistory(nowS * 1000)),
      scrapeMs: 1_000,
    });
  });
  afterAll(async () => prometheus?.stop());

  it.each(queries)('$title: $legendFormat has data', async ({ expr }) => {
    const query = expr.replace(/\$__rate_interval/g, '1m').replace(/\$\{?(\w+)\}?/g, (_, name: string) => {
      const value = variables.get(name);
      return name === 'environment' || name === 'service' ? '.*' : String(value);
    });
    const range = { query, start: String(nowS - 600), end: String(nowS - 30), step: '30' };
    const answer = await fetch(`${prometheus.url}/api/v1/query_range?${new URLSearchParams(range)}`);
    const { data } = answerSchema.parse(await answer.json());
    const values = data.result.flatMap((series) => series.values.map(([, value]) => Number(value)));
    expect(values.filter(Number.isFinite).length, query).toBeGreaterThan(0);
  });
});

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});
