/** The rules of a Gateway API route: which of them are the target's, and how they share its traffic. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import { ruleKeys } from '../kube/keys.ts';
import { NoRoute, type RoutePlace } from '../kube/route.ts';
import { servicesOf } from '../kube/services.ts';
import {
  type OwnRule,
  type RuleAt,
  type RuleReading,
  type SortedRules,
  sortedRules,
} from '../kube/shared-rules.ts';
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

type Rule = z.infer<typeof rule>;
export type BackendRef = z.infer<typeof backendRef>;

/** A rule that shares traffic between the two slots. */
export interface SharedRule extends RuleAt {
  readonly rule: Rule;
  readonly refs: Readonly<Record<Slot, Place | null>>;
  /** Further backends with the name of a slot's Service; they count, and are not used. */
  readonly more: Readonly<Record<Slot, readonly Place[]>>;
}

interface Place {
  readonly index: number;
  readonly ref: BackendRef;
  readonly weight: number;
}

export type Rules = SortedRules<SharedRule>;

/**
 * A rule's only backend gets all its requests whatever its weight, so that our rules can bear this one as their mark.
 * It is in the rule itself because annotations may be taken away alone, and a rule must never be left behind.
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
  return sortedRules(all, own, wanted, reading);
}

/** Others may get a part of the rule's requests as well. */
function sharesOf({ refs, more, rule }: SharedRule): Readonly<Record<Slot, number>> {
  const all = (rule.backendRefs ?? []).reduce((sum, { weight = 1 }) => sum + weight, 0);
  const weightOf = (slot: Slot) =>
    more[slot].reduce((sum, { weight }) => sum + weight, refs[slot]?.weight ?? 0);
  const share = (slot: Slot) => (all === 0 ? 0 : (weightOf(slot) / all) * 100);
  return { blue: share('blue'), green: share('green') };
}

export const reading: RuleReading<SharedRule> = {
  nameOf: ({ rule }) => rule.name,
  sharesOf,
  hasBoth: ({ refs }) => refs.blue !== null && refs.green !== null,
};

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
