/** The http routes of a VirtualService: which of them are the target's, and how they share its traffic. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import { ruleKeys } from '../kube/keys.ts';
import { matchIn, matchText, prefix } from '../kube/lease-state.ts';
import { NoRoute, type RoutePlace } from '../kube/route.ts';
import { type RuleAt, type RuleReading, type SortedRules, sortedRules } from '../kube/shared-rules.ts';
import { sameHost } from './hosts.ts';
import { destinationsOf, istioOptions, virtualServiceRef } from './options.ts';

const destination = z.looseObject({ host: z.string(), subset: z.string().optional() });
const entry = z.looseObject({ destination, weight: z.number().optional() });
const text = z.looseObject({ exact: z.string().optional(), prefix: z.string().optional() });
const match = z.looseObject({
  headers: z.record(z.string(), text).optional(),
  withoutHeaders: z.record(z.string(), text).optional(),
});
const httpRoute = z.looseObject({
  name: z.string().optional(),
  match: z.array(match).optional(),
  route: z.array(entry).optional(),
  delegate: z.looseObject({ name: z.string().optional() }).optional(),
});
const stream = z.looseObject({ route: z.array(entry).default([]) });
const parsed = z.object({
  spec: z.object({
    hosts: z.array(z.string()).default([]),
    http: z.array(httpRoute).default([]),
    tcp: z.array(stream).default([]),
    tls: z.array(stream).default([]),
  }),
});

export type HttpRoute = z.infer<typeof httpRoute>;
export type Entry = z.infer<typeof entry>;

interface Place {
  readonly index: number;
  readonly entry: Entry;
}

/** A route that shares traffic between the two slots. */
export interface SharedRoute extends RuleAt {
  readonly rule: HttpRoute;
  readonly at: Readonly<Record<Slot, Place | null>>;
  /** Further destinations that are a slot's; they count, and are not used. */
  readonly more: Readonly<Record<Slot, readonly Place[]>>;
}

export type VirtualService = SortedRules<SharedRoute>;

/** Names of routes are for people; ours say what they are, also when every annotation is gone. */
const ownPrefix = `${prefix}/`;

export function ownName(wanted: HeaderMatch): string {
  return `${ownPrefix}${matchText(wanted)}`;
}

/** Errors: `NoRoute` if nothing in it is the target's. */
export function readRoutes(object: KubeObject, place: RoutePlace): VirtualService {
  const routes = sortRoutes(object, place);
  const { shared, renamed, own } = routes;
  if (shared.length > 0 || renamed.length > 0 || own.length > 0) return routes;
  throw nothingIn(specOf(object, place).http, place);
}

/** As `readRoutes`, whether anything is the target's or not. */
export function sortRoutes(object: KubeObject, place: RoutePlace): VirtualService {
  const { http } = specOf(object, place);
  const { routes: wanted } = istioOptions.parse(place.options);
  const keyOf = ruleKeys();
  const own = http.flatMap(({ name }, index) =>
    name?.startsWith(ownPrefix) ? [{ index, match: matchIn(name.slice(ownPrefix.length)) ?? null }] : [],
  );
  const all = http.flatMap((rule, index): SharedRoute[] => {
    if (own.some((ours) => ours.index === index)) return [];
    const [blue = null, ...moreBlue] = find(rule, 'blue', place);
    const [green = null, ...moreGreen] = find(rule, 'green', place);
    if (blue === null && green === null) return [];
    const more = { blue: moreBlue, green: moreGreen };
    return [{ index, key: keyOf(rule.name, rule.match), rule, at: { blue, green }, more }];
  });
  return sortedRules(all, own, wanted, reading);
}

/** Errors: `traffic-unready` if there are any. */
export function refuseRenamed({ renamed: [first] }: VirtualService, place: RoutePlace): void {
  if (first === undefined) return;
  const { routes: wanted = [] } = istioOptions.parse(place.options);
  const message = `${nameOf(virtualServiceRef(place))} lacks an http route of the plan's (${wanted.join(', ')}), and its route ${first.rule.name ?? first.index} sends to the canary.`;
  throw new SluiceError('traffic-unready', message);
}

