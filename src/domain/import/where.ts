/** Which object is imported, in which company, and where it lives. */
import { isMapping, ownValue } from '../plan/document/read.ts';
import type { ProviderDraft, Sourced } from './draft.ts';
import type { Findings } from './finding.ts';
import { objectRefOf, slugOf } from './names.ts';
import type { KubeObject } from './objects.ts';
import { Part } from './part.ts';

export interface ImportContext {
  readonly environment: string | null;
  readonly objects: readonly KubeObject[];
  readonly findings: Findings;
}

export function partOf({ fields }: KubeObject, findings: Findings): Part {
  const spec = ownValue(fields, 'spec');
  return new Part('spec', isMapping(spec) ? spec : {}, findings);
}

/** A file may leave the namespace to whoever applies it. */
export function near(a: KubeObject, b: KubeObject): boolean {
  return a.namespace === null || b.namespace === null || a.namespace === b.namespace;
}

export function environmentOf(asked: string | null, { namespace }: KubeObject): Sourced<string> {
  if (asked !== null) return { value: asked, from: '--environment' };
  if (namespace !== null)
    return { value: slugOf(namespace), from: 'metadata.namespace; --environment sets another' };
  return { value: 'production', from: 'not said; --environment sets another' };
}

export function inNamespace(provider: ProviderDraft, { namespace }: KubeObject): ProviderDraft {
  return {
    ...provider,
    options: { ...provider.options, namespace: objectRefOf(namespace ?? undefined, undefined) },
  };
}
