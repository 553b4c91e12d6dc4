/** Finds the place of a problem in the text: by its path, such as `stages[0].weight`, or by the line that it names. */
import { type Document, isMap, isNode, isSeq, type Node, type Pair } from 'yaml';
import { readForHelp } from './parse.ts';
import { keyOf } from './place.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Located {
  readonly range: Range;
  /** From 1. */
  readonly line: number;
}

/** Finds many places in one text, which is read once. Of what is missing it is the place around it. */
export function locator(text: string): (problem: { path: string; message: string }) => Located {
  const document = readForHelp(text);
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (offset: number) => lineStarts.findLastIndex((start) => start <= offset) + 1;
  return ({ path, message }) => {
    const named = path === '' ? /^line (\d+), column (\d+): /.exec(message) : null;
    const range =
      named === null
        ? rangeOf(document, text, path)
        : inLine(text, lineStarts, Number(named[1]), Number(named[2]));
    return { range, line: lineOf(range.from) };
  };
}

/** From there to the end of the line, which is more to see than one character. */
function inLine(text: string, lineStarts: readonly number[], line: number, column: number): Range {
  const start = lineStarts[Math.min(line, lineStarts.length) - 1] ?? 0;
  const from = Math.min(start + column - 1, text.length);
  const end = text.indexOf('\n', from);
  return { from, to: end === -1 ? text.length : Math.max(end, from) };
}

function rangeOf(document: Document | null, text: string, path: string): Range {
  let range = firstLine(text);
  let node: unknown = document?.contents;
  for (let rest = path; ; ) {
    const next = stepInto(node, rest);
    if (next === null) return range;
    range = next.range ?? range;
    node = next.node;
    rest = next.rest;
  }
}

interface Next {
  readonly node: unknown;
  readonly range: Range | null;
  readonly rest: string;
}

/** Keys may have dots in them, so the longest key that the path goes on with is the one. */
function stepInto(node: unknown, path: string): Next | null {
  const index = /^\[(\d+)\]\.?/.exec(path);
  if (index && isSeq(node)) {
    const item = node.items[Number(index[1])];
    const range = isNode(item) ? firstKeyOf(item) : null;
    return item === undefined ? null : { node: item, range, rest: path.slice(index[0].length) };
  }
  if (!isMap(node) || path === '') return null;
  const fits = (key: string) =>
    key !== '' && path.startsWith(key) && /^(?:$|\.|\[)/.test(path.slice(key.length));
  const pair = node.items.filter((one) => fits(keyOf(one))).reduce<Pair | null>(longer, null);
  if (pair === null) return null;
  const range = isNode(pair.key) ? rangeOfNode(pair.key) : null;
  return { node: pair.value, range, rest: path.slice(keyOf(pair).length).replace(/^\./, '') };
}

function longer(best: Pair | null, one: Pair): Pair {
  return best === null || keyOf(one).length > keyOf(best).length ? one : best;
}

function rangeOfNode({ range }: Node): Range | null {
  return range ? { from: range[0], to: range[1] } : null;
}

/** Of a mapping in a list its first key, which is what people see of it. */
function firstKeyOf(item: Node): Range | null {
  const first = isMap(item) ? item.items[0]?.key : item;
  return isNode(first) ? rangeOfNode(first) : rangeOfNode(item);
}

/** Nothing nearer is known: the first line that says something. */
function firstLine(text: string): Range {
  const from = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(text)?.[0].length ?? 0;
  const end = text.indexOf('\n', from);
  return { from, to: end === -1 ? text.length : end };
}
