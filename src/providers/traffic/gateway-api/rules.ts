/** The rules of a Gateway API route: which of them are the target's, and how they share its traffic. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import type { RoutePlace } from '../kube/route.ts';
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
  readonly rule: Rule;
  readonly refs: Readonly<Record<Slot, Place | null>>;
}

export interface Place {
  readonly index: number;
  readonly ref: BackendRef;
  readonly weight: number;
}

export interface Rules {
  readonly shared: readonly SharedRule[];
  /** Indices of our own rules, which send requests with a header to the canary. */
  readonly own: readonly number[];
}

/** Errors: `traffic-unready` if the route has no rule for the target, or shares a rule with other backends. */
export function readRules(object: KubeObject, place: RoutePlace, own: HeaderMatch | null): Rules {
  const parsed = rulesIn.safeParse(object);
  const what = nameOf(routeRef(place));
  if (!parsed.success) throw new SluiceError('traffic-unready', `${what} cannot be read.`);
  const { rules } = parsed.data.spec;
  const services = servicesOf(place);
  const { rules: wanted } = gatewayOptions.parse(place.options);
  const isOwn = (each: Rule) => own !== null && sendsByHeader(each, own, Object.values(services));
  const ownRules = rules.flatMap((each, index) => (isOwn(each) ? [index] : []));
  const shared = rules.flatMap((each, index): SharedRule[] => {
    if (ownRules.includes(index)) return [];
    if (wanted !== undefined && !(each.name !== undefined && wanted.includes(each.name))) return [];
    const refs = { blue: find(each, services.blue), green: find(each, services.green) };
    return refs.blue === null && refs.green === null ? [] : [{ index, rule: each, refs }];
  });
  if (shared.length === 0) {
    const which = wanted === undefined ? 'no rule' : `no rule named ${wanted.join(' or ')}`;
    const message = `${what} has ${which} that sends to the Service ${services.blue}.`;
    throw new SluiceError('traffic-unready', message);
  }
  for (const one of shared) refuseOthers(one, what);
  return { shared, own: ownRules };
}

/** The part of the rule's requests that each slot gets, percent. */
export function sharesOf({ refs }: SharedRule): Readonly<Record<Slot, number>> {
  const [blue, green] = [refs.blue?.weight ?? 0, refs.green?.weight ?? 0];
  const all = blue + green;
  return all === 0 ? { blue: 0, green: 0 } : { blue: (blue / all) * 100, green: (green / all) * 100 };
}

/** The rule of our own that stands before `rule`: the same requests, if they carry the header. */
export function headerRule({ rule }: SharedRule, canary: BackendRef, own: HeaderMatch): Rule {
  const { name: _name, ...rest } = rule;
  const wanted = { type: 'Exact', name: own.header, value: own.value };
  const matches = (rule.matches ?? [{}]).map((each) => ({
    ...each,
    headers: [...(each.headers ?? []), wanted],
  }));
  return { ...rest, matches, backendRefs: [{ ...canary, weight: 1 }] };
}

function sendsByHeader(each: Rule, own: HeaderMatch, services: readonly string[]): boolean {
  const [only, ...others] = each.backendRefs ?? [];
  const asks = ({ headers = [] }: { headers?: z.infer<typeof header>[] | undefined }) =>
    headers.some((one) => one.name.toLowerCase() === own.header.toLowerCase() && one.value === own.value);
  return (
    only !== undefined &&
    others.length === 0 &&
    services.includes(only.name) &&
    (each.matches ?? []).length > 0 &&
    (each.matches ?? []).every(asks)
  );
}

function find({ backendRefs = [] }: Rule, service: string): Place | null {
  const index = backendRefs.findIndex((ref) => (ref.kind ?? 'Service') === 'Service' && ref.name === service);
  const ref = backendRefs[index];
  return ref === undefined ? null : { index, ref, weight: ref.weight ?? 1 };
}

function refuseOthers({ index, rule: { backendRefs = [] }, refs }: SharedRule, what: string): void {
  const ours = [refs.blue?.index, refs.green?.index];
  const other = backendRefs.find((ref, at) => !ours.includes(at) && (ref.weight ?? 1) > 0);
  if (other === undefined) return;
  const message = `Rule ${index} of ${what} sends a share to ${other.name} as well, so shares of the canary cannot be kept there.`;
  throw new SluiceError('traffic-unready', message);
}
