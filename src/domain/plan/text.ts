/** Reads YAML or JSON text into a mapping, within bounds, with the place of every syntax error. */
import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { messageOf, type Problem } from '../errors.ts';
import { bounds } from './defaults.ts';

export type TextResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Aliases are a convenience in a plan of some screens; many of them are a bomb. */
const maxAliasCount = 100;
/** Real documents are a handful of levels deep; a parser that recurses is not asked about more. */
const maxDepth = 64;

/** Duplicate keys, unknown tags, several documents and anything but a mapping at the top are refused. */
export function readMapping(text: string): TextResult {
  // A character is at least one byte, so the cheap test comes first.
  if (text.length > bounds.documentBytes || new TextEncoder().encode(text).length > bounds.documentBytes) {
    return refuse(`the document is larger than ${bounds.documentBytes / 1024} KiB`);
  }
  if (isTooDeep(text)) return refuse(`the document is nested more than ${maxDepth} levels deep`);
  try {
    return read(text);
  } catch (error) {
    return refuse(messageOf(error).split('\n')[0] ?? 'the document cannot be read');
  }
}

function read(text: string): TextResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return { ok: false, problems: complaints.slice(0, 20).map((one) => syntaxProblem(one, lines)) };
  }
  const value: unknown = document.toJS({ maxAliasCount });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ok: true, value: value as Readonly<Record<string, unknown>> };
  }
  return refuse(
    value === null ? 'the document is empty' : 'the document must be a mapping of keys to values',
  );
}

function syntaxProblem(error: YAMLError, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  return { path: '', message: `line ${line}, column ${col}: ${error.message}` };
}

/** Counts brackets, indentation levels and leading dashes, which is enough to bound every way of nesting. */
function isTooDeep(text: string): boolean {
  let brackets = 0;
  let deepest = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++brackets);
    else if ((sign === ']' || sign === '}') && brackets > 0) brackets -= 1;
  }
  if (deepest > maxDepth) return true;
  return /^ *(?:[-?:] +){64}/m.test(text) || /^ {512}/m.test(text);
}

function refuse(message: string): TextResult {
  return { ok: false, problems: [{ path: '', message }] };
}
