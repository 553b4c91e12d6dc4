/** Reads YAML or JSON text into a mapping, within bounds, with the place of every syntax error. */
import {
  Composer,
  type CST,
  Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
} from 'yaml';
import { messageOf, type Problem } from '../errors.ts';
import { bounds } from './defaults.ts';
import { joinPath, shown, type Written } from './document/problems.ts';

type TextResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>>; readonly written: Written }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Aliases are a convenience in a plan of some screens; many of them are a bomb. */
const maxAliasCount = 100;
/** Real documents are a handful of levels deep; a parser that recurses is not asked about more. */
const maxDepth = 64;
/** Where a tab is looked for at the beginning of a line. */
const longestIndent = 512;
/** Nobody reads more at once. */
const mostProblems = 20;

interface TextLimits {
  /** Default 256 KiB. */
  readonly bytes?: number;
  /** Keys, values, brackets, spaces, line ends and the like. Default: as many as the bytes allow. */
  readonly tokens?: number;
}

/** Duplicate keys, unknown tags, several documents and anything but a mapping at the top are refused. */
export function readMapping(text: string, limits: TextLimits = {}): TextResult {
  const { bytes = bounds.documentBytes, tokens = Number.POSITIVE_INFINITY } = limits;
  // A character is at least one byte, so the cheap test comes first.
  if (text.length > bytes || new TextEncoder().encode(text).length > bytes) {
    return refuse(`the document is larger than ${bytes / 1024} KiB`);
  }
  if (isTooDeep(text)) return refuse(`the document is nested more than ${maxDepth} levels deep`);
  try {
    if (hasMoreTokens(text, tokens)) {
      return refuse(`the document has more than ${tokens} keys, values, brackets, spaces and line ends`);
    }
    return read(text);
  } catch (error) {
    return refuse(messageOf(error).split('\n')[0] ?? 'the document cannot be read');
  }
}

/** Telling tokens apart costs a small part of what is then made of each one. */
function hasMoreTokens(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}

function read(text: string): TextResult {
  const lines = new LineCounter();
  const { document, complaints } = compose(text, lines);
  if (complaints.length > 0) {
    return { ok: false, problems: untabbed(complaints, text).map((one) => syntaxProblem(one, lines)) };
  }
  const problems = badKeys(document, lines);
  if (problems.length > 0) return { ok: false, problems };
  const value: unknown = document.toJS({ maxAliasCount });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ok: true, value: value as Readonly<Record<string, unknown>>, written: writtenIn(document) };
  }
  return refuse(
    value === null ? 'the document is empty' : 'the document must be a mapping of keys to values',
  );
}

/** Looked through when it is first asked for, which is only where something is wrong. */
function writtenIn(document: Document): Written {
  let sources: ReadonlyMap<string, string> | null = null;
  return (path) => {
    sources ??= new Map(sourcesOf(document.contents, ''));
    return sources.get(path);
  };
}

function* sourcesOf(node: unknown, path: string): Generator<readonly [string, string]> {
  if (isMap(node)) {
    for (const { key, value } of node.items)
      if (isScalar(key)) yield* sourcesOf(value, joinPath(path, String(key.value)));
  } else if (isSeq(node)) {
    for (const [at, item] of node.items.entries()) yield* sourcesOf(item, joinPath(path, at));
  } else if (isScalar(node) && node.source !== undefined) {
    if (['number', 'boolean', 'bigint'].includes(typeof node.value)) yield [path, node.source];
  }
}

interface Complaint {
  /** Characters before it. */
  readonly at: number;
  readonly message: string;
}

/**
 * The library makes an error, with its stack, of everything that is wrong, which takes seconds where all of a text is.
 * It has no bound for that, so its errors are taken where they arise. Were it to keep some in another way, those of the
 * document are heeded as well.
 */
function compose(text: string, lines: LineCounter) {
  const complaints: Complaint[] = [];
  const complain = (at: number, message: string) => {
    if (complaints.length < mostProblems) complaints.push({ at, message });
  };
  // The library compares each key with each other one, so duplicates are looked for afterwards.
  const composer = new Composer({ uniqueKeys: false });
  Reflect.set(composer, 'onError', (source: ErrorSource, _code: string, message: string) => {
    complain(startOf(source), message);
  });
  const tokens = withoutErrors(new Parser(lines.addNewLine).parse(text), complain);
  const [document = new Document(null), second] = composer.compose(tokens, true, text.length);
  for (const { pos, message } of [...document.errors, ...document.warnings]) complain(pos[0], message);
  if (second !== undefined) complain(second.range[0], 'a second document begins; only one is allowed');
  return { document, complaints };
}

/** Once a tab has thrown the indentation out, what is said of the rest of the text means nothing. */
function untabbed(complaints: readonly Complaint[], text: string): readonly Complaint[] {
  // In JSON tabs are as good as spaces.
  if (/^\s*\{/.test(text)) return complaints;
  const tabbed = complaints
    .map(({ at }) => ({ start: text.lastIndexOf('\n', at - 1) + 1, at }))
    .find(({ start }) => /^ *\t/.test(text.slice(start, start + longestIndent)));
  if (tabbed === undefined) return complaints;
  return [{ at: tabbed.start, message: 'tabs are not allowed as indentation; write spaces, here and below' }];
}

/** In which of its ways the library tells the place of an error. */
type ErrorSource = number | readonly number[] | { readonly offset: number };

function startOf(source: ErrorSource): number {
  if (typeof source === 'number') return source;
  return 'offset' in source ? source.offset : (source[0] ?? 0);
}

function* withoutErrors(
  tokens: Iterable<CST.Token>,
  complain: (at: number, message: string) => void,
): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type !== 'error') yield token;
    else complain(token.offset, token.source ? `${token.message}: ${shown(token.source)}` : token.message);
  }
}

function syntaxProblem({ at, message }: Complaint, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(at);
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
