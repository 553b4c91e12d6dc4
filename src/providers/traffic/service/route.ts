/** One Service whose selector and whose numbers of pods give each version its share. */
import { SluiceError } from '../../../domain/errors.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import { regardingOf } from '../../kube/events.ts';
import { autoscaler, endpointSlice, pod, replicaSet, service as serviceKind } from '../../kube/kinds.ts';
import { type KubeKind, type KubeObject, type KubeRef, nameOf } from '../../kube/types.ts';
import { giveBack } from '../kube/give-back.ts';
import {
  beforeIn,
  beforeText,
  clearSteps,
  markIn,
  markNotes,
  noteNames,
  noteSteps,
  otherWriterOf,
  refuseOthers,
  unchanged,
} from '../kube/notes.ts';
import { type KubeRoute, NoRoute, type RoutePlace, type RouteSeen, type RouteWanted } from '../kube/route.ts';
import { podsFor, type Rounding, reachableShares } from './counts.ts';
import { endpointsIn, ownedBy, podsIn, scales, selectorIn } from './objects.ts';
import { podShareOptions, podShareRefs } from './options.ts';
import { askedIn, askedNote, foundIn, notesOfFound, ourNotes } from './record.ts';
import { isServed, isUnderWay, type PodShare, realShares, todo } from './state.ts';

interface Seen extends RouteSeen {
  readonly service: KubeObject;
  readonly stable: KubeObject;
  readonly canary: KubeObject | null;
  readonly state: PodShare;
  readonly rounding: Rounding;
}

const maxRounds = 8;

export class PodShareRoute implements KubeRoute<Seen> {
  private readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  async read(place: RoutePlace, signal?: AbortSignal): Promise<Seen> {
    const refs = podShareRefs(place);
    const [service, stable, canary, sets, slices] = await Promise.all([
      this.client.find(refs.service, signal),
      this.client.find(refs.deployments.blue, signal),
      this.client.find(refs.deployments.green, signal),
      this.list(replicaSet, place, signal),
      this.list(endpointSlice, place, signal, `kubernetes.io/service-name=${refs.service.name}`),
    ]);
    if (service === null)
      throw new NoRoute(`There is no ${nameOf(refs.service)}, so nobody is sent anywhere by it.`);
    if (stable === null)
      throw new SluiceError('traffic-unready', `There is no ${nameOf(refs.deployments.blue)}.`);
    refuseOthers(service, place);
    const note = foundIn(service);
    const pods = { blue: podsIn(stable, sets), green: canary === null ? null : podsIn(canary, sets) };
    const selector = selectorIn(service);
    const state = {
      selector,
      pods,
      shared: note?.selector ?? selector,
      total: note?.replicas ?? pods.blue.replicas,
    };
    const { rounding } = podShareOptions.parse(place.options);
    const owned = { blue: ownedBy(stable, sets), green: canary === null ? [] : ownedBy(canary, sets) };
    const asked = askedIn(service);
    const base = {
      ...{ service, stable, canary, state, rounding },
      match: null,
      mark: markIn(service),
      before: beforeIn(service),
      otherWriter: otherWriterOf(service, ['f:spec', 'f:selector']),
      regarding: regardingOf(serviceKind, service),
    };
    if (asked === null || (asked > 0 && pods.green === null) || (isShared(asked) && state.total < 2)) {
      return { ...base, shares: realShares(state), observed: true };
    }
    const count = podsFor(asked, state.total, 'nearest');
    const done = Object.keys(todo(state, asked, count)).length === 0;
    return {
      ...base,
      shares: isUnderWay(state, asked, count) ? { blue: 100 - asked, green: asked } : realShares(state),
      observed: isServed(state, asked, count, endpointsIn(slices, owned)),
      ...(done ? {} : { incomplete: true }),
    };
  }

  async check(place: RoutePlace, { state }: Seen, signal?: AbortSignal): Promise<void> {
    const { service, deployments } = podShareRefs(place);
    const refuse = (why: string) => {
      throw new SluiceError('traffic-unready', why);
    };
    if (Object.keys(state.shared).length === 0) refuse(`${nameOf(service)} has no selector.`);
    if (state.total < 1) refuse(`${nameOf(deployments.blue)} has no replicas.`);
    const others = await this.list(autoscaler, place, signal);
    const other = others.find((each) => Object.values(deployments).some(({ name }) => scales(each, name)));
    if (other === undefined) return;
    refuse(
      `HorizontalPodAutoscaler ${other.metadata.name} scales the pods, whose numbers give the shares here.`,
    );
  }

  /** Null: any, by rounding. */
  async shares(place: RoutePlace, signal?: AbortSignal): Promise<readonly number[] | null> {
    const { state, rounding } = await this.read(place, signal);
    return rounding === 'nearest' && state.total > 1 ? null : reachableShares(state.total);
  }

