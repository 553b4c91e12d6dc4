/**
 * What a kind of route must do to be steered by a Lease: say how it shares its traffic, and be written from what was
 * read.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch, TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { Regarding } from '../../kube/events.ts';
import { type KubeObject, type KubeRef, nameOf } from '../../kube/types.ts';

/** Where a target's route is: the plan's options, and what they leave open. */
export interface RoutePlace {
  /** Whose route it is while a rollout runs; absent in Leases of former versions, which say nothing of it. */
  readonly target?: TargetId | undefined;
  /** The target's service, by which whatever the options do not name is called. */
  readonly service: string;
  readonly namespace: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Ordinary requests by slot, percent, and the header by which others get to the canary. */
export interface Given extends Readonly<Record<Slot, number>> {
  readonly match: HeaderMatch | null;
}

export interface RouteSeen {
  /** Ordinary requests by slot, percent. */
  readonly shares: Readonly<Record<Slot, number>>;
  /** Requests with this header go to the canary whatever the shares. */
  readonly match: HeaderMatch | null;
  /** What the last write of ours left as its mark; null: the route bears none. */
  readonly mark: string | null;
  /** What users may have got before that write. */
  readonly before: Given | null;
  /** Whether the route's controller has taken up what the route says; true where none reports. */
  readonly observed: boolean;
  /** Who else wrote last what is ours to write; null: nobody known. */
  readonly otherWriter: string | null;
  /**
   * Parts of the route differ from one another, or are not there: it has to be written although its shares read as
   * asked.
   */
  readonly incomplete?: true;
  /** Of the single object that has the shares; absent: there is none. */
  readonly version?: string | undefined;
  /** The object that people look at; absent: it is not known, and no Event is written. */
  readonly regarding?: Regarding;
  /**
   * Why a part of the route could not be looked at. Nothing is given before it can, but a share is taken away without
   * it.
   */
  readonly unsure?: Error;
}

/** There is no such route, or nothing in it is the target's: nothing of it can send anything to a canary. */
export class NoRoute extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('traffic-unready', message, options);
  }
}

export interface RouteWanted {
  readonly stableSlot: Slot;
  readonly canaryPercent: number;
  readonly match: HeaderMatch | null;
  /** Changes with owner and stop, so that a write under way from before fails. */
  readonly mark: string;
}

/** Of a route of which only a part was looked at. */
export function seenInPart(ref: KubeRef): SluiceError {
  return new SluiceError('traffic-unready', `Nothing beside ${nameOf(ref)} was looked at.`);
}

export function givesNothing({ canaryPercent, match }: RouteWanted): boolean {
  return canaryPercent === 0 && match === null;
}

/**
 * Errors of every call: `KubeError`, `NoRoute`, and `SluiceError` `traffic-unready` if the route is not as it must be.
 * `Seen` is the kind's own reading, which its `write` starts from.
 */
export interface KubeRoute<Seen extends RouteSeen = RouteSeen> {
  read(place: RoutePlace, signal?: AbortSignal): Promise<Seen>;
  /** Before a rollout: refuses a route whose shares could not be kept. A restore never asks. */
  check?(place: RoutePlace, seen: Seen, signal?: AbortSignal): Promise<void>;
  /** The only shares that the route can give, percent; null: any. */
  shares?(place: RoutePlace, signal?: AbortSignal): Promise<readonly number[] | null>;
  /**
   * Makes the route as wanted; `conflict` if it is no longer as it was seen. What it left; null: it has to be read.
   * `try`: asks the API server only whether it would.
   */
  write(
    place: RoutePlace,
    seen: Seen,
    wanted: RouteWanted,
    signal?: AbortSignal,
    mode?: 'do' | 'try',
  ): Promise<Seen | null>;
  /**
   * Gives the route back as it was found, with all traffic to the stable slot and no trace of ours. `stableSlot` is
   * asked between reading and writing, and throws if a newer owner has come.
   */
  leave(place: RoutePlace, stableSlot: () => Promise<Slot>, signal?: AbortSignal): Promise<void>;
  /**
   * For a kind whose shares stand in one object; others are read whenever they are needed, and nobody is told of their
   * changes.
   */
  readonly single?: SingleRoute;
}

/** A route whose shares stand in one object, so that whoever has the object needs not ask for it. */
export interface SingleRoute {
  refOf(place: RoutePlace): KubeRef;
  /** Whether nothing beside the object has a part in it; if not, the rest has to be read before anything is given. */
  isWhole(place: RoutePlace): boolean;
  /**
   * As `read` gives it, where the object is the whole; else `unsure`, which is enough to take a share away. Errors: as
   * when it is read.
   */
  seenIn(object: KubeObject, place: RoutePlace): RouteSeen;
}
