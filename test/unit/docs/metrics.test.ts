/**
 * What docs/operations.md says of metrics is what the code has, by name; and the names are as Prometheus wants them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ApiMetrics } from '../../../src/api/metrics.ts';
import { GuardMetrics } from '../../../src/guard/metrics.ts';
import { repoRoot } from '../../../src/stack/tools.ts';
import { WorkerMetrics } from '../../../src/worker/metrics.ts';

const read = (path: string) => readFileSync(join(repoRoot(), path), 'utf8');
const operations = read('docs/operations.md');
const unique = (names: Iterable<string>) => [...new Set(names)].toSorted();

function sources(folder: string): string[] {
  return readdirSync(join(repoRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
}

describe('the metrics', () => {
  it('are all in docs/operations.md, and it tells of no others', () => {
    const inCode = sources('src').flatMap((text) => [...text.matchAll(/'(sluice_[a-z0-9_]+)'/g)]);
    const inDocs = [...operations.matchAll(/^\| `(sluice_[a-z0-9_]+)/gm)];
    expect(unique(inDocs.map(([, name = '']) => name))).toEqual(unique(inCode.map(([, name = '']) => name)));
  });

  it('have there the labels that they have', async () => {
    for (const registry of registries()) {
      for (const { name, labels } of await ownOf(registry)) {
        // A guard's are by cluster and namespace all, and the text before the table says so.
        const told = labels.filter((label) => !name.startsWith('sluice_guard') || !place.includes(label));
        const shown = told.length === 0 ? '' : `{${told.join(',')}}`;
        expect(operations).toContain(`| \`${name}${shown}\` |`);
      }
    }
  });

  it('are named and explained as Prometheus wants it', async () => {
    for (const registry of registries()) {
      for (const { name, type, help } of await ownOf(registry)) {
        expect(help).toMatch(/^[A-Z0-9].*[^.]\.?$/);
        expect(name.endsWith('_total'), name).toBe(type === 'counter');
        if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      }
    }
  });
});

describe('what alerts and dashboards read', () => {
  it('of Temporal’s SDK is named in docs/operations.md', () => {
    const texts = [read('deploy/prometheus/sluice.rules.yaml')];
    const names = unique(
      texts.flatMap((text) => [...text.matchAll(/\btemporal_[a-z_]+/g)].map(([name]) => name)),
    );
    const plain = names.map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    for (const name of plain) expect(operations).toContain(`\`${name}`);
  });
});

const place = ['cluster', 'namespace'];

function registries(): Registry[] {
  const worker = new WorkerMetrics({ notReady: () => null, receivers: [] });
  const guard = new GuardMetrics(() => []);
  const api = new ApiMetrics();
  api.show({
    phases: () => null,
    workerSeen: () => null,
    express: () => ({ stops: 0, untold: 0, storms: 0 }),
  });
  return [worker.registry, guard.registry, api.registry];
}

interface Own {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

async function ownOf(registry: Registry): Promise<Own[]> {
  const metrics: MetricObjectWithValues<MetricValue<string>>[] = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => name.startsWith('sluice_'))
    .map(({ name, type, help }) => ({
      name,
      type: String(type),
      help,
      labels: labelsOf(registry.getSingleMetric(name)),
    }));
}

/** prom-client keeps them without naming them in its types. */
function labelsOf(metric: unknown): string[] {
  const named = metric as { labelNames?: readonly string[] };
  return [...(named.labelNames ?? [])];
}