  async write(
    place: RoutePlace,
    seen: Seen,
    { stableSlot, canaryPercent, match, mark }: RouteWanted,
    signal?: AbortSignal,
    mode: 'do' | 'try' = 'do',
  ): Promise<null> {
    const { service, stable, canary, state } = seen;
    if (match !== null)
      throw new SluiceError('traffic-unready', 'A Service cannot tell requests by their headers.');
    const refs = podShareRefs(place);
    const green = stableSlot === 'blue' ? canaryPercent : 100 - canaryPercent;
    // Plans were held against the shares before; what comes on the way down is taken as near as it goes.
    const wanted = todo(state, green, podsFor(green, state.total, 'nearest'));
    const notes = {
      ...markNotes(place, mark),
      [noteNames.before]: beforeText(seen),
      [askedNote]: String(green),
      ...(foundIn(service) === null ? notesOfFound(service, stable, state) : {}),
    };
    const select =
      wanted.selector === undefined
        ? []
        : [{ op: 'replace', path: '/spec/selector', value: wanted.selector } as const];
    // The Service first: it fails if a newer owner or a stop has come, and it is what takes a share away.
    await this.client.patch(
      refs.service,
      [unchanged(service), ...select, ...noteSteps(service, notes)],
      signal,
      mode,
    );
    for (const [ref, object, replicas] of [
      [refs.deployments.green, canary, wanted.green],
      [refs.deployments.blue, stable, wanted.blue],
    ] as const) {
      if (object === null || (replicas === undefined && mode === 'do')) continue;
      await this.scale(ref, object, replicas, signal, mode);
    }
    return null;
  }

  async leave(place: RoutePlace, stableSlot: () => Promise<Slot>, signal?: AbortSignal): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        return await this.leaveOnce(place, stableSlot, signal);
      } catch (error) {
        if (error instanceof NoRoute) return;
        if (!isProblem(error, 'conflict') || round === maxRounds) throw error;
      }
    }
  }

  private async leaveOnce(
    place: RoutePlace,
    stableSlot: () => Promise<Slot>,
    signal?: AbortSignal,
  ): Promise<void> {
    const refs = podShareRefs(place);
    const { service, stable, canary, state } = await this.read(place, signal);
    // Users of a promoted version are sent to it by the selector.
    if ((await stableSlot()) === 'green') return;
    await this.refuseCanaryPods(place, stable, state, signal);
    const note = foundIn(service);
    if (note !== null) {
      await this.scale(refs.deployments.blue, stable, note.replicas, signal);
      const back = { op: 'replace', path: '/spec/selector', value: note.selector } as const;
      const steps = [unchanged(service), back, ...clearSteps(service, ourNotes)];
      await this.client.patch(refs.service, steps, signal);
    }
    await giveBack(this.client, refs.service, service.metadata.annotations?.[noteNames.owners], signal);
    await giveBack(this.client, refs.deployments.blue, note?.owners, signal);
    if (canary !== null) await giveBack(this.client, refs.deployments.green, undefined, signal);
  }

  /** The whole Service would send to them again. */
  private async refuseCanaryPods(
    place: RoutePlace,
    stable: KubeObject,
    { shared }: PodShare,
    signal?: AbortSignal,
  ): Promise<void> {
    const selector = Object.entries(shared).map(([name, value]) => `${name}=${value}`);
    const [pods, sets] = await Promise.all([
      this.list(pod, place, signal, selector.join(',')),
      this.list(replicaSet, place, signal),
    ]);
    const own = ownedBy(stable, sets);
    const others = pods.filter(
      (each) =>
        each.metadata.deletionTimestamp === undefined && !own.some((set) => ownedBy(set, [each]).length > 0),
    );
    if (others.length === 0) return;
    const message = `${others.length} pods beside those of ${stable.metadata.name} still run; its Service would send to them again.`;
    throw new SluiceError('traffic-unavailable', message);
  }

  private async scale(
    ref: KubeRef,
    object: KubeObject,
    replicas: number | undefined,
    signal?: AbortSignal,
    mode?: 'do' | 'try',
  ): Promise<void> {
    const now = (object.spec as { replicas?: number }).replicas ?? 1;
    if (replicas === now && mode !== 'try') return;
    const value = replicas ?? now;
    // Its status changes with every pod, so that its resource version says little.
    const steps = [
      { op: 'test', path: '/spec/replicas', value: now } as const,
      { op: 'replace', path: '/spec/replicas', value } as const,
    ];
    await this.client.patch(ref, steps, signal, mode);
  }

  private async list(
    kind: KubeKind,
    { namespace }: RoutePlace,
    signal?: AbortSignal,
    labelSelector?: string,
  ): Promise<readonly KubeObject[]> {
    const options = { namespace, ...(labelSelector === undefined ? {} : { labelSelector }) };
    return (await this.client.list(kind, options, signal)).items;
  }
}

function isShared(percent: number): boolean {
  return percent > 0 && percent < 100;
}
