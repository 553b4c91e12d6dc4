/** The rules of a Gateway API route: which of them are the target's, and how they share its traffic. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import { ruleKeys } from '../kube/keys.ts';
import { NoRoute, type RoutePlace } from '../kube/route.ts';
import { servicesOf } from '../kube/services.ts';
import { gatewayOptions, routeRef } from './options.ts';

const backendRef = z.looseObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
  weight: z.number().optional(),
});
const header = z.looseObject({ type: z.string().optional(), name: z.string(), value: z.string() });
const match = z.looseObject({ headers: z.array(header).optional() });
const rule = z.looseObject({
  name: z.string().optional(),
  matches: z.array(match).optional(),
  backendRefs: z.array(backendRef).optional(),
});
const rulesIn = z.object({ spec: z.object({ rules: z.array(rule).default([]) }) });

export type Rule = z.infer<typeof rule>;
export type BackendRef = z.infer<typeof backendRef>;

/** A rule that shares traffic between the two slots. */
export interface SharedRule {
  readonly index: number;
  /** Tells it from the others, wherever it has moved to. */
  readonly key: string;
  readonly rule: Rule;
  readonly refs: Readonly<Record<Slot, Place | null>>;
  /** Further backends with the name of a slot's Service; they count, and are not used. */
  readonly more: Readonly<Record<Slot, readonly Place[]>>;
}

export interface Place {
  readonly index: number;
  readonly ref: BackendRef;
  readonly weight: number;
}

export interface Rules {
  readonly shared: readonly SharedRule[];
  /**
   * Rules that share with the canary and have none of the plan's names, while one of those is missing: somebody has renamed
   * them. Nothing is given there any more, but it counts, and is taken away.
   */
  readonly renamed: readonly SharedRule[];
  /** Rules that were renamed and give the canary nothing any more: at the end they are given back as well. */
  readonly idle: readonly SharedRule[];
  /** Our own rules, which send requests with a header to the canary. */
  readonly own: readonly OwnRule[];
}

export interface OwnRule {
  readonly index: number;
  readonly match: HeaderMatch | null;
}

/**
 * A rule's only backend gets all its requests whatever its weight, so that our rules can bear this one as their mark. It
 * is in the rule itself because annotations may be taken away alone, and a rule must never be left behind.
 */
const ownWeight = 719_363;

/** Errors: `NoRoute` if nothing in the route is the target's. */
export function readRules(object: KubeObject, place: RoutePlace): Rules {
  const rules = sortRules(object, place);
  const { shared, renamed, own } = rules;
  if (shared.length > 0 || renamed.length > 0 || own.length > 0) return rules;
  const { rules: wanted } = gatewayOptions.parse(place.options);
  const which = wanted === undefined ? 'no rule' : `no rule named ${wanted.join(' or ')}`;
  const what = nameOf(routeRef(place));
  throw new NoRoute(`${what} has ${which} that sends to the Service ${servicesOf(place).blue}.`);
}

/** As `readRules`, whether anything is the target's or not. */
export function sortRules(object: KubeObject, place: RoutePlace): Rules {
  const parsed = rulesIn.safeParse(object);
  if (!parsed.success) throw new SluiceError('traffic-unready', `${nameOf(routeRef(place))} cannot be read.`);
  const { rules } = parsed.data.spec;
  const services = servicesOf(place);
  const { rules: wanted } = gatewayOptions.parse(place.options);
  const own = rules.flatMap((each, index): OwnRule[] =>
    isOwn(each, Object.values(services)) ? [{ index, match: matchOf(each) }] : [],
  );
  const keyOf = ruleKeys();
  const all = rules.flatMap((each, index): SharedRule[] => {
    if (own.some((ours) => ours.index === index)) return [];
    const [blue = null, ...moreBlue] = find(each, services.blue);
    const [green = null, ...moreGreen] = find(each, services.green);
    if (blue === null && green === null) return [];
    const more = { blue: moreBlue, green: moreGreen };
    return [{ index, key: keyOf(each.name, each.matches), rule: each, refs: { blue, green }, more }];
  });
  const isNamed = ({ rule: { name } }: SharedRule) =>
    wanted === undefined || (name !== undefined && wanted.includes(name));
  const shared = all.filter(isNamed);
  const isMissing = wanted?.some((name) => !shared.some(({ rule }) => rule.name === name)) ?? false;
  const others = isMissing ? all.filter((each) => !isNamed(each) && hasBoth(each)) : [];
  const gives = (each: SharedRule) => sharesOf(each).green > 0;
  return { shared, renamed: others.filter(gives), idle: others.filter((each) => !gives(each)), own };
}

