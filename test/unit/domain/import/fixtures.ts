/** The realistic documents of `documents/`, and small ones to vary. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ImportedPlan, importPlans } from '../../../../src/domain/import/import.ts';
import { parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { defaultCatalogue } from '../../../../src/providers/default-catalogue.ts';

type Fields = Readonly<Record<string, unknown>>;

export function textOf(name: string): string {
  return readFileSync(join(import.meta.dirname, 'documents', `${name}.yaml`), 'utf8');
}

/** The one plan of these documents; it must be valid with the providers that there are. */
export function planOf(...texts: readonly string[]): ImportedPlan {
  const files = texts.map((text, at) => ({ name: `file-${at}.yaml`, text }));
  const { plans, problems } = importPlans(files, null);
  const [plan, ...more] = plans;
  if (plan === undefined || more.length > 0) throw new Error(`not one plan: ${JSON.stringify(problems)}`);
  const parsed = parsePlanText(plan.text, defaultCatalogue());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return plan;
}

export function rolloutWith(canary: Fields, spec: Fields = {}): string {
  return stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { strategy: { canary }, ...spec },
  });
}

/** One metric, judged beside the steps. */
export function measuredBy(metric: Fields): string {
  const provider = { prometheus: { query: 'errors{version="v2",pod="web-canary"}' } };
  const template = stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'errors' },
    spec: { metrics: [{ name: 'errors', provider, ...metric }] },
  });
  const steps = [{ setWeight: 10 }, { pause: { duration: '10m' } }];
  return `${rolloutWith({ steps, analysis: { templates: [{ templateName: 'errors' }] } })}---\n${template}`;
}

export function canaryWith(analysis: Fields, spec: Fields = {}): string {
  return stringify({
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: 'web', namespace: 'prod' },
    spec: {
      provider: 'istio',
      targetRef: { kind: 'Deployment', name: 'web' },
      service: { port: 80 },
      analysis,
      ...spec,
    },
  });
}

/** What is told of each path. */
export function toldOf({ findings }: ImportedPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(findings.map(({ kind, path, why }) => [path, `${kind}: ${why}`]));
}
