/** Turns what zod says about a document into problems with dotted paths and plain sentences. */
import type { z } from 'zod';
import type { Problem } from '../../errors.ts';
import { adviceFor } from '../../nearest.ts';
import { bounds } from '../defaults.ts';

/** A mapping full of unknown keys is no plan; nobody reads more. */
const mostKeys = 20;

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

/** `stages` and `0` make `stages[0]`, `stages[0]` and `weight` make `stages[0].weight`. */
export function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}

type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How a number or a truth value at a path is written in the text; undefined: it is not known, or none. */
export type Written = (path: string) => string | undefined;

/** Parses one value and tells every problem with it. */
export function check<T>(
  schema: z.ZodType<T>,
  input: unknown,
  path: string,
  written?: Written | undefined,
): Checked<T> {
  const result = schema.safeParse(input, { error: explain });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, path, written)) };
}

/** One sentence for each key that does not exist; `$schema` is for editors and not worth a mention. */
export function unknownKeys(path: string, keys: readonly string[], known: readonly string[]): Problem[] {
  const worthy = known.filter((key) => key !== '$schema');
  const told = keys.slice(0, mostKeys).map((key) => ({
    path: joinPath(path, key.slice(0, bounds.textLength)),
    message: `unknown key; ${adviceFor(key, worthy)}`,
  }));
  const rest = keys.length - told.length;
  return rest === 0 ? told : [...told, { path, message: `${rest} more unknown keys` }];
}

/** A value as a message shows it: short, and never an object's inside. */
export function shown(input: unknown): string {
  if (typeof input === 'string') return `"${input.length > 60 ? `${input.slice(0, 60)}…` : input}"`;
  if (Array.isArray(input)) return 'a list';
  return typeof input === 'object' && input !== null ? 'a mapping' : String(input);
}

function problemsOf(issue: Issue, base: string, written?: Written): Problem[] {
  const path = issue.path.reduce<string>(joinPath, base);
  // `explain` has put the known keys into the message.
  if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, issue.message.split(' '));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return likeliest(issue.errors).flatMap((inner) => problemsOf(inner, path, written));
  }
  // Whoever puts the number 1.1 in quotes where the text says 1.10 ships another version.
  const source = issue.message.endsWith(putInQuotes) ? written?.(path) : undefined;
  if (source !== undefined) {
    return [{ path, message: `must be text, not ${source}${putInQuotes}: "${source}"` }];
  }
  return [{ path, message: issue.message }];
}

/** Of the alternatives the one that was probably meant: the right kind of value, then the fewest problems. */
export function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const weigh = (issues: readonly Issue[]) =>
    issues.reduce(
      (sum, { code, path }) => sum + (code === 'invalid_type' && path.length === 0 ? 1000 : 1),
      0,
    );
  return alternatives.reduce((best, issues) => (weigh(issues) < weigh(best) ? issues : best));
}

/** Says what is wrong in plain words, where a schema has none of its own for it. */
export const explain: z.core.$ZodErrorMap = (issue: RawIssue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${kindNames[issue.expected] ?? issue.expected}, not ${shown(issue.input)}${quoteHint(issue)}`;
    case 'unrecognized_keys':
      return keysOf(issue.inst).join(' ');
    case 'invalid_value':
      return issue.input === undefined
        ? `is required; allowed: ${issue.values.join(', ')}`
        : `${shown(issue.input)} is unknown; ${adviceFor(String(issue.input), issue.values.map(String))}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${sizeOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${sizeOf(issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'uuid' ? `must be a UUID, not ${shown(issue.input)}` : undefined;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
};

const kindNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

const putInQuotes = '; put it in quotes';

/** YAML reads `version: 1.10` as the number 1.1, so the quotes matter. */
function quoteHint(issue: { readonly expected?: unknown; readonly input?: unknown }): string {
  const scalar = ['number', 'boolean', 'bigint'].includes(typeof issue.input);
  return issue.expected === 'string' && scalar ? putInQuotes : '';
}

function sizeOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' || origin === 'object' || origin === 'map' ? ' entries long' : '';
}

function keysOf(inst: unknown): string[] {
  const shape = (inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return Object.keys(shape ?? {});
}
