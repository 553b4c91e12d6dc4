/** The canary Ingress as a route: made without a share, kept while a rollout runs, and deleted at its end. */
import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../../../domain/errors.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem, KubeError } from '../../kube/errors.ts';
import { regardingOf } from '../../kube/events.ts';
import { ingress } from '../../kube/kinds.ts';
import { apiVersionOf, type KubeObject, nameOf, type PatchStep } from '../../kube/types.ts';
import { prefix } from '../kube/lease-state.ts';
import {
  beforeIn,
  beforeText,
  isOthers,
  markIn,
  markNotes,
  noteNames,
  noteSteps,
  otherWriterOf,
  ownerNote,
  refuseOthers,
  unchanged,
} from '../kube/notes.ts';
import {
  type KubeRoute,
  NoRoute,
  type RoutePlace,
  type RouteSeen,
  type RouteWanted,
  type SingleRoute,
  seenInPart,
} from '../kube/route.ts';
import { servicesOf } from '../kube/services.ts';
import {
  canarySpec,
  type IngressSpec,
  leadsTo,
  pathsOf,
  refuseAffinity,
  shareIn,
  shareNotes,
} from './canary.ts';
import { annotationsOf, ingressRefs } from './options.ts';

interface Seen extends RouteSeen {
  /** Null: it was not looked at. */
  readonly stable: KubeObject | null;
  readonly canary: KubeObject | null;
  /** What the canary Ingress has to be like; null: the stable one has nothing for the target any more. */
  readonly spec: IngressSpec | null;
}

/** Says on the canary Ingress that it is ours, and whose canary it is. */
const madeFor = `${prefix}/made-for`;
const maxRounds = 8;
const none = { stableSlot: 'blue', canaryPercent: 0, match: null } as const;

export class CanaryIngressRoute implements KubeRoute<Seen> {
  readonly single: SingleRoute = {
    refOf: (place) => ingressRefs(place).canary,
    // It has to be like the stable one.
    isWhole: () => false,
    seenIn: (canary, place) => seenAlone(canary, place),
  };
  private readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  async read(place: RoutePlace, signal?: AbortSignal): Promise<Seen> {
    const refs = ingressRefs(place);
    const [stable, canary] = await Promise.all([
      this.client.find(refs.stable, signal),
      this.client.find(refs.canary, signal),
    ]);
    if (stable === null) {
      throw new NoRoute(`There is no ${nameOf(refs.stable)}, so no canary Ingress beside it has any effect.`);
    }
    return this.seenIn(stable, canary, place);
  }

  private seenIn(stable: KubeObject, canary: KubeObject | null, place: RoutePlace): Seen {
    const spec = specFor(stable, canary, place);
    if (canary !== null) refuseOthers(canary, place);
    const ours = canary !== null && isOurs(canary, place);
    // What is neither ours nor a canary of the target gives it nothing, and is not touched.
    if (canary !== null && !ours && !servesCanary(canary, place)) throw foreign(canary);
    const follows = !ours || spec === null || isAs(canary, spec, heededNotes(stable, place));
    return {
      stable,
      canary,
      spec,
      ...(canary === null ? nothing : givenIn(canary, place)),
      ...(ours ? {} : { mark: null }),
      // The one that stays, and that people know.
      regarding: regardingOf(ingress, stable),
      ...(follows ? {} : { incomplete: true }),
    };
  }

  async check(place: RoutePlace, seen: Seen, signal?: AbortSignal): Promise<void> {
    const { canary } = seen;
    const stable = stableIn(seen, place);
    refuseAffinity(stable, place);
    if (canary !== null && !isOurs(canary, place)) throw foreign(canary);
    const wanted = new Set(pathsOf({ ...stable, spec: canarySpec(stable, place) }));
    const { items } = await this.client.list(ingress, { namespace: place.namespace }, signal);
    for (const other of items) {
      if (other.metadata.name === ingressRefs(place).canary.name) continue;
      if (other.metadata.annotations?.[annotationsOf(place).canary] !== 'true') continue;
      const shared = pathsOf(other).find((path) => wanted.has(path));
      if (shared === undefined) continue;
      const message = `Ingress ${other.metadata.name} is a canary for ${shared} already, and ingress-nginx takes one at most.`;
      throw new SluiceError('traffic-unready', message);
    }
  }

  async write(
    place: RoutePlace,
    seen: Seen,
    wanted: RouteWanted,
    signal?: AbortSignal,
    mode: 'do' | 'try' = 'do',
  ): Promise<Seen | null> {
    const { stable, canary, spec } = seen;
    const ref = ingressRefs(place).canary;
    const ours = canary !== null && isOurs(canary, place);
    const gives = wanted.canaryPercent > 0 || wanted.match !== null || wanted.stableSlot === 'green';
    if (canary !== null && !ours && gives) throw foreign(canary);
    const share = shareNotes(place, wanted);
    const heeded = spec === null || stable === null ? {} : heededNotes(stable, place);
    try {
      // A late writer of a rollout that is over can make it again, but never with a share.
      if (canary === null) {
        const made = newCanary(place, stableIn(seen, place), spec, { ...heeded, ...shareNotes(place, none) });
        await this.client.create(ref, made, signal, mode);
        return null;
      }
      const { name } = ingressRefs(place).stable;
      const own = {
        ...markNotes(place, wanted.mark),
        [noteNames.before]: beforeText(seen),
        [madeFor]: name,
      };
      // Of one that is not ours only the share is taken away.
      const notes = ours ? { ...heeded, ...share, ...own } : share;
      const steps = [
        unchanged(canary),
        ...(ours ? specSteps(canary, spec) : []),
        ...noteSteps(canary, notes),
      ];
      const left = await this.client.patch(ref, steps, signal, mode);
      if (!ours) return null;
      return stable === null ? seenAlone(left, place) : this.seenIn(stable, left, place);
    } catch (error) {
      if (!isProblem(error, 'exists', 'not-found')) throw error;
      throw new KubeError('conflict', error.message, error.status, { cause: error });
    }
  }

