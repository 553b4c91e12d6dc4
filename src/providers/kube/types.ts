/** The shapes of the Kubernetes API that Sluice deals in; what lies inside an object is parsed by whoever reads it. */

interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  readonly managedFields?: readonly ManagedField[];
}

export interface ManagedField {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly apiVersion?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** Whether a version of an object came after another one of it; null: they do not tell. */
export function isLater(version: string | undefined, other: string | undefined): boolean | null {
  const isNumber = (text: string | undefined): text is string => text !== undefined && /^\d+$/.test(text);
  return isNumber(version) && isNumber(other) ? BigInt(version) > BigInt(other) : null;
}

/** A kind of object, by the names that the API's paths have for it. */
export interface KubeKind {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural of the path. */
  readonly resource: string;
}

export interface KubeRef {
  readonly kind: KubeKind;
  /** Absent: the kind has no namespaces. */
  readonly namespace?: string;
  readonly name: string;
}

/** One step of a JSON Patch, RFC 6902. */
export type PatchStep =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export type JsonPatch = readonly PatchStep[];

/** Under this name everything that Sluice writes stands in `managedFields`. */
export const fieldManager = 'sluice';

export function apiVersionOf({ group, version }: KubeKind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `HTTPRoute shop/web`, for people. */
export function nameOf({ kind, namespace, name }: KubeRef): string {
  return `${kind.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** A path of a JSON Patch; each part is escaped. */
export function pointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