/** As we share a rule: a way to the canary alone is its owner's. */
function hasBoth({ refs }: SharedRule): boolean {
  return refs.blue !== null && refs.green !== null;
}

/** The part of the rule's requests that each slot gets, percent. Others may get a part as well. */
export function sharesOf({ refs, more, rule }: SharedRule): Readonly<Record<Slot, number>> {
  const all = (rule.backendRefs ?? []).reduce((sum, { weight = 1 }) => sum + weight, 0);
  const weightOf = (slot: Slot) =>
    more[slot].reduce((sum, { weight }) => sum + weight, refs[slot]?.weight ?? 0);
  const share = (slot: Slot) => (all === 0 ? 0 : (weightOf(slot) / all) * 100);
  return { blue: share('blue'), green: share('green') };
}

/** The rule of our own that stands before `rule`: the same requests, if they carry the header. */
export function headerRule({ rule }: SharedRule, canary: BackendRef, own: HeaderMatch): Rule {
  const { name: _name, ...rest } = rule;
  const wanted = { type: 'Exact', name: own.header, value: own.value };
  const matches = (rule.matches ?? [{}]).map((each) => ({
    ...each,
    headers: [...(each.headers ?? []), wanted],
  }));
  return { ...rest, matches, backendRefs: [{ ...canary, weight: ownWeight }] };
}

function isOwn({ backendRefs = [] }: Rule, services: readonly string[]): boolean {
  const [only, ...others] = backendRefs;
  return (
    only !== undefined && others.length === 0 && only.weight === ownWeight && services.includes(only.name)
  );
}

/** The header was put after whatever else the requests must have. */
function matchOf({ matches = [] }: Rule): HeaderMatch | null {
  const last = matches[0]?.headers?.at(-1);
  return last === undefined ? null : { header: last.name, value: last.value };
}

function find({ backendRefs = [] }: Rule, service: string): Place[] {
  return backendRefs.flatMap((ref, index): Place[] =>
    (ref.kind ?? 'Service') === 'Service' && ref.name === service
      ? [{ index, ref, weight: ref.weight ?? 1 }]
      : [],
  );
}

/** Errors: `traffic-unready` if there are any. */
export function refuseRenamed({ renamed: [first] }: Pick<Rules, 'renamed'>, place: RoutePlace): void {
  if (first === undefined) return;
  const { rules: wanted = [] } = gatewayOptions.parse(place.options);
  const message = `${nameOf(routeRef(place))} lacks a rule of the plan's (${wanted.join(', ')}), and its rule ${first.rule.name ?? first.index} sends to the canary.`;
  throw new SluiceError('traffic-unready', message);
}

/** Errors: `traffic-unready` if a rule has no share to give to the canary alone. */
export function refuseOthers(
  { shared, renamed }: Pick<Rules, 'shared' | 'renamed'>,
  place: RoutePlace,
): void {
  const what = nameOf(routeRef(place));
  refuseRenamed({ renamed }, place);
  if (shared.length === 0) {
    throw new NoRoute(`${what} has no rule that sends to the Service ${servicesOf(place).blue}.`);
  }
  for (const { index, rule, refs } of shared) {
    const ours = [refs.blue?.index, refs.green?.index];
    const other = rule.backendRefs?.find((ref, at) => !ours.includes(at) && (ref.weight ?? 1) > 0);
    if (other === undefined) continue;
    const message = `Rule ${index} of ${what} sends a share to ${other.name} as well, so shares of the canary cannot be kept there.`;
    throw new SluiceError('traffic-unready', message);
  }
}
