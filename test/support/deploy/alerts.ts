/**
 * Tries alerts with `promtool test rules`: each must fire with the series of its case, and stay quiet with the others.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { locateTools } from '../../../src/stack/tools.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';

const alert = z.looseObject({
  alert: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
const rule = z.union([alert, z.looseObject({ record: z.string() })]);
export const rulesFile = z.object({
  groups: z.array(z.looseObject({ name: z.string(), rules: z.array(rule) })),
});
type RulesFile = z.infer<typeof rulesFile>;
type Alert = z.infer<typeof alert>;

export function alertsOf({ groups }: RulesFile): Alert[] {
  return groups.flatMap(({ rules }) => rules.flatMap((one) => alert.safeParse(one).data ?? []));
}

/** What promtool says of the rules and of all cases of alerts that are among them. Throws with its complaints. */
export function tryAlerts(rules: unknown): string {
  const alerts = new Map(alertsOf(rulesFile.parse(rules)).map((one) => [one.alert, one]));
  const tests = alertCases.flatMap((one) => {
    const known = alerts.get(one.alert);
    return known === undefined
      ? []
      : [testOf(one, one.fires, [expected(one, known)]), testOf(one, one.quiet, [])];
  });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
    const file = { rule_files: ['rules.yaml'], evaluation_interval: '15s', tests };
    writeFileSync(join(folder, 'tests.yaml'), stringify(file));
    const promtool = (...args: string[]) =>
      execFileSync(locateTools().promtool, args, { encoding: 'utf8', cwd: folder, stdio: 'pipe' });
    return promtool('check', 'rules', 'rules.yaml') + promtool('test', 'rules', 'tests.yaml');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testOf(
  { alert: alertname, at }: AlertCase,
  series: AlertCase['fires'],
  exp_alerts: object[],
): object {
  return {
    name: `${alertname} ${exp_alerts.length > 0 ? 'fires' : 'stays quiet'}`,
    interval: '15s',
    input_series: series.map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname, exp_alerts }],
  };
}

function expected({ labels = {}, value = '' }: AlertCase, { labels: given, annotations }: Alert): object {
  const exp_labels = { ...labels, ...given };
  const filled = (text: string) =>
    text
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => exp_labels[name] ?? '')
      .replace(/\{\{ \$value[^}]*\}\}/g, value);
  const exp_annotations = Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [name, filled(text)]),
  );
  return { exp_labels, exp_annotations };
}
