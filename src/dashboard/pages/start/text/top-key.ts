/** Sets one key at the top of a plan and leaves all else as it was written, comments and order too. */
import { isMap, isNode } from 'yaml';
import { readForHelp } from './parse.ts';
import { keyOf } from './place.ts';

/** Null: the text is not one in which that can be done. */
export function withTopKey(text: string, key: string, value: string): string | null {
  const document = readForHelp(text);
  const top = document?.contents;
  if (document === null || document.errors.length > 0 || !isMap(top)) return null;
  const pair = top.items.find((one) => keyOf(one) === key);
  const range = isNode(pair?.value) ? pair.value.range : undefined;
  if (range) return `${text.slice(0, range[0])}${value}${text.slice(range[1])}`;
  if (pair) return null;
  const first = top.items[0]?.key;
  if (top.flow !== true) return `${text.replace(/\n*$/, '\n')}${key}: ${value}\n`;
  const at = isNode(first) ? first.range?.[0] : undefined;
  return at === undefined
    ? null
    : `${text.slice(0, at)}${JSON.stringify(key)}: ${JSON.stringify(value)}, ${text.slice(at)}`;
}
