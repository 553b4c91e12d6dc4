/** Finds the parts of a schema that bind a place in a document, by what stands there already. */
import type { Beside, Step } from '../text/place.ts';
import type { Schema } from './schema.ts';

/** A schema may refer to itself; no real one takes more turns than this. */
const maxTurns = 20;

/** Every part that binds what is at the end of the steps, each without references and alternatives of its own. */
export function partsAt(root: Schema, steps: readonly Step[]): readonly Schema[] {
  return steps.reduce<readonly Schema[]>(
    (parts, step) => below(parts, step).flatMap((part) => plainParts(root, part)),
    plainParts(root, root),
  );
}

/** Of several kinds of mapping, those that the keys beside fit: `kind: health` is no threshold. */
export function fitting(parts: readonly Schema[], beside: Beside): readonly Schema[] {
  const mappings = parts.filter(({ properties, additionalProperties }) => properties ?? additionalProperties);
  const alike = mappings.filter((part) => constantsFit(part, beside));
  const knowing = alike.filter((part) => [...beside.keys()].every((key) => knows(part, key)));
  return knowing.length > 0 ? knowing : alike;
}

function below(parts: readonly Schema[], { key, beside }: Step): readonly Schema[] {
  if (typeof key === 'number') return parts.flatMap(({ items }) => items ?? []);
  return fitting(parts, beside).flatMap(({ properties, additionalProperties }) => {
    const own = ownOf(properties, key);
    if (own !== undefined) return [own];
    return typeof additionalProperties === 'object' ? [additionalProperties] : [];
  });
}

/** A schema without references and alternatives: itself, and then each of those. */
export function plainParts(root: Schema, part: Schema, turns = 0): readonly Schema[] {
  if (turns > maxTurns) return [];
  const next = (inner: Schema) => plainParts(root, inner, turns + 1);
  if (part.$ref !== undefined) {
    const referred = ownOf(root.definitions, part.$ref.replace('#/definitions/', ''));
    return referred === undefined ? [] : next(described(referred, part));
  }
  const { anyOf = [], oneOf = [], allOf = [], ...own } = part;
  const inner = [...anyOf, ...oneOf, ...allOf].flatMap((one) => next(described(one, part)));
  const says = own.properties ?? own.items ?? own.enum ?? own.type ?? own.const ?? own.additionalProperties;
  return says === undefined ? inner : [own, ...inner];
}

/** What a place means is often said beside its alternatives, not in each of them. */
function described(inner: Schema, { description }: Schema): Schema {
  return description === undefined || inner.description !== undefined ? inner : { ...inner, description };
}

function constantsFit({ properties = {} }: Schema, beside: Beside): boolean {
  return [...beside].every(([key, value]) => {
    const wanted = ownOf(properties, key)?.const;
    return wanted === undefined || value === undefined || wanted === value;
  });
}

function knows({ properties, additionalProperties }: Schema, key: string): boolean {
  return additionalProperties !== false || ownOf(properties, key) !== undefined;
}

/** Keys come from what people type, so never one of a prototype. */
function ownOf(record: Readonly<Record<string, Schema>> | undefined, key: string): Schema | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
