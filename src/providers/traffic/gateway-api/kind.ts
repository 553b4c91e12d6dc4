/** How an HTTPRoute or a GRPCRoute is shared: by the weights of its backendRefs, and by rules of ours for a header. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { parsedJson } from '../../../domain/parsed-json.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { type PatchStep, pointer } from '../../kube/types.ts';
import type { ObjectKind } from '../kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../kube/route.ts';
import { servicesOf, weightsFor } from '../kube/services.ts';
import { headerSteps, noBackend, sharesIn, undoRules } from '../kube/shared-rules.ts';
import { isObserved } from './observed.ts';
import { routeRef } from './options.ts';
import {
  type BackendRef,
  headerRule,
  type Rules,
  reading,
  readRules,
  refuseOthers,
  refuseRenamed,
  type SharedRule,
  sortRules,
} from './rules.ts';

export const gatewayRoute: ObjectKind = {
  refOf: routeRef,
  owned: ['f:spec', 'f:rules'],
  check: (object, place) => refuseOthers(readRules(object, place), place),
  shares: (object, place) => sharesIn(readRules(object, place), reading),
  steps(object, place, wanted) {
    const rules = readRules(object, place);
    if (wanted.canaryPercent > 0 || wanted.match !== null) refuseRenamed(rules, place);
    const weights = [...rules.shared, ...rules.renamed].flatMap((rule) => weightSteps(rule, place, wanted));
    return [...weights, ...ownSteps(rules, place, wanted)];
  },
  found(object, place) {
    const weight = ({ refs }: SharedRule, slot: Slot) => {
      const has = refs[slot];
      return has === null ? noBackend : (has.ref.weight ?? null);
    };
    const { shared } = readRules(object, place);
    return JSON.stringify(shared.map((each) => [each.key, weight(each, 'blue'), weight(each, 'green')]));
  },
  undo(object, place, found, stableSlot) {
    const notes = foundWeights.catch([]).parse(parsedJson(found));
    return undoRules('rules', sortRules(object, place), notes, stableSlot, reading, undoSteps);
  },
  observed: isObserved,
};

/** By rule: weight of stable and of the canary as found; null: none was written; `none`: there was no such backend. */
const foundWeight = z.union([z.number().nullable(), z.literal(noBackend)]);
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

function ownSteps(rules: Rules, place: RoutePlace, { stableSlot, match }: Omit<RouteWanted, 'mark'>) {
  if (match === null) return headerSteps('rules', rules);
  const canary = otherSlot(stableSlot);
  return headerSteps('rules', rules, (each) => headerRule(each, refFor(each, place, canary), match));
}

function undoSteps(
  { index, refs, more }: SharedRule,
  before: z.infer<typeof foundRule> | undefined,
  isAdded: boolean,
): PatchStep[] {
  const path = (at: number, ...field: string[]) =>
    pointer('spec', 'rules', index, 'backendRefs', at, ...field);
  const { blue, green } = refs;
  const steps: PatchStep[] = [];
  if (blue !== null && before !== undefined && before[1] !== noBackend) {
    const weight = before[1] === 0 ? 1 : before[1];
    if (weight !== null) steps.push({ op: 'add', path: path(blue.index, 'weight'), value: weight });
    else if (blue.ref.weight !== undefined) steps.push({ op: 'remove', path: path(blue.index, 'weight') });
  }
  // Others of the canary's name have come since, and go on without a share.
  for (const { index: at, weight } of more.green)
    if (weight !== 0) steps.push({ op: 'add', path: path(at, 'weight'), value: 0 });
  if (green !== null && isAdded) steps.push({ op: 'remove', path: path(green.index) });
  else if (green !== null && green.weight !== 0)
    steps.push({ op: 'add', path: path(green.index, 'weight'), value: 0 });
  return steps;
}
