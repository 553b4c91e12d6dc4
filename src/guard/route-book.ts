/** The routes of targets that have a canary, as one watch for each kind and namespace has them. */
import type { TargetId } from '../domain/plan/types.ts';
import type { KubeHub } from '../providers/kube/hub.ts';
import { isLater, type KubeObject, type KubeRef, nameOf } from '../providers/kube/types.ts';
import type { LeaseState } from '../providers/traffic/kube/lease-state.ts';
import type { KubeRoute, RouteSeen } from '../providers/traffic/kube/route.ts';
import { hasCanary } from './tracked.ts';

/** Each namespace costs a connection; beyond that routes are read when they are needed. */
const mostNamespaces = 100;

interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly ref: KubeRef;
  readonly seenIn: (object: KubeObject) => RouteSeen;
}

interface Entry extends Place {
  readonly leave: () => void;
  object: KubeObject | null;
  /** The version in which it was at home last. */
  home: string | undefined;
}

export class RouteBook {
  private readonly hub: Pick<KubeHub, 'follow'>;
  private readonly routes: ReadonlyMap<string, KubeRoute>;
  private readonly onSeen: (target: TargetId, seen: RouteSeen) => void;
  private readonly entries = new Map<TargetId, Entry>();

  constructor(
    hub: Pick<KubeHub, 'follow'>,
    routes: ReadonlyMap<string, KubeRoute>,
    onSeen: (target: TargetId, seen: RouteSeen) => void,
  ) {
    this.hub = hub;
    this.routes = routes;
    this.onSeen = onSeen;
  }

  objectOf(target: TargetId): KubeObject | null {
    return this.entries.get(target)?.object ?? null;
  }

  /** Follows the target's route for as long as its Lease gives a canary anything. */
  keep(target: TargetId, lease: LeaseState | null): void {
    const place = lease !== null && hasCanary(lease) ? this.placeOf(lease) : null;
    if (this.entries.get(target)?.name === place?.name) return;
    this.drop(target);
    if (place === null || this.isFull(place.namespace)) return;
    const entry: Entry = { ...place, leave: () => leave(), object: null, home: undefined };
    this.entries.set(target, entry);
    const leave = this.hub.follow(place.ref, (object) => {
      entry.object = object;
      this.tell(target, entry);
    });
  }

  /** The route was at home in this version: what a watch has still to tell of versions before is no news. */
  wasHome(target: TargetId, version: string | undefined): void {
    const entry = this.entries.get(target);
    if (entry !== undefined) entry.home = version;
  }

  /** Tells once more of a version after that in which the route was at home, for who had no ear for it. */
  tellLater(target: TargetId): void {
    const entry = this.entries.get(target);
    if (entry !== undefined && isLater(versionOf(entry.object), entry.home) === true)
      this.tell(target, entry);
  }

  private tell(target: TargetId, entry: Entry): void {
    const { object, home } = entry;
    if (object === null || isLater(home, versionOf(object)) === true) return;
    try {
      this.onSeen(target, entry.seenIn(object));
    } catch {
      entry.object = null;
    }
  }

  /** Null: it is no single object, or its options cannot be read, which is said when it has to come home. */
  private placeOf({ route: record }: LeaseState): Place | null {
    const single = record === null ? undefined : this.routes.get(record.type)?.single;
    if (record === null || single === undefined) return null;
    try {
      const ref = single.refOf(record);
      const seenIn = (object: KubeObject) => single.seenIn(object, record);
      return { name: nameOf(ref), namespace: record.namespace, ref, seenIn };
    } catch {
      return null;
    }
  }

  private drop(target: TargetId): void {
    this.entries.get(target)?.leave();
    this.entries.delete(target);
  }

  private isFull(namespace: string): boolean {
    const namespaces = new Set([...this.entries.values()].map((entry) => entry.namespace));
    return namespaces.size >= mostNamespaces && !namespaces.has(namespace);
  }
}

function versionOf(object: KubeObject | null): string | undefined {
  return object?.metadata.resourceVersion;
}
