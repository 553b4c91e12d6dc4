import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../../src');

/** Which folders (longest prefix wins) a layer may import from, beside itself. Arrows point inward. */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  workflows: ['domain', 'activities/types.ts'],
  providers: ['domain', 'telemetry'],
  telemetry: ['domain'],
  activities: ['domain', 'providers'],
  codec: ['domain', 'providers/encryption.ts', 'providers/secret.ts'],
  backtest: [
    'domain',
    'providers/default-catalogue.ts',
    'providers/metrics/prometheus.ts',
    'providers/metrics/types.ts',
    'activities/deps.ts',
    'activities/stable.ts',
    'activities/watch/ask.ts',
    'activities/watch/looks.ts',
  ],
  report: ['domain', 'api/contract.ts', 'api/contract', 'backtest'],
  audit: ['domain', 'codec/readable.ts', 'api/contract.ts', 'api/contract'],
  evidence: [
    'domain',
    'providers/evidence',
    'providers/secret.ts',
    'audit',
    'api/contract.ts',
    'api/contract',
  ],
  worker: [
    'domain',
    'codec',
    'providers',
    'activities',
    'workflows',
    'evidence',
    'telemetry',
    'stack/tools.ts',
  ],
  api: [
    'domain',
    'telemetry',
    'audit',
    'codec',
    'evidence',
    'report',
    'backtest',
    'providers/limit.ts',
    'providers/metrics/query-trial.ts',
    'providers/metrics/types.ts',
    'providers/approval-links.ts',
    'providers/auth-settings.ts',
    'providers/config.ts',
    'providers/outgoing.ts',
    'providers/policies.ts',
    'providers/secret.ts',
    'providers/registry.ts',
    'providers/traffic/types.ts',
    'providers/unhurried-log.ts',
    'worker/bundle-path.ts',
    'worker/attributes.ts',
    'worker/invalid-call.ts',
    'worker/known-rollouts.ts',
    'worker/listing.ts',
    'worker/not-found.ts',
    'worker/open-emergencies.ts',
    'worker/start-options.ts',
  ],
  client: ['api/contract', 'domain/errors.ts'],
  cli: [
    'domain',
    'client',
    'audit/replay.ts',
    'evidence',
    'report',
    'backtest/chart.ts',
    'backtest/local.ts',
    'worker/bundle-path.ts',
    'providers/config.ts',
    'providers/kube/rights.ts',
    'providers/kube/settings.ts',
    'providers/policies.ts',
    'providers/rbac.ts',
    'providers/reach.ts',
    'providers/registry.ts',
    'providers/workload/process-identity.ts',
    'api/contract.ts',
    'api/contract',
    'api/access/tokens.ts',
    'stack/stack.ts',
    'stack/paint.ts',
    'stack/fit.ts',
    'stack/view.ts',
    'stack/ports.ts',
    'guard/config.ts',
    'guard/run.ts',
  ],
  stack: ['domain', 'providers', 'api/contract.ts', 'api/contract', 'worker/logger.ts'],
  // It must run, and be read, without the rest.
  guard: [
    'domain/errors.ts',
    'domain/plan/types.ts',
    'domain/plan/text.ts',
    'domain/rollout/types.ts',
    'providers/kube',
    'providers/limit.ts',
    'providers/listen.ts',
    'providers/pages.ts',
    'providers/tracing.ts',
    'providers/traffic',
    'providers/turns.ts',
    'providers/unhurried-log.ts',
    'telemetry',
  ],
  demo: ['domain'],
  // Runs in browsers. Of the contract it takes types: what is checked is checked by the API and by its client.
  dashboard: ['domain', 'client', 'report/names.ts', 'api/contract.ts', 'api/contract'],
};

const editor = ['autocomplete', 'commands', 'lang-yaml', 'language', 'lint', 'state', 'view'].map(
  (part) => `@codemirror/${part}`,
);

