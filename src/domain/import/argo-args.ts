/** Arguments of Argo's analyses, filled into queries and conditions. */
import { isMapping, ownValue } from '../plan/document/read.ts';
import type { Findings } from './finding.ts';
import type { KubeObject } from './objects.ts';
import type { Part } from './part.ts';
import type { Services } from './routing.ts';

/** What an analysis is read with. */
export interface AnalysisContext {
  readonly rollout: KubeObject;
  /** Name of the service in the plan. */
  readonly service: string;
  readonly services: Services;
  readonly objects: readonly KubeObject[];
  /** Addresses of Prometheus that were met. */
  readonly addresses: Set<string>;
  /** The spec of a template; undefined: it was not given. */
  template(kind: string, name: string, findings: Findings): Part | undefined;
}

/** What each argument stands for, or why for nothing. */
export type Filled = Readonly<Record<string, Argument>>;

type Argument = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

export function argumentsOf(args: readonly Part[], context: AnalysisContext): Filled {
  const known: [string, Argument][] = [];
  for (const arg of args) {
    const name = arg.text('name') ?? '';
    const value = arg.text('value');
    const from = arg.part('valueFrom');
    arg.done();
    if (value !== undefined) known.push([name, { ok: true, text: inPlanWords(value, context) }]);
    else if (from !== undefined) known.push([name, referred(from, name, context)]);
  }
  return Object.fromEntries(known);
}

function inPlanWords(value: string, { service }: AnalysisContext): string {
  return value === service ? '{{service}}' : value;
}

function referred(from: Part, name: string, context: AnalysisContext): Argument {
  const hash = from.text('podTemplateHashValue');
  const fieldPath = from.part('fieldRef')?.text('fieldPath');
  from.skip('secretKeyRef');
  from.done();
  if (hash !== undefined) {
    const word = hash === 'Stable' ? '{{stable}}' : '{{version}}';
    const why = 'is a hash of the pods, which Sluice does not make';
    from.findings.changed(
      from.at('podTemplateHashValue'),
      why,
      `${word} stands there: match the label that holds the version`,
    );
    return { ok: true, text: word };
  }
  if (fieldPath !== undefined) {
    const value = fieldOf(context.rollout, fieldPath);
    if (value !== undefined) return { ok: true, text: inPlanWords(value, context) };
    return { ok: false, why: `its argument ${name} is ${fieldPath} of the rollout, which has none` };
  }
  return { ok: false, why: `its argument ${name} is a secret or something else that a plan cannot hold` };
}

/** `metadata.labels['team']`, `metadata.annotations.x`, `spec.replicas`. */
function fieldOf(rollout: KubeObject, path: string): string | undefined {
  const keys = [...path.matchAll(/([^.[\]'"]+)|\[['"]([^'"]+)['"]\]/g)].map(
    ([, plain, quoted]) => plain ?? quoted ?? '',
  );
  let place: unknown = rollout.fields;
  for (const key of keys) place = isMapping(place) ? ownValue(place, key) : undefined;
  return typeof place === 'string' || typeof place === 'number' ? String(place) : undefined;
}

export function fillArguments(text: string, args: Filled): Argument {
  let missing: string | undefined;
  const filled = text.replaceAll(/\{\{\s*args\.([\w.-]+)\s*\}\}/g, (_whole, name: string) => {
    const argument = Object.hasOwn(args, name) ? args[name] : undefined;
    if (argument?.ok) return argument.text;
    missing ??= argument?.why ?? `its argument ${name} has no value`;
    return '';
  });
  return missing === undefined ? { ok: true, text: filled } : { ok: false, why: missing };
}
