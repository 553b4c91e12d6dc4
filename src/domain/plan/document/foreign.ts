/** Knows what other tools call a rollout, which is easily taken for a plan. */
import type { Problem } from '../../errors.ts';
import { bounds } from '../defaults.ts';
import { type Mapping, ownValue } from './read.ts';

export type Foreign = 'Rollout of Argo' | 'Canary of Flagger';

/** Null: it is neither, as far as can be told. */
export function foreignOf(kind: unknown, apiVersion: unknown): Foreign | null {
  const isOf = (name: string, group: string) =>
    kind === name && typeof apiVersion === 'string' && apiVersion.startsWith(`${group}/`);
  if (isOf('Rollout', 'argoproj.io')) return 'Rollout of Argo';
  return isOf('Canary', 'flagger.app') ? 'Canary of Flagger' : null;
}

/** One problem instead of one for each of its keys. */
export function foreignProblem(input: Mapping): Problem | null {
  return problemOf(foreignOf(ownValue(input, 'kind'), ownValue(input, 'apiVersion')));
}

/** In a text that is no single mapping, such as several documents or a template. */
export function foreignProblemIn(text: string): Problem | null {
  const documents = text.slice(0, bounds.documentBytes).split(/^---/m);
  const valueIn = (document: string, key: string) =>
    new RegExp(`^${key}: *["']?([\\w./]+)`, 'm').exec(document)?.[1];
  const foreign = documents.map((one) => foreignOf(valueIn(one, 'kind'), valueIn(one, 'apiVersion')));
  return problemOf(foreign.find((one) => one !== null) ?? null);
}

function problemOf(foreign: Foreign | null): Problem | null {
  if (foreign === null) return null;
  const message = `is a ${foreign}, not a plan; \`sluice import <file>\` makes a plan of it`;
  return { path: 'kind', message };
}
