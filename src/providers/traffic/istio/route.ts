/** A VirtualService and, where one host is shared by subsets, the DestinationRule that has to know them first. */
import { SluiceError } from '../../../domain/errors.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem, KubeError } from '../../kube/errors.ts';
import { destinationRule } from '../../kube/kinds.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';
import { prefix } from '../kube/lease-state.ts';
import { isOthers, ownerNote } from '../kube/notes.ts';
import { ObjectRoute, type ObjectSeen } from '../kube/object-route.ts';
import { refuseWhileRunning } from '../kube/pods.ts';
import {
  givesNothing,
  type KubeRoute,
  type RoutePlace,
  type RouteWanted,
  type SingleRoute,
  seenInPart,
} from '../kube/route.ts';
import { sameHost } from './hosts.ts';
import { virtualServiceKind } from './kind.ts';
import { hostOf, istioOptions, subsetsOf, virtualServiceRef } from './options.ts';
import { destinationRuleKind, hostIn, newRuleSpec } from './subsets.ts';

interface Seen extends ObjectSeen {
  /** The DestinationRule; null: there is none yet, or none is needed. */
  readonly rule: ObjectSeen | null;
}

/** On a DestinationRule: Sluice made it. */
const madeFor = `${prefix}/made-for`;

export class IstioRoute implements KubeRoute<Seen> {
  /** The shares stand in the VirtualService. */
  readonly single: SingleRoute;
  private readonly client: KubeClient;
  private readonly routes: ObjectRoute;

  constructor(client: KubeClient) {
    this.client = client;
    this.routes = new ObjectRoute(client, virtualServiceKind);
    this.single = {
      refOf: virtualServiceRef,
      isWhole: (place) => subsetsOf(place) === null,
      seenIn: (object, place): Seen => {
        const seen = { ...this.routes.seenIn(object, place), rule: null };
        return subsetsOf(place) === null ? seen : { ...seen, unsure: seenInPart(virtualServiceRef(place)) };
      },
    };
  }

  async read(place: RoutePlace, signal?: AbortSignal): Promise<Seen> {
    const [seen, rule] = await Promise.all([
      this.routes.read(place, signal),
      subsetsOf(place) === null ? null : this.readRule(place, signal).catch(asKnown),
    ]);
    if (rule instanceof Error) return { ...seen, rule: null, unsure: rule };
    if (subsetsOf(place) === null || (rule !== null && rule.incomplete === undefined)) {
      return { ...seen, rule, observed: seen.observed && (rule?.observed ?? true) };
    }
    return { ...seen, rule, incomplete: true };
  }

  async check(place: RoutePlace, seen: Seen): Promise<void> {
    await this.routes.check(place, seen);
    if (seen.unsure !== undefined) throw seen.unsure;
    if (seen.rule !== null) await this.ruleRoute(refOf(seen.rule.object)).check(place, seen.rule);
  }

  /**
   * Subsets first: a route to one that nobody knows would be answered with errors. But nothing comes before taking a
   * share away, since whoever does that may have no right on the DestinationRule, or there may be two.
   */
  async write(
    place: RoutePlace,
    seen: Seen,
    wanted: RouteWanted,
    signal?: AbortSignal,
    mode: 'do' | 'try' = 'do',
  ): Promise<Seen | null> {
    const { unsure } = seen;
    if (unsure !== undefined && !givesNothing(wanted)) throw unsure;
    const writeRoute = () => this.routes.write(place, seen, wanted, signal, mode);
    if (unsure !== undefined) return { ...(await writeRoute()), rule: null, unsure };
    if (subsetsOf(place) === null) return { ...(await writeRoute()), rule: null };
    const writeRule = () => this.writeRule(place, seen.rule, wanted, signal, mode);
    const steps = [writeRule, writeRoute];
    for (const step of takesAway(seen, wanted) ? steps.toReversed() : steps) await step();
    return null;
  }

