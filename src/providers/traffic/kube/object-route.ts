/** A route that is one object, changed by JSON Patch: only what is ours to write, tested against what was read. */
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import { regardingOf } from '../../kube/events.ts';
import { type JsonPatch, type KubeObject, type KubeRef, nameOf } from '../../kube/types.ts';
import { giveBack } from './give-back.ts';
import {
  beforeIn,
  beforeText,
  clearSteps,
  isOthers,
  markIn,
  markNotes,
  noteNames,
  noteSteps,
  otherWriterOf,
  refuseOthers,
  unchanged,
} from './notes.ts';
import { type FieldPath, ownersOf } from './owners.ts';
import {
  type KubeRoute,
  NoRoute,
  type RoutePlace,
  type RouteSeen,
  type RouteWanted,
  type SingleRoute,
} from './route.ts';

/**
 * What a kind of object must tell; pure, so that it can be tried without a cluster. Errors: `NoRoute`,
 * `traffic-unready`.
 */
export interface ObjectKind {
  /** The field that it writes, as managed fields name it. */
  readonly owned: FieldPath;
  refOf(place: RoutePlace): KubeRef;
  /** Before a rollout: refuses an object whose shares could not be kept. */
  check(object: KubeObject, place: RoutePlace): void;
  shares(object: KubeObject, place: RoutePlace): SharesSeen;
  /** The steps that change the spec to what is wanted. Tests of what they rest on come with them. */
  steps(object: KubeObject, place: RoutePlace, wanted: Omit<RouteWanted, 'mark'>): JsonPatch;
  /** What `undo` needs to know of the object as it was found, as text. */
  found(object: KubeObject, place: RoutePlace): string;
  /** The steps that give the spec back, with all traffic to `stableSlot`. */
  undo(object: KubeObject, place: RoutePlace, found: string, stableSlot: Slot): JsonPatch;
  /** Whether the object's controller has taken up this generation; true where none reports. */
  observed(object: KubeObject): boolean;
}

export type SharesSeen = Pick<RouteSeen, 'shares' | 'match' | 'incomplete'>;

export interface ObjectSeen extends RouteSeen {
  readonly object: KubeObject;
}

const maxRounds = 8;

export class ObjectRoute implements KubeRoute<ObjectSeen> {
  readonly single: SingleRoute;
  private readonly client: KubeClient;
  private readonly kind: ObjectKind;

  constructor(client: KubeClient, kind: ObjectKind) {
    this.client = client;
    this.kind = kind;
    this.single = {
      refOf: (place) => kind.refOf(place),
      isWhole: () => true,
      seenIn: (object, place) => this.seenIn(object, place),
    };
  }

  async read(place: RoutePlace, signal?: AbortSignal): Promise<ObjectSeen> {
    const ref = this.kind.refOf(place);
    const object = await this.client.get(ref, signal).catch((error: unknown) => {
      if (!isProblem(error, 'not-found')) throw error;
      throw new NoRoute(`There is no ${nameOf(ref)}, so nothing is shared by it.`, { cause: error });
    });
    return this.seenIn(object, place);
  }

  async check(place: RoutePlace, { object }: ObjectSeen): Promise<void> {
    this.kind.check(object, place);
  }

  async write(
    place: RoutePlace,
    seen: ObjectSeen,
    wanted: RouteWanted,
    signal?: AbortSignal,
    mode: 'do' | 'try' = 'do',
  ): Promise<ObjectSeen> {
    return this.seenIn(await this.patch(place, seen, wanted, signal, mode), place);
  }

  seenIn(object: KubeObject, place: RoutePlace): ObjectSeen {
    refuseOthers(object, place);
    return {
      object,
      ...this.kind.shares(object, place),
      mark: markIn(object),
      before: beforeIn(object),
      observed: this.kind.observed(object),
      otherWriter: otherWriterOf(object, this.kind.owned),
      version: object.metadata.resourceVersion,
      regarding: regardingOf(this.kind.refOf(place).kind, object),
    };
  }

  private async patch(
    place: RoutePlace,
    seen: ObjectSeen,
    wanted: RouteWanted,
    signal: AbortSignal | undefined,
    mode: 'do' | 'try',
  ): Promise<KubeObject> {
    const { object } = seen;
    // Only before the first write is it as it was found.
    const isFirst = object.metadata.annotations?.[noteNames.found] === undefined;
    const notes = {
      ...markNotes(place, wanted.mark),
      [noteNames.before]: beforeText(seen),
      ...(isFirst ? this.notesOfFound(object, place) : {}),
    };
    const steps = [unchanged(object), ...this.kind.steps(object, place, wanted), ...noteSteps(object, notes)];
    return await this.client.patch(this.kind.refOf(place), steps, signal, mode);
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

  private notesOfFound(object: KubeObject, place: RoutePlace): Record<string, string> {
    return {
      [noteNames.found]: this.kind.found(object, place),
      [noteNames.owners]: ownersOf(object, this.kind.owned),
    };
  }

  private async leaveOnce(
    place: RoutePlace,
    stableSlot: () => Promise<Slot>,
    signal?: AbortSignal,
  ): Promise<void> {
    const ref = this.kind.refOf(place);
    const object = await this.client.get(ref, signal);
    if (isOthers(object.metadata, place)) return;
    const slot = await stableSlot();
    const notes = object.metadata.annotations ?? {};
    const back = this.undo(object, place, notes[noteNames.found], slot);
    const clear = clearSteps(object, Object.values(noteNames));
    const steps = [...back, ...clear];
    const left =
      steps.length === 0 ? object : await this.client.patch(ref, [unchanged(object), ...steps], signal);
    await giveBack(this.client, ref, notes[noteNames.owners], signal, left);
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
