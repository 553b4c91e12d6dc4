/** Reads a mapping field by field, so that one bad field never hides the problems of another. */
import type { z } from 'zod';
import type { Problem } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { check, joinPath, shown, unknownKeys, type Written } from './problems.ts';

export type Fields = Readonly<Record<string, z.ZodType>>;

/** What could be read; a field with a problem is missing. */
export type Read<F extends Fields> = { readonly [K in keyof F]?: z.output<F[K]> };

export type Mapping = Readonly<Record<string, unknown>>;

/** Collects problems while a document is read. */
export interface Report {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** Paths that an unknown key beside them was probably meant for. Absent: nobody asks. */
  readonly meant?: Set<string>;
  /** Absent: there is no text. */
  readonly written?: Written | undefined;
}

export function isMapping(input: unknown): input is Mapping {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

/** The own value of a key; never one inherited from a prototype. */
export function ownValue(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** Reads `fields` of a mapping. `others` are keys that the caller reads itself. */
export function readFields<F extends Fields>(
  fields: F,
  others: readonly string[],
  input: Mapping,
  path: string,
  report: Report,
): Read<F> {
  const known = [...Object.keys(fields), ...others];
  const unknown = Object.keys(input).filter((key) => !known.includes(key));
  report.problems.push(...unknownKeys(path, unknown, known));
  for (const key of unknown) {
    const guess = nearest(key, known);
    if (guess !== undefined) report.meant?.add(joinPath(path, guess));
  }
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(fields)) {
    const result = check(schema, ownValue(input, key), joinPath(path, key), report.written);
    if (result.ok) values[key] = result.value;
    else report.problems.push(...result.problems);
  }
  return values as Read<F>;
}

/** Reads a bounded list; undefined when it is missing or no list. */
export function readList(
  input: unknown,
  most: number,
  path: string,
  report: Report,
): readonly unknown[] | undefined {
  if (input === undefined) return undefined;
  const problem = !Array.isArray(input)
    ? `must be a list, not ${shown(input)}`
    : input.length > most
      ? `must have at most ${most} entries, not ${input.length}`
      : undefined;
  if (problem === undefined) return input as readonly unknown[];
  report.problems.push({ path, message: problem });
  return undefined;
}
