/** Reads YAML or JSON text into a mapping, within bounds, with the place of every syntax error. */
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { messageOf, type Problem } from '../errors.ts';
import { bounds } from './defaults.ts';
import { shown } from './document/problems.ts';

type TextResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Aliases are a convenience in a plan of some screens; many of them are a bomb. */
const maxAliasCount = 100;
/** Real documents are a handful of levels deep; a parser that recurses is not asked about more. */
const maxDepth = 64;
/** Nobody reads more at once. */
const mostProblems = 20;

/** Duplicate keys, unknown tags, several documents and anything but a mapping at the top are refused. */
export function readMapping(text: string, maxBytes: number = bounds.documentBytes): TextResult {
  // A character is at least one byte, so the cheap test comes first.
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes) {
    return refuse(`the document is larger than ${maxBytes / 1024} KiB`);
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
  // The library compares each key with each other one, so duplicates are looked for below.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return { ok: false, problems: complaints.slice(0, mostProblems).map((one) => syntaxProblem(one, lines)) };
  }
  const problems = badKeys(document, lines);
  if (problems.length > 0) return { ok: false, problems };
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
  const message =
    error.code === 'MULTIPLE_DOCS' ? 'a second document begins; only one is allowed' : error.message;
  return { path: '', message: `line ${line}, column ${col}: ${message}` };
}

/** Keys that appear twice in their mapping, and keys that are lists or mappings, which JavaScript cannot keep. */
function badKeys(document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name !== undefined && !seen.has(name)) {
          seen.add(name);
        } else if (problems.length < mostProblems) {
          const { line, col } = lines.linePos(isNode(key) ? (key.range?.[0] ?? 0) : 0);
          const what =
            name === undefined ? 'a key must be plain text' : `the key ${shown(name)} appears twice`;
          problems.push({ path: '', message: `line ${line}, column ${col}: ${what}` });
        }
      }
    },
  });
  return problems;
}

/** Counts brackets, indentation levels and leading dashes, which is enough to bound every way of nesting. */
export function isTooDeep(text: string): boolean {
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
