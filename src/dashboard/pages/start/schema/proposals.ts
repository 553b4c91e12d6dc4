/** What may be written where the cursor is: keys that are not there yet, or values that are allowed. */
import { stringify } from 'yaml';
import type { Cursor } from '../text/cursor.ts';
import { kindOf, summaryOf } from './explain.ts';
import type { Schema } from './schema.ts';
import { fitting, partsAt, plainParts } from './walk.ts';

export interface Proposal {
  readonly label: string;
  readonly kind: 'key' | 'value';
  /** What is written in place of the word. */
  readonly insert: string;
  /** Beside the label: the kind of value, or where the value comes from. */
  readonly note: string;
  readonly explanation: string;
  /** The plan is no plan without it. */
  readonly needed: boolean;
}

export function proposalsAt(root: Schema, cursor: Cursor): readonly Proposal[] {
  const parts = partsAt(root, cursor.steps);
  const keys = cursor.kind === 'key' ? keysOf(root, parts, cursor) : [];
  const values = cursor.kind === 'value' || cursor.alone ? valuesOf(parts) : [];
  return unique([...keys, ...values]);
}

function keysOf(root: Schema, parts: readonly Schema[], cursor: Cursor): readonly Proposal[] {
  return fitting(parts, cursor.beside).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties)
      .filter(([key]) => !cursor.beside.has(key))
      .map(([key, schema]) => {
        const note = kindOf(plainParts(root, schema));
        const insert = `${key}${endingOf(note, cursor)}`;
        const needed = required.includes(key);
        return { label: key, kind: 'key' as const, insert, note, explanation: summaryOf(schema), needed };
      }),
  );
}

/** What holds further lines begins one. */
function endingOf(kind: string, { flow, column }: Cursor): string {
  if (flow) return kind === 'list' ? ': []' : kind === 'mapping' ? ': {}' : ': ';
  const indent = `:\n${' '.repeat(column + 2)}`;
  return kind === 'list' ? `${indent}- ` : kind === 'mapping' ? indent : ': ';
}

function valuesOf(parts: readonly Schema[]): readonly Proposal[] {
  return parts.flatMap((part) => {
    const allowed = [...(part.enum ?? []), ...(part.const === undefined ? [] : [part.const])];
    const either = part.type === 'boolean' ? [true, false] : [];
    const listed = [...allowed, ...either].map((value) => proposalOf(value, part, noteOf(value, part)));
    if (listed.length > 0) return listed;
    const examples = (part.examples ?? []).map((value) => proposalOf(value, part, 'example'));
    return isPlain(part.default) ? [proposalOf(part.default, part, 'default'), ...examples] : examples;
  });
}

function noteOf(value: unknown, { default: usual }: Schema): string {
  return value === usual ? 'default' : '';
}

function proposalOf(value: unknown, part: Schema, note: string): Proposal {
  const insert = stringify(value).trim();
  return { label: insert, kind: 'value', insert, note, explanation: part.description ?? '', needed: false };
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Several kinds of check know the same key; it is told once, as needed if one of them needs it. */
function unique(proposals: readonly Proposal[]): readonly Proposal[] {
  const known = new Map<string, Proposal>();
  for (const one of proposals) {
    const id = `${one.kind} ${one.label}`;
    const before = known.get(id);
    known.set(id, before ? { ...before, needed: before.needed && one.needed } : one);
  }
  return [...known.values()];
}