  async leave(place: RoutePlace, stableSlot: () => Promise<Slot>, signal?: AbortSignal): Promise<void> {
    const subsets = subsetsOf(place);
    if (subsets !== null && (await this.hasOther(place, signal))) return;
    // The route may go back to the whole host, which has the canary's pods while they run.
    if (subsets !== null && (await stableSlot()) === 'blue')
      await refuseWhileRunning(this.client, place.namespace, subsets.green.labels, signal);
    await this.routes.leave(place, stableSlot, signal);
    if (subsets === null) return;
    for (const rule of await this.findRules(place, signal)) {
      const { annotations = {}, resourceVersion } = rule.metadata;
      const service = annotations[madeFor];
      if (service === undefined) {
        await this.ruleRoute(refOf(rule)).leave(place, stableSlot, signal);
        continue;
      }
      // Another target's canary may live by it.
      if (service !== place.service || isOthers(rule.metadata, place)) continue;
      if ((await stableSlot()) === 'blue') await this.client.delete(refOf(rule), signal, { resourceVersion });
    }
  }

  private async hasOther(place: RoutePlace, signal?: AbortSignal): Promise<boolean> {
    const found = await this.client.find(virtualServiceRef(place), signal);
    return found !== null && isOthers(found.metadata, place);
  }

  private async writeRule(
    place: RoutePlace,
    rule: ObjectSeen | null,
    wanted: RouteWanted,
    signal: AbortSignal | undefined,
    mode: 'do' | 'try',
  ): Promise<void> {
    if (rule !== null && rule.incomplete === undefined && mode === 'do') return;
    if (rule !== null) {
      await this.ruleRoute(refOf(rule.object)).write(place, rule, wanted, signal, mode);
      return;
    }
    const ref = this.newRef(place);
    const labels = { 'app.kubernetes.io/managed-by': 'sluice' };
    const annotations = { [madeFor]: place.service, ...ownerNote(place) };
    const metadata = { name: ref.name, namespace: place.namespace, labels, annotations };
    try {
      await this.client.create(ref, { metadata, spec: newRuleSpec(place) }, signal, mode);
    } catch (error) {
      if (!isProblem(error, 'exists')) throw error;
      throw new KubeError('conflict', error.message, error.status, { cause: error });
    }
  }

  private async readRule(place: RoutePlace, signal?: AbortSignal): Promise<ObjectSeen | null> {
    const rule = await this.findRule(place, signal);
    return rule === null ? null : this.ruleRoute(refOf(rule)).seenIn(rule, place);
  }

  /** The one that the plan names, else the one of the host in the route's namespace. */
  private async findRule(place: RoutePlace, signal?: AbortSignal): Promise<KubeObject | null> {
    const [only = null, other] = await this.findRules(place, signal);
    if (other === undefined) return only;
    const message = `${hostOf(place)} has several DestinationRules in ${place.namespace}; name one as \`destinationRule\`.`;
    throw new SluiceError('traffic-unready', message);
  }

  private async findRules(place: RoutePlace, signal?: AbortSignal): Promise<readonly KubeObject[]> {
    const { namespace } = place;
    const { destinationRule: name } = istioOptions.parse(place.options);
    if (name !== undefined) {
      const named = await this.client.find({ kind: destinationRule, namespace, name }, signal);
      return named === null ? [] : [named];
    }
    const { items } = await this.client.list(destinationRule, { namespace }, signal);
    return items.filter((each) => sameHost(hostIn(each), hostOf(place), namespace));
  }

  private newRef({ namespace, service, options }: RoutePlace): KubeRef {
    const { destinationRule: name = `${service}-sluice` } = istioOptions.parse(options);
    return { kind: destinationRule, namespace, name };
  }

  private ruleRoute(ref: KubeRef): ObjectRoute {
    return new ObjectRoute(this.client, destinationRuleKind(ref));
  }
}

function takesAway(seen: Seen, wanted: RouteWanted): boolean {
  const gets = seen.shares[otherSlot(wanted.stableSlot)] > 0 || seen.match !== null;
  return gets && givesNothing(wanted);
}

function asKnown(error: unknown): SluiceError | KubeError {
  if (error instanceof SluiceError || error instanceof KubeError) return error;
  throw error;
}

function refOf({ metadata: { name, namespace } }: KubeObject): KubeRef {
  return { kind: destinationRule, name, ...(namespace === undefined ? {} : { namespace }) };
}
