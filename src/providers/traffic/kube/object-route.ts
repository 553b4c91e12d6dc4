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
  type PatchStep,
  pointer,
} from '../../kube/types.ts';
import { matchIn, matchText, prefix } from './lease-state.ts';
import type { KubeRoute, RoutePlace, RouteSeen, RouteWanted } from './route.ts';

export type Shares = Readonly<Record<Slot, number>>;

/** What a kind of object must tell; pure, so that it can be tried without a cluster. Errors: `traffic-unready`. */
export interface ObjectKind {
  refOf(place: RoutePlace): KubeRef;
  shares(
    object: KubeObject,
    place: RoutePlace,
  ): { readonly shares: Shares; readonly match: HeaderMatch | null };
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

/** The header that our own rules match on, as the last write left it; null: there should be none. */
export function ownMatch({ metadata }: KubeObject): HeaderMatch | null {
  return matchIn(metadata.annotations?.[names.match]);
}

const names = {
  match: `${prefix}/match`,
  mark: `${prefix}/mark`,
  before: `${prefix}/before`,
  found: `${prefix}/found`,
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
    const object = await this.client.get(this.kind.refOf(place), signal);
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
      ...matchNote(notes[names.match], wanted.match),
      note(names.before, `${shares.blue}/${shares.green}`),
      // Only before the first write is it as it was found.
      ...(notes[names.found] === undefined ? [note(names.found, this.kind.found(object, place))] : []),
    ];
    await this.client.patch(this.kind.refOf(place), steps, signal, mode);
  }

  async leave(place: RoutePlace, stableSlot: Slot, signal?: AbortSignal): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        return await this.leaveOnce(place, stableSlot, signal);
      } catch (error) {
        if (isProblem(error, 'not-found')) return;
        if (!isProblem(error, 'conflict') || round === maxRounds) throw error;
      }
    }
  }

  private async leaveOnce(place: RoutePlace, stableSlot: Slot, signal?: AbortSignal): Promise<void> {
    const ref = this.kind.refOf(place);
    let object = await this.client.get(ref, signal);
    const notes = object.metadata.annotations ?? {};
    const ours = Object.values(names).filter((name) => notes[name] !== undefined);
    const found = notes[names.found];
    if (ours.length > 0) {
      const back = found === undefined ? [] : this.kind.undo(object, place, found, stableSlot);
      const bare = Object.keys(notes).length === ours.length;
      const clear = bare
        ? [{ op: 'remove', path: '/metadata/annotations' } as const]
        : ours.map((name) => ({ op: 'remove', path: pointer('metadata', 'annotations', name) }) as const);
      object = await this.client.patch(ref, [unchanged(object), ...back, ...clear], signal);
    }
    // A write that leaves only its name behind would show as ours for ever.
    const kept = object.metadata.managedFields?.filter(({ manager }) => manager !== fieldManager);
    if (kept === undefined || kept.length === object.metadata.managedFields?.length) return;
    const steps = [
      unchanged(object),
      { op: 'replace', path: '/metadata/managedFields', value: kept.length > 0 ? kept : [{}] } as const,
    ];
    await this.client.patch(ref, steps, signal);
  }
}

function unchanged({ metadata }: KubeObject): PatchStep {
  return { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}

function note(name: string, value: string): PatchStep {
  return { op: 'add', path: pointer('metadata', 'annotations', name), value };
}

function matchNote(had: string | undefined, wanted: HeaderMatch | null): PatchStep[] {
  if (wanted !== null) return [note(names.match, matchText(wanted))];
  return had === undefined ? [] : [{ op: 'remove', path: pointer('metadata', 'annotations', names.match) }];
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
