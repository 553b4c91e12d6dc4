/** A route that is one object, changed by JSON Patch: only what is ours to write, tested against what was read. */
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import {
  fieldManager,
  type JsonPatch,
  type KubeObject,
  type KubeRef,
  nameOf,
  type PatchStep,
  pointer,
} from '../../kube/types.ts';
import { prefix } from './lease-state.ts';
import { type FieldPath, ownersOf, withoutUs } from './owners.ts';
import { type KubeRoute, NoRoute, type RoutePlace, type RouteSeen, type RouteWanted } from './route.ts';

export type Shares = Readonly<Record<Slot, number>>;

/** What a kind of object must tell; pure, so that it can be tried without a cluster. Errors: `NoRoute`, `traffic-unready`. */
export interface ObjectKind {
  /** The fields that it writes, as managed fields name them. */
  readonly owned: readonly FieldPath[];
  refOf(place: RoutePlace): KubeRef;
  /** Before a rollout: refuses an object whose shares could not be kept. */
  check(object: KubeObject, place: RoutePlace): void;
  shares(
    object: KubeObject,
    place: RoutePlace,
  ): { readonly shares: Shares; readonly match: HeaderMatch | null; readonly incomplete?: true };
  /** The steps that change the spec to what is wanted. Tests of what they rest on come with them. */
  steps(object: KubeObject, place: RoutePlace, wanted: Omit<RouteWanted, 'mark'>): JsonPatch;
  /** What `undo` needs to know of the object as it was found, as text. */
  found(object: KubeObject, place: RoutePlace): string;
  /** The steps that give the spec back, with all traffic to `stableSlot`. */
  undo(object: KubeObject, place: RoutePlace, found: string, stableSlot: Slot): JsonPatch;
  /** Whether the object's controller has taken up this generation; true where none reports. */
  observed(object: KubeObject): boolean;
}

interface Seen extends RouteSeen {
  readonly object: KubeObject;
}

const names = {
  mark: `${prefix}/mark`,
  before: `${prefix}/before`,
  found: `${prefix}/found`,
  owners: `${prefix}/owners`,
};
const maxRounds = 8;

export class ObjectRoute implements KubeRoute<Seen> {
  private readonly client: KubeClient;
  private readonly kind: ObjectKind;

  constructor(client: KubeClient, kind: ObjectKind) {
    this.client = client;
    this.kind = kind;
  }

  async read(place: RoutePlace, signal?: AbortSignal): Promise<Seen> {
    const ref = this.kind.refOf(place);
    const object = await this.client.get(ref, signal).catch((error: unknown) => {
      if (!isProblem(error, 'not-found')) throw error;
      throw new NoRoute(`There is no ${nameOf(ref)}, so nothing is shared by it.`, { cause: error });
    });
    const notes = object.metadata.annotations ?? {};
    return {
      object,
      ...this.kind.shares(object, place),
      mark: notes[names.mark] ?? null,
      before: sharesIn(notes[names.before]),
      observed: this.kind.observed(object),
      otherWriter: otherWriterOf(object),
    };
  }

  async check(place: RoutePlace, { object }: Seen): Promise<void> {
    this.kind.check(object, place);
  }

  async write(
    place: RoutePlace,
    { object, shares }: Seen,
    wanted: RouteWanted,
    signal?: AbortSignal,
    mode: 'do' | 'try' = 'do',
  ): Promise<void> {
    const notes = object.metadata.annotations ?? {};
    const steps = [
      unchanged(object),
      ...this.kind.steps(object, place, wanted),
      ...(object.metadata.annotations === undefined
        ? [{ op: 'add', path: '/metadata/annotations', value: {} } as const]
        : []),
      note(names.mark, wanted.mark),
      note(names.before, `${shares.blue}/${shares.green}`),
      // Only before the first write is it as it was found.
      ...(notes[names.found] === undefined
        ? [
            note(names.found, this.kind.found(object, place)),
            note(names.owners, ownersOf(object, this.kind.owned)),
          ]
        : []),
    ];
    await this.client.patch(this.kind.refOf(place), steps, signal, mode);
  }

  async leave(place: RoutePlace, stableSlot: () => Promise<Slot>, signal?: AbortSignal): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        return await this.leaveOnce(place, stableSlot, signal);
      } catch (error) {
        if (isProblem(error, 'not-found')) return;
        if (!isProblem(error, 'conflict') || round === maxRounds) throw error;
      }
    }
  }

  private async leaveOnce(
    place: RoutePlace,
    stableSlot: () => Promise<Slot>,
    signal?: AbortSignal,
  ): Promise<void> {
    const ref = this.kind.refOf(place);
    let object = await this.client.get(ref, signal);
    const slot = await stableSlot();
    const notes = object.metadata.annotations ?? {};
    const ours = Object.values(names).filter((name) => notes[name] !== undefined);
    const back = this.undo(object, place, notes[names.found], slot);
    if (ours.length > 0 || back.length > 0) {
      const bare = Object.keys(notes).length === ours.length;
      const paths = bare
        ? ['/metadata/annotations']
        : ours.map((name) => pointer('metadata', 'annotations', name));
      const clear = (ours.length > 0 ? paths : []).map((path) => ({ op: 'remove', path }) as const);
      object = await this.client.patch(ref, [unchanged(object), ...back, ...clear], signal);
    }
    // A write that leaves only its name behind would show as ours for ever.
    const kept = withoutUs(object, notes[names.owners]);
    if (kept === null) return;
    const steps = [
      unchanged(object),
      { op: 'replace', path: '/metadata/managedFields', value: kept.length > 0 ? kept : [{}] } as const,
    ];
    await this.client.patch(ref, steps, signal);
  }

  /** Annotations may be gone, or the target's part of the route: what there still is of ours goes all the same. */
  private undo(object: KubeObject, place: RoutePlace, found: string | undefined, slot: Slot): JsonPatch {
    try {
      return this.kind.undo(object, place, found ?? '', slot);
    } catch (error) {
      if (error instanceof NoRoute) return [];
      throw error;
    }
  }
}

function unchanged({ metadata }: KubeObject): PatchStep {
  return { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}

function note(name: string, value: string): PatchStep {
  return { op: 'add', path: pointer('metadata', 'annotations', name), value };
}

function sharesIn(text: string | undefined): Shares | null {
  const [blue, green] = (text ?? '').split('/').map(Number);
  return blue !== undefined && green !== undefined && Number.isFinite(blue + green) ? { blue, green } : null;
}

/** Whoever wrote the spec last, other than we; controllers that report in the status do not count. */
function otherWriterOf({ metadata }: KubeObject): string | null {
  const writers = (metadata.managedFields ?? []).filter(
    ({ manager, subresource, fieldsV1 }) =>
      manager !== fieldManager && subresource === undefined && fieldsV1?.['f:spec'] !== undefined,
  );
  const last = writers.toSorted((a, b) => Date.parse(a.time ?? '') - Date.parse(b.time ?? '')).at(-1);
  return last?.manager ?? null;
}