/** A route's only destination gets all of its requests. */
function sharesOf({ rule, at, more }: SharedRoute): Readonly<Record<Slot, number>> {
  const entries = rule.route ?? [];
  const weightOf = ({ weight = 0 }: Entry) => (entries.length === 1 ? 100 : weight);
  const all = entries.reduce((sum, each) => sum + weightOf(each), 0);
  const share = (slot: Slot) => {
    const places = [...(at[slot] === null ? [] : [at[slot]]), ...more[slot]];
    const weight = places.reduce((sum, place) => sum + weightOf(place.entry), 0);
    return all === 0 ? 0 : (weight / all) * 100;
  };
  return { blue: share('blue'), green: share('green') };
}

export const reading: RuleReading<SharedRoute> = {
  nameOf: ({ rule }) => rule.name,
  sharesOf,
  hasBoth: ({ at }) => at.blue !== null && at.green !== null,
};

/** Errors: `NoRoute`, and `traffic-unready` if shares of the canary could not be kept. */
export function refuseUnfit(object: KubeObject, place: RoutePlace): void {
  const what = nameOf(virtualServiceRef(place));
  const refuse = (why: string) => {
    throw new SluiceError('traffic-unready', `${what} ${why}.`);
  };
  const { hosts, http, tcp, tls } = specOf(object, place);
  if (hosts.length === 0) refuse('has no hosts, so it is a delegate; that is not supported');
  const { blue } = destinationsOf(place);
  const isTarget = ({ destination: to }: Entry) => sameHost(to.host, blue.host, place.namespace);
  if (tcp.some(({ route }) => route.some(isTarget)))
    refuse(`has a tcp route to ${blue.host}, which cannot be shared`);
  if (tls.some(({ route }) => route.some(isTarget)))
    refuse(`has a tls route to ${blue.host}, which cannot be shared`);
  const routes = readRoutes(object, place);
  refuseRenamed(routes, place);
  const { shared } = routes;
  if (shared.length === 0) throw nothingIn(http, place);
  for (const { rule, index, at } of shared) {
    const ours = [at.blue?.index, at.green?.index];
    const other = rule.route?.find(({ weight = 0 }, nth) => !ours.includes(nth) && weight > 0);
    if (other !== undefined)
      refuse(
        `sends a share of http route ${rule.name ?? index} to ${other.destination.host} as well, so shares cannot be kept there`,
      );
  }
}

function nothingIn(http: readonly HttpRoute[], place: RoutePlace): NoRoute {
  const { routes } = istioOptions.parse(place.options);
  const { blue } = destinationsOf(place);
  const named = routes === undefined ? '' : ` named ${routes.join(' or ')}`;
  const delegates = http.filter(({ name, delegate }) => delegate && (routes?.includes(name ?? '') ?? true));
  const to = delegates.map(({ delegate }) => delegate?.name ?? 'another').join(', ');
  const why = delegates.length === 0 ? '' : `; it delegates to ${to}, which is not supported`;
  const what = nameOf(virtualServiceRef(place));
  return new NoRoute(`${what} has no http route${named} that sends to ${blue.host}${why}.`);
}

function find({ route = [] }: HttpRoute, slot: Slot, place: RoutePlace): Place[] {
  const { host, subset } = destinationsOf(place)[slot];
  const isSlots = ({ destination: to }: Entry) => {
    if (!sameHost(to.host, host, place.namespace)) return false;
    // Before a rollout the route may name no subset, and then all of the host's pods are stable.
    return subset === null || to.subset === subset || (slot === 'blue' && to.subset === undefined);
  };
  return route.flatMap((entry, index): Place[] => (isSlots(entry) ? [{ index, entry }] : []));
}

function specOf(object: KubeObject, place: RoutePlace): z.infer<typeof parsed>['spec'] {
  const { data } = parsed.safeParse(object);
  if (data !== undefined) return data.spec;
  throw new SluiceError('traffic-unready', `${nameOf(virtualServiceRef(place))} cannot be read.`);
}
