/** Says in plain words what may be written at a place, for the hover and beside proposals. */
import { stringify } from 'yaml';
import type { Schema } from './schema.ts';

/** Longer lists are for the proposals. */
const mostListed = 12;

export interface Explanation {
  readonly title: string;
  readonly text: string;
  /** Facts such as `default: 15s`. */
  readonly facts: readonly string[];
}

/** Null: nothing is known of it. */
export function explain(title: string, parts: readonly Schema[]): Explanation | null {
  const text = parts.find(({ description }) => description !== undefined)?.description ?? '';
  const facts = [...new Set(parts.flatMap(factsOf))];
  return text === '' && facts.length === 0 ? null : { title, text, facts };
}

/** In one line, with what applies if nothing is written. */
export function summaryOf(schema: Schema): string {
  const { description = '' } = schema;
  // Many descriptions say it themselves.
  const says =
    schema.default === undefined || /default/i.test(description) || typeof schema.default === 'object';
  return says ? description : `${description} Default: ${shown(schema.default)}.`.trim();
}

/** A word for the kind of value, of alternatives that of the first. */
export function kindOf([first]: readonly Schema[]): string {
  if (first === undefined) return '';
  if (first.enum !== undefined || first.const !== undefined) return 'choice';
  const type = [first.type].flat()[0] ?? (first.properties === undefined ? '' : 'object');
  return words[type] ?? '';
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'mapping',
  array: 'list',
};

function factsOf(schema: Schema): readonly string[] {
  const allowed = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  const more = (allowed?.length ?? 0) > mostListed ? `, … (${allowed?.length})` : '';
  return [
    ...(allowed === undefined
      ? []
      : [`one of: ${allowed.slice(0, mostListed).map(shown).join(', ')}${more}`]),
    ...(schema.minimum === undefined ? [] : [`at least ${schema.minimum}`]),
    // Of whole numbers that have none a library writes the largest there is.
    ...(schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER
      ? []
      : [`at most ${schema.maximum}`]),
    ...(schema.default === undefined || typeof schema.default === 'object'
      ? []
      : [`default: ${shown(schema.default)}`]),
    ...(schema.examples === undefined ? [] : [`for example ${schema.examples.map(shown).join(', ')}`]),
  ];
}

function shown(value: unknown): string {
  return stringify(value).trim();
}