  async leave(place: RoutePlace, stableSlot: () => Promise<Slot>, signal?: AbortSignal): Promise<void> {
    const ref = ingressRefs(place).canary;
    for (let round = 1; ; round++) {
      const canary = await this.client.find(ref, signal);
      const slot = await stableSlot();
      // While the promoted version is served through it, it has to stay.
      if (canary === null || !isOurs(canary, place) || slot === 'green') return;
      if (isOthers(canary.metadata, place)) return;
      try {
        return await this.client.delete(ref, signal, { resourceVersion: canary.metadata.resourceVersion });
      } catch (error) {
        if (!isProblem(error, 'conflict') || round === maxRounds) throw error;
      }
    }
  }
}

const nothing = {
  ...{ shares: { blue: 100, green: 0 }, match: null, mark: null, before: null },
  ...{ observed: true, otherWriter: null },
};

/** What the canary Ingress alone tells. */
function givenIn(canary: KubeObject, place: RoutePlace): RouteSeen {
  const { green, match } = shareIn(canary, place);
  return {
    shares: { blue: 100 - green, green },
    match,
    mark: markIn(canary),
    before: beforeIn(canary),
    // The controller reports on no Ingress what it has loaded.
    observed: true,
    otherWriter: writerOf(canary, place),
    version: canary.metadata.resourceVersion,
  };
}

/** Without a look at the stable one. */
function seenAlone(canary: KubeObject, place: RoutePlace): Seen {
  refuseOthers(canary, place);
  if (!isOurs(canary, place) && !servesCanary(canary, place)) throw foreign(canary);
  const unsure = seenInPart(ingressRefs(place).canary);
  return { stable: null, canary, spec: null, ...givenIn(canary, place), unsure };
}

function stableIn({ stable }: Seen, place: RoutePlace): KubeObject {
  if (stable === null) throw seenInPart(ingressRefs(place).canary);
  return stable;
}

/** A canary Ingress that is there may have a share, whatever became of the stable one. */
function specFor(stable: KubeObject, canary: KubeObject | null, place: RoutePlace): IngressSpec | null {
  try {
    return canarySpec(stable, place);
  } catch (error) {
    if (canary !== null && error instanceof NoRoute) return null;
    throw error;
  }
}

function newCanary(
  place: RoutePlace,
  stable: KubeObject,
  spec: IngressSpec | null,
  notes: Readonly<Record<string, string | null>>,
): object {
  const { apiVersion, kind } = { apiVersion: apiVersionOf(ingress), kind: ingress.kind };
  const { name, uid } = stable.metadata;
  const given = Object.entries(notes).filter(([, value]) => value !== null);
  return {
    metadata: {
      name: ingressRefs(place).canary.name,
      namespace: place.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'sluice' },
      annotations: { ...Object.fromEntries(given), ...ownerNote(place), [madeFor]: name },
      // It goes with the stable one.
      ownerReferences: [{ apiVersion, kind, name, uid }],
    },
    spec,
  };
}

function writerOf(canary: KubeObject, place: RoutePlace): string | null {
  return otherWriterOf(canary, ['f:metadata', 'f:annotations', `f:${annotationsOf(place).weight}`]);
}

/** What the controller heeds on a canary Ingress as well, as the stable one has it. */
function heededNotes(stable: KubeObject, place: RoutePlace): Record<string, string | null> {
  const has = stable.metadata.annotations ?? {};
  return Object.fromEntries(annotationsOf(place).heeded.map((name) => [name, has[name] ?? null]));
}

function isAs(canary: KubeObject, spec: IngressSpec, notes: Record<string, string | null>): boolean {
  const has = canary.metadata.annotations ?? {};
  return (
    specSteps(canary, spec).length === 0 &&
    Object.entries(notes).every(([name, value]) => (has[name] ?? null) === value)
  );
}

function specSteps(canary: KubeObject, wanted: IngressSpec | null): PatchStep[] {
  if (wanted === null) return [];
  const { ingressClassName } = (canary.spec ?? {}) as IngressSpec;
  // A class that the cluster has put in by default stays.
  const value = { ...(ingressClassName === undefined ? {} : { ingressClassName }), ...wanted };
  return isDeepStrictEqual(value, canary.spec) ? [] : [{ op: 'replace', path: '/spec', value }];
}

/** Annotations may be taken away by an apply of somebody; the owner that we gave it stays. */
function isOurs({ metadata }: KubeObject, place: RoutePlace): boolean {
  const stable = ingressRefs(place).stable.name;
  const { annotations, ownerReferences = [] } = metadata;
  const isOwned = ownerReferences.some(({ kind, name }) => kind === ingress.kind && name === stable);
  return annotations?.[madeFor] === stable || (annotations?.[madeFor] === undefined && isOwned);
}

function servesCanary(canary: KubeObject, place: RoutePlace): boolean {
  const { green, match } = shareIn(canary, place);
  return (green > 0 || match !== null) && leadsTo(canary, servicesOf(place).green);
}

function foreign({ metadata: { name } }: KubeObject): NoRoute {
  const message = `Ingress ${name} is there already and was not made by Sluice; name another as \`canaryIngress\`.`;
  return new NoRoute(message);
}
