/**
 * Who owned what we write. A write of ours takes a field's ownership from whoever had it, and their next apply would
 * not take away what they drop; so it is noted before the first write, and given back at the end.
 */
import { z } from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import { fieldManager, type KubeObject, type ManagedField } from '../../kube/types.ts';

/** A path in `fieldsV1`, such as `f:spec`, `f:rules`. */
export type FieldPath = readonly string[];

const fields = z.record(z.string(), z.unknown());
const entry = z.object({
  manager: z.string(),
  operation: z.string(),
  apiVersion: z.string(),
  fieldsV1: fields,
});
const entries = z.array(entry);
type Entry = z.infer<typeof entry>;
type Fields = z.infer<typeof fields>;

/** The owners of a field, as text. */
export function ownersOf(object: KubeObject, owned: FieldPath): string {
  const found = (object.metadata.managedFields ?? []).flatMap((each): Entry[] => {
    const { data } = entry.safeParse(each);
    if (data === undefined || each.subresource !== undefined || data.manager === fieldManager) return [];
    const kept = within(data.fieldsV1, owned);
    return Object.keys(kept).length === 0 ? [] : [{ ...data, fieldsV1: kept }];
  });
  return JSON.stringify(found);
}

/** What the managed fields have to be when we are gone; null: they are so already. */
export function withoutUs(object: KubeObject, owners: string | undefined): readonly ManagedField[] | null {
  const now = object.metadata.managedFields ?? [];
  const others = now.filter(({ manager }) => manager !== fieldManager);
  if (others.length === now.length) return null;
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const list = [...others];
  for (const found of foundIn(owners)) {
    const at = list.findIndex(
      ({ manager, operation, subresource }) =>
        manager === found.manager && operation === found.operation && subresource === undefined,
    );
    const has = list[at];
    if (has === undefined) list.push({ ...found, time, fieldsType: 'FieldsV1' });
    else list[at] = { ...has, fieldsV1: merged({ ...has.fieldsV1 }, found.fieldsV1) };
  }
  return list;
}

function foundIn(text: string | undefined): Entry[] {
  return entries.safeParse(parsedJson(text ?? '')).data ?? [];
}

/** Only what lies under the path. */
function within(all: Fields, [first, ...rest]: FieldPath): Fields {
  const inner = first === undefined ? undefined : all[first];
  if (first === undefined || !isFields(inner)) return {};
  if (rest.length === 0) return { [first]: inner };
  const below = within(inner, rest);
  return Object.keys(below).length === 0 ? {} : { [first]: below };
}

function merged(a: Fields, b: Fields): Fields {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const [left, right] = [a[name], b[name]];
      return [name, isFields(left) && isFields(right) ? merged(left, right) : (left ?? right)];
    }),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
