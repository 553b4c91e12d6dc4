/** A place in a document: the way to it, and what stands beside each step. */
import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** The keys of a mapping with their plain values; undefined: a value that is not plain. */
export type Beside = ReadonlyMap<string, unknown>;

export interface Step {
  /** A number is the place in a list. */
  readonly key: string | number;
  /** Of a mapping; empty for a list. */
  readonly beside: Beside;
}

type Ancestors = readonly (Document | Node | Pair)[];

const nothing: Beside = new Map();

/** The steps from the top to a node, by its ancestors, the outermost first. */
export function stepsTo(node: unknown, ancestors: Ancestors): readonly Step[] {
  const way = [...ancestors, node];
  return way.flatMap((one, at): Step[] => {
    const next = way[at + 1];
    if (isMap(one) && isPair(next)) return [{ key: keyOf(next), beside: besideIn(one) }];
    return isSeq(one) && next !== undefined ? [{ key: one.items.indexOf(next), beside: nothing }] : [];
  });
}

function besideIn({ items }: YAMLMap): Beside {
  return new Map(items.map((pair) => [keyOf(pair), isScalar(pair.value) ? pair.value.value : undefined]));
}

export function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
