/** The alerts: each fires when it should and at no other time, by Prometheus' own test runner, and has a runbook. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { repoRoot } from '../../../src/stack/tools.ts';
import { alertCases } from '../../support/deploy/alert-cases.ts';
import { alertsOf, rulesFile, tryAlerts } from '../../support/deploy/alerts.ts';

const path = (name: string) => join(repoRoot(), name);
const text = readFileSync(path('deploy/prometheus/sluice.rules.yaml'), 'utf8');
const rules: unknown = parse(text);
const alerts = alertsOf(rulesFile.parse(rules));

describe('the alerts', () => {
  it('fire when they should and at no other time', () => {
    expect(tryAlerts(rules)).toMatch(/SUCCESS/);
  });

  it('each have such a test', () => {
    expect(alertCases.map(({ alert }) => alert).toSorted()).toEqual(
      alerts.map(({ alert }) => alert).toSorted(),
    );
  });

  it('each have a runbook', () => {
    const operations = readFileSync(path('docs/operations.md'), 'utf8');
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(operations).toContain(`\n### ${alert}\n`);
    }
    const runbooks = [...operations.matchAll(/^### (Sluice\w+)$/gm)].map(([, name]) => name);
    expect(runbooks.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });
});

describe.each([
  ['deploy/helm/sluice/files/rules.yaml', text],
  [
    'deploy/prometheus/prometheusrule.yaml',
    stringify({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'sluice', labels: { 'app.kubernetes.io/name': 'sluice' } },
      spec: rules,
    }),
  ],
])('%s', (name, expected) => {
  it('is made of the same rules; SLUICE_UPDATE_DOCS=1 with this test writes it', () => {
    if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(path(name), expected);
    expect(parse(readFileSync(path(name), 'utf8'))).toEqual(parse(expected));
  });
});