/** Packages that a layer may import; null: any. */
const packages: Record<string, readonly string[] | null> = {
  domain: ['zod', 'yaml'],
  workflows: ['@temporalio/workflow', '@temporalio/common'],
  dashboard: ['react', 'react-dom/client', 'uplot', 'wouter', 'yaml', '@lezer/highlight', ...editor],
};

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesOf(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(path: string): Import[] {
  const text = readFileSync(path, 'utf8');
  const file = relative(source, path);
  const layer = file.split('/')[0] ?? '';
  const statements = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?from\s+)?['"]([^'"]+)['"]/g,
  );
  const dynamic = text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [
    ...[...statements].map((found) => ({
      file,
      layer,
      specifier: found[3] ?? '',
      typeOnly: found[2] !== undefined,
    })),
    ...[...dynamic].map((found) => ({ file, layer, specifier: found[1] ?? '', typeOnly: false })),
  ];
}

const imports = filesOf(source).flatMap(importsOf);

function targetOf({ file, specifier }: Import): string {
  return relative(source, resolve(source, dirname(file), specifier));
}

function isAllowed(one: Import): boolean {
  const target = targetOf(one);
  const allowed = [one.layer, ...(mayImport[one.layer] ?? [])];
  return allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
}

/** Every file that is loaded with a layer, types left aside. */
function reachedFrom(layer: string): Set<string> {
  const reached = new Set<string>();
  const queue = imports.filter((one) => one.layer === layer).map(({ file }) => file);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const loaded = imports.filter((one) => one.file === file && !one.typeOnly);
    queue.push(...loaded.filter(({ specifier }) => specifier.startsWith('.')).map(targetOf));
  }
  return reached;
}

describe('the import arrows', () => {
  it('point inward', () => {
    const wrong = imports.filter((one) => one.specifier.startsWith('.') && !isAllowed(one));
    expect(wrong.map((one) => `${one.file} -> ${targetOf(one)}`)).toEqual([]);
  });

  it('know every layer', () => {
    expect([...new Set(imports.map(({ layer }) => layer))].filter((layer) => !(layer in mayImport))).toEqual(
      [],
    );
  });

  it('bring types of the contract into the dashboard, and none of its code', () => {
    const wrong = imports.filter(
      (one) => one.layer === 'dashboard' && targetOf(one).startsWith('api/') && !one.typeOnly,
    );
    expect(wrong.map((one) => `${one.file} -> ${targetOf(one)}`)).toEqual([]);
  });

  it('bring no clock, no I/O and no Temporal into domain, and no library into workflows', () => {
    const wrong = imports.filter(({ layer, specifier }) => {
      const known = packages[layer];
      return known && !specifier.startsWith('.') && !known.includes(specifier);
    });
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('let the client run in a browser: nothing but code that needs no package', () => {
    const reached = reachedFrom('client');
    expect([...reached].filter((file) => !file.startsWith('client/'))).toEqual(['api/contract/ended.ts']);
    const needed = imports.filter(({ file, typeOnly }) => reached.has(file) && !typeOnly);
    expect(needed.filter(({ specifier }) => !specifier.startsWith('.'))).toEqual([]);
  });

  it('leave the library of Kubernetes, half of what a process would load, to whoever has a cluster', () => {
    const statements = filesOf(source).filter((path) =>
      /^import (?!type).*'@kubernetes\/client-node'/m.test(readFileSync(path, 'utf8')),
    );
    expect(statements).toEqual([]);
  });

  it('let workflows reach domain code that is free of zod and yaml, and activities as types only', () => {
    const reached = reachedFrom('workflows');
    for (const { file, specifier, typeOnly } of imports) {
      if (!reached.has(file) || typeOnly || specifier.startsWith('.')) continue;
      expect(['@temporalio/workflow', '@temporalio/common'], file).toContain(specifier);
    }
    expect([...reached].filter((file) => file.startsWith('activities/'))).toEqual([]);
    expect(reached.size).toBeGreaterThan(10);
  });
});
