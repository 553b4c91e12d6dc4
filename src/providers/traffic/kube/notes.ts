/** What we write on objects beside their own fields, and what others write, as every kind of route reads it. */
import { fieldManager, type KubeObject, type PatchStep, pointer } from '../../kube/types.ts';
import { matchIn, matchText, prefix } from './lease-state.ts';
import type { FieldPath } from './owners.ts';
import { type Given, NoRoute, type RoutePlace, type RouteSeen } from './route.ts';

export const noteNames = {
  /** Whose rollout has the route. */
  target: `${prefix}/target`,
  mark: `${prefix}/mark`,
  before: `${prefix}/before`,
  found: `${prefix}/found`,
  owners: `${prefix}/owners`,
};

/** Which rollout writes it, so that no other does. */
export function ownerNote({ target }: RoutePlace): Record<string, string> {
  return target === undefined ? {} : { [noteNames.target]: target };
}

/**
 * The mark of a write, which tells whose it is as well: whoever changes the one annotation does not change hands by
 * that.
 */
export function markNotes(place: RoutePlace, mark: string): Record<string, string> {
  const { target } = place;
  return { ...ownerNote(place), [noteNames.mark]: target === undefined ? mark : `${mark} ${target}` };
}

/** Null: it bears none. */
export function markIn({ metadata }: KubeObject): string | null {
  return markParts(metadata).mark ?? null;
}

/** Former versions wrote no target into their marks. */
function markParts({ annotations }: KubeObject['metadata']): { mark?: string; target?: string } {
  const [mark, target] = annotations?.[noteNames.mark]?.split(' ') ?? [];
  return { ...(mark === undefined ? {} : { mark }), ...(target === undefined ? {} : { target }) };
}

/** Two targets may name one route, but only one at a time has it; for the other there is none. Errors: `NoRoute`. */
export function refuseOthers({ kind, metadata }: KubeObject, place: RoutePlace): void {
  if (!isOthers(metadata, place)) return;
  const owner = ownerIn(metadata);
  throw new NoRoute(
    `${kind} ${metadata.name} is in the hands of the rollout of ${owner}; wait for its end, or name another one in the plan. If no rollout of ${owner} runs, take the annotation ${noteNames.target} off.`,
  );
}

export function isOthers(metadata: KubeObject['metadata'], { target }: RoutePlace): boolean {
  const owner = ownerIn(metadata);
  return owner !== undefined && target !== undefined && owner !== target;
}

/**
 * Whoever wrote the shares, whatever somebody else has written over its name since: a canary that lives would read as
 * brought home. Without the name nobody has the route, which is how it is taken from a rollout that is no more.
 */
function ownerIn(metadata: KubeObject['metadata']): string | undefined {
  const named = metadata.annotations?.[noteNames.target];
  return named === undefined ? undefined : (markParts(metadata).target ?? named);
}

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

export function beforeText(seen: RouteSeen): string {
  const { blue, green, match } = givenIn(seen);
  return `${blue}/${green}${match === null ? '' : ` ${matchText(match)}`}`;
}

export function beforeIn({ metadata }: KubeObject): Given | null {
  const [, blue, green, match] =
    /^([\d.e-]+)\/([\d.e-]+)(?: (.+))?$/.exec(metadata.annotations?.[noteNames.before] ?? '') ?? [];
  const shares = { blue: Number(blue), green: Number(green) };
  return Number.isFinite(shares.blue + shares.green) ? { ...shares, match: matchIn(match) } : null;
}

/**
 * What users may get: what the route says and, until its controller has taken that up, also what it said before,
 * however often it was written since.
 */
export function givenIn({ shares, match, before, observed }: RouteSeen): Given {
  const former = observed ? null : before;
  return {
    blue: Math.max(shares.blue, former?.blue ?? 0),
    green: Math.max(shares.green, former?.green ?? 0),
    match: match ?? former?.match ?? null,
  };
}

/**
 * Whoever other than we owns what is ours to write; null: we do, or nobody. A write takes the ownership of what it
 * changes, so that this is who wrote it last; times would not tell, since they count seconds.
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
