/** What we write on objects beside their own fields, and what others write, as every kind of route reads it. */
import { fieldManager, type KubeObject, type PatchStep, pointer } from '../../kube/types.ts';
import { prefix } from './lease-state.ts';
import type { FieldPath } from './owners.ts';
import type { RouteSeen } from './route.ts';

export const noteNames = {
  mark: `${prefix}/mark`,
  before: `${prefix}/before`,
  found: `${prefix}/found`,
  owners: `${prefix}/owners`,
};

/** Fails the patch if the object is no longer as it was read. */
export function unchanged({ metadata }: KubeObject): PatchStep {
  return { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}

/** Steps that make annotations say this; null: to be absent. */
export function noteSteps(
  { metadata }: KubeObject,
  notes: Readonly<Record<string, string | null>>,
): PatchStep[] {
  const has = metadata.annotations;
  const steps = Object.entries(notes).flatMap(([name, value]): PatchStep[] => {
    const path = pointer('metadata', 'annotations', name);
    if (value !== null) return [{ op: 'add', path, value }];
    return has?.[name] === undefined ? [] : [{ op: 'remove', path }];
  });
  return has === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }, ...steps] : steps;
}

/** Steps that take annotations away, and with the last one the map, which was not there before us. */
export function clearSteps({ metadata }: KubeObject, names: readonly string[]): PatchStep[] {
  const has = metadata.annotations ?? {};
  const ours = names.filter((name) => has[name] !== undefined);
  if (ours.length === 0) return [];
  if (ours.length === Object.keys(has).length) return [{ op: 'remove', path: '/metadata/annotations' }];
  return ours.map((name) => ({ op: 'remove', path: pointer('metadata', 'annotations', name) }));
}

export function beforeText({ blue, green }: RouteSeen['shares']): string {
  return `${blue}/${green}`;
}

export function beforeIn({ metadata }: KubeObject): RouteSeen['shares'] | null {
  const [blue, green] = (metadata.annotations?.[noteNames.before] ?? '').split('/').map(Number);
  return blue !== undefined && green !== undefined && Number.isFinite(blue + green) ? { blue, green } : null;
}

/**
 * Whoever other than we owns what is ours to write; null: we do, or nobody. A write takes the ownership of what it changes, so
 * that this is who wrote it last; times would not tell, since they count seconds.
 */
export function otherWriterOf({ metadata }: KubeObject, path: FieldPath): string | null {
  const writers = (metadata.managedFields ?? []).filter(
    ({ manager, subresource, fieldsV1 }) =>
      manager !== fieldManager && subresource === undefined && hasField(fieldsV1, path),
  );
  const last = writers.toSorted((a, b) => Date.parse(a.time ?? '') - Date.parse(b.time ?? '')).at(-1);
  return last?.manager ?? null;
}

function hasField(fields: unknown, [first, ...rest]: FieldPath): boolean {
  if (first === undefined) return true;
  if (typeof fields !== 'object' || fields === null || !(first in fields)) return false;
  return hasField((fields as Record<string, unknown>)[first], rest);
}
