/** How an HTTPRoute or a GRPCRoute is shared: by the weights of its backendRefs, and by rules of ours for a header. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { type KubeObject, type PatchStep, pointer } from '../../kube/types.ts';
import { type ObjectKind, ownMatch } from '../kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../kube/route.ts';
import { servicesOf, weightsFor } from '../kube/services.ts';
import { routeRef } from './options.ts';
import { type BackendRef, headerRule, type Rules, readRules, type SharedRule, sharesOf } from './rules.ts';

export const gatewayRoute: ObjectKind = {
  refOf: routeRef,
  shares(object, place) {
    const match = ownMatch(object);
    const { shared, own } = readRules(object, place, match);
    const each = shared.map(sharesOf);
    // Rules that differ are not as they were asked to be; the larger share is the one to worry about.
    const largest = (slot: Slot) => Math.max(...each.map((shares) => shares[slot]));
    return {
      shares: { blue: largest('blue'), green: largest('green') },
      match: own.length > 0 ? match : null,
    };
  },
  steps(object, place, wanted) {
    const rules = readRules(object, place, ownMatch(object));
    const weights = rules.shared.flatMap((rule) => weightSteps(rule, place, wanted));
    return [...weights, ...headerSteps(rules, place, wanted)];
  },
  found(object, place) {
    const { shared } = readRules(object, place, ownMatch(object));
    const weight = (each: SharedRule, slot: Slot) => each.refs[slot]?.ref.weight ?? null;
    return JSON.stringify(
      shared.map((each) => [weight(each, 'blue'), each.refs.green === null ? 'none' : weight(each, 'green')]),
    );
  },
  undo(object, place, found, stableSlot) {
    const rules = readRules(object, place, ownMatch(object));
    const own = headerSteps(rules, place, { stableSlot, match: null });
    // A canary that has become stable keeps all traffic: that is not how the route was found, but how it should be.
    if (stableSlot === 'green') return own;
    const before = foundWeights.catch([]).parse(parsed(found));
    return [...rules.shared.flatMap((each, at) => undoSteps(each, before[at])), ...own];
  },
  observed: isObserved,
};

/** Weight of stable and of the canary as found; null: none was written; `none`: there was no such backend. */
const foundWeights = z.array(
  z.tuple([z.number().nullable(), z.union([z.number().nullable(), z.literal('none')])]),
);

function weightSteps(each: SharedRule, place: RoutePlace, wanted: Omit<RouteWanted, 'mark'>): PatchStep[] {
  const { canary, stable } = weightsFor(wanted.canaryPercent);
  const weights = { [wanted.stableSlot]: stable, [otherSlot(wanted.stableSlot)]: canary };
  return (['blue', 'green'] as const).flatMap((slot): PatchStep[] => {
    const weight = weights[slot] ?? 0;
    const has = each.refs[slot];
    if (has !== null) return setWeight(each.index, has.index, has.ref, weight);
    if (weight === 0) return [];
    const path = pointer('spec', 'rules', each.index, 'backendRefs', '-');
    return [{ op: 'add', path, value: { ...refFor(each, place, slot), weight } }];
  });
}

function setWeight(rule: number, at: number, { name }: BackendRef, weight: number): PatchStep[] {
  const path = (field: string) => pointer('spec', 'rules', rule, 'backendRefs', at, field);
  return [
    { op: 'test', path: path('name'), value: name },
    { op: 'add', path: path('weight'), value: weight },
  ];
}

/** The backend of a slot; like the other slot's if the rule has none of its own. */
function refFor({ refs, index }: SharedRule, place: RoutePlace, slot: Slot): BackendRef {
  const like = refs[slot] ?? refs[otherSlot(slot)];
  if (like === null) throw new SluiceError('traffic-unready', `Rule ${index} has no backend of the target.`);
  return { ...like.ref, name: servicesOf(place)[slot] };
}

/** Takes our rules away, and puts new ones before the rules that they belong to; from the end, so that indices hold. */
function headerSteps(
  { shared, own }: Rules,
  place: RoutePlace,
  { stableSlot, match }: Pick<RouteWanted, 'stableSlot' | 'match'>,
): PatchStep[] {
  const path = (index: number) => pointer('spec', 'rules', index);
  const remove = own.toReversed().map((index): PatchStep => ({ op: 'remove', path: path(index) }));
  if (match === null) return remove;
  const add = shared.toReversed().map((each): PatchStep => {
    const index = each.index - own.filter((before) => before < each.index).length;
    const canary = refFor(each, place, otherSlot(stableSlot));
    return { op: 'add', path: path(index), value: headerRule(each, canary, match) };
  });
  return [...remove, ...add];
}

function undoSteps(
  { index, refs }: SharedRule,
  found: z.infer<typeof foundWeights>[number] | undefined,
): PatchStep[] {
  const path = (at: number, ...field: string[]) =>
    pointer('spec', 'rules', index, 'backendRefs', at, ...field);
  const weigh = (at: number, weight: number | null): PatchStep =>
    weight === null
      ? { op: 'remove', path: path(at, 'weight') }
      : { op: 'add', path: path(at, 'weight'), value: weight };
  const [stable = 1, canary = 0] = found ?? [];
  const { blue, green } = refs;
  return [
    ...(blue === null ? [] : [weigh(blue.index, stable === 0 ? 1 : stable)]),
    ...(green === null ? [] : [canary === 'none' ? removal(path(green.index)) : weigh(green.index, 0)]),
  ];
}

function removal(path: string): PatchStep {
  return { op: 'remove', path };
}

const condition = z.object({
  type: z.string(),
  status: z.string(),
  observedGeneration: z.number().optional(),
});
const statusOf = z.object({
  status: z
    .object({ parents: z.array(z.object({ conditions: z.array(condition).default([]) })).default([]) })
    .default({ parents: [] }),
});

/** Every gateway that reports has accepted this generation. */
function isObserved(object: KubeObject): boolean {
  const { data } = statusOf.safeParse(object);
  const generation = object.metadata.generation ?? 0;
  return (data?.status.parents ?? []).every(({ conditions }) => {
    const accepted = conditions.find(({ type }) => type === 'Accepted');
    if (accepted === undefined) return true;
    return accepted.status === 'True' && (accepted.observedGeneration ?? generation) >= generation;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
