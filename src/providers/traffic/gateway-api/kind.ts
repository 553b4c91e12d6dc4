/** How an HTTPRoute or a GRPCRoute is shared: by the weights of its backendRefs, and by rules of ours for a header. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { type PatchStep, pointer } from '../../kube/types.ts';
import { notedOf } from '../kube/keys.ts';
import type { ObjectKind } from '../kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../kube/route.ts';
import { servicesOf, weightsFor } from '../kube/services.ts';
import { isObserved } from './observed.ts';
import { routeRef } from './options.ts';
import {
  type BackendRef,
  headerRule,
  type Rules,
  readRules,
  refuseOthers,
  refuseRenamed,
  type SharedRule,
  sharesOf,
  sortRules,
} from './rules.ts';

export const gatewayRoute: ObjectKind = {
  refOf: routeRef,
  owned: ['f:spec', 'f:rules'],
  check: (object, place) => refuseOthers(readRules(object, place), place),
  shares(object, place) {
    const { shared, renamed, own } = readRules(object, place);
    const each = [...shared, ...renamed].map(sharesOf);
    // Rules that differ are not as they were asked to be; the larger share is the one to worry about.
    const largest = (slot: Slot) => Math.max(0, ...each.map((shares) => shares[slot]));
    const shares = { blue: largest('blue'), green: largest('green') };
    const match = own[0]?.match ?? null;
    const alike =
      each.every(({ blue, green }) => sameShare(green, shares.green) && blue + green > 0) &&
      own.every((ours) => sameMatch(ours.match, match)) &&
      (own.length === 0 || own.length === shared.length);
    return { shares, match, ...(alike ? {} : { incomplete: true }) };
  },
  steps(object, place, wanted) {
    const rules = readRules(object, place);
    if (wanted.canaryPercent > 0 || wanted.match !== null) refuseRenamed(rules, place);
    const weights = [...rules.shared, ...rules.renamed].flatMap((rule) => weightSteps(rule, place, wanted));
    return [...weights, ...headerSteps(rules, place, wanted)];
  },
  found(object, place) {
    const weight = ({ refs }: SharedRule, slot: Slot) => {
      const has = refs[slot];
      return has === null ? 'none' : (has.ref.weight ?? null);
    };
    const { shared } = readRules(object, place);
    return JSON.stringify(shared.map((each) => [each.key, weight(each, 'blue'), weight(each, 'green')]));
  },
  undo(object, place, found, stableSlot) {
    const rules = sortRules(object, place);
    const own = headerSteps(rules, place, { stableSlot, match: null });
    // A canary that has become stable keeps all traffic: that is not how the route was found, but how it should be.
    if (stableSlot === 'green') return own;
    const all = [...rules.shared, ...rules.renamed, ...rules.idle].toSorted((a, b) => a.index - b.index);
    const before = foundWeights.catch([]).parse(parsed(found));
    const notes = notedOf(
      all.map(({ key }) => key),
      before,
    );
    return [...all.flatMap((each, nth) => undoSteps(each, notes[nth])), ...own];
  },
  observed: isObserved,
};

/** By rule: weight of stable and of the canary as found; null: none was written; `none`: there was no such backend. */
const foundWeight = z.union([z.number().nullable(), z.literal('none')]);
const foundRule = z.tuple([z.string(), foundWeight, foundWeight]);
const foundWeights = z.array(foundRule);

function weightSteps(each: SharedRule, place: RoutePlace, wanted: Omit<RouteWanted, 'mark'>): PatchStep[] {
  const { canary, stable } = weightsFor(wanted.canaryPercent);
  const weights = { [wanted.stableSlot]: stable, [otherSlot(wanted.stableSlot)]: canary };
  return (['blue', 'green'] as const).flatMap((slot): PatchStep[] => {
    const weight = weights[slot] ?? 0;
    const has = each.refs[slot];
    const idle = each.more[slot].flatMap((more) =>
      more.weight === 0 ? [] : setWeight(each.index, more.index, more.ref, 0),
    );
    if (has !== null) return [...setWeight(each.index, has.index, has.ref, weight), ...idle];
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
  { shared, own }: Pick<Rules, 'shared' | 'own'>,
  place: RoutePlace,
  { stableSlot, match }: Pick<RouteWanted, 'stableSlot' | 'match'>,
): PatchStep[] {
  const path = (index: number) => pointer('spec', 'rules', index);
  const remove = own.toReversed().map(({ index }): PatchStep => ({ op: 'remove', path: path(index) }));
  if (match === null) return remove;
  const add = shared.toReversed().map((each): PatchStep => {
    const index = each.index - own.filter((before) => before.index < each.index).length;
    const canary = refFor(each, place, otherSlot(stableSlot));
    return { op: 'add', path: path(index), value: headerRule(each, canary, match) };
  });
  return [...remove, ...add];
}

function undoSteps(
  { index, refs, more }: SharedRule,
  before: z.infer<typeof foundRule> | undefined,
): PatchStep[] {
  const path = (at: number, ...field: string[]) =>
    pointer('spec', 'rules', index, 'backendRefs', at, ...field);
  const { blue, green } = refs;
  const steps: PatchStep[] = [];
  if (blue !== null && before !== undefined && before[1] !== 'none') {
    const weight = before[1] === 0 ? 1 : before[1];
    if (weight !== null) steps.push({ op: 'add', path: path(blue.index, 'weight'), value: weight });
    else if (blue.ref.weight !== undefined) steps.push({ op: 'remove', path: path(blue.index, 'weight') });
  }
  // Others of the canary's name have come since, and go on without a share.
  for (const { index: at, weight } of more.green)
    if (weight !== 0) steps.push({ op: 'add', path: path(at, 'weight'), value: 0 });
  if (green !== null && before?.[2] === 'none') steps.push({ op: 'remove', path: path(green.index) });
  else if (green !== null && green.weight !== 0)
    steps.push({ op: 'add', path: path(green.index, 'weight'), value: 0 });
  return steps;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
