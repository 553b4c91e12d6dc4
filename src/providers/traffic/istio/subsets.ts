/**
 * The subsets of a DestinationRule that tell the two versions of one host apart: added if missing, and taken out again.
 */

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { parsedJson } from '../../../domain/parsed-json.ts';
import { type KubeObject, type KubeRef, nameOf, type PatchStep, pointer } from '../../kube/types.ts';
import type { ObjectKind } from '../kube/object-route.ts';
import type { RoutePlace } from '../kube/route.ts';
import { isObserved } from './observed.ts';
import { hostOf, type Subset, subsetsOf } from './options.ts';

const subset = z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });
const ruleObject = z.object({
  spec: z.object({ host: z.string(), subsets: z.array(subset).optional() }),
});

export function destinationRuleKind(ref: KubeRef): ObjectKind {
  return {
    refOf: () => ref,
    owned: ['f:spec', 'f:subsets'],
    check(object, place) {
      for (const wanted of wantedIn(place)) refuseOther(object, wanted, ref);
    },
    // It moves no traffic itself.
    shares(object, place) {
      const shares = { blue: 100, green: 0 };
      return missing(object, place).length === 0
        ? { shares, match: null }
        : { shares, match: null, incomplete: true };
    },
    steps(object, place) {
      for (const wanted of wantedIn(place)) refuseOther(object, wanted, ref);
      const add = missing(object, place);
      if (add.length === 0) return [];
      if (specOf(object, ref).subsets === undefined)
        return [{ op: 'add', path: '/spec/subsets', value: add }];
      return add.map((value): PatchStep => ({ op: 'add', path: '/spec/subsets/-', value }));
    },
    found: (object, place) => JSON.stringify(missing(object, place).map(({ name }) => name)),
    undo(object, _place, found, stableSlot) {
      // Traffic of a promoted version goes through its subset.
      if (stableSlot === 'green') return [];
      const added = namesIn(found);
      const has = specOf(object, ref).subsets ?? [];
      const ours = has.flatMap(({ name }, index) => (added.includes(name) ? [index] : []));
      if (ours.length > 0 && ours.length === has.length) return [{ op: 'remove', path: '/spec/subsets' }];
      return ours
        .toReversed()
        .map((index): PatchStep => ({ op: 'remove', path: pointer('spec', 'subsets', index) }));
    },
    observed: isObserved,
  };
}

/** One that Sluice makes, where the host has none. */
export function newRuleSpec(place: RoutePlace): object {
  return { host: hostOf(place), subsets: wantedIn(place) };
}

export function hostIn(object: KubeObject): string {
  return ruleObject.safeParse(object).data?.spec.host ?? '';
}

function wantedIn(place: RoutePlace): readonly Subset[] {
  const subsets = subsetsOf(place);
  return subsets === null ? [] : [subsets.blue, subsets.green];
}

function missing(object: KubeObject, place: RoutePlace): readonly Subset[] {
  const has = ruleObject.safeParse(object).data?.spec.subsets ?? [];
  return wantedIn(place).filter(({ name }) => !has.some((each) => each.name === name));
}

function refuseOther(object: KubeObject, { name, labels }: Subset, ref: KubeRef): void {
  const has = specOf(object, ref).subsets?.find((each) => each.name === name);
  if (has === undefined || isDeepStrictEqual(has.labels ?? {}, labels)) return;
  const text = JSON.stringify(has.labels ?? {});
  const message = `${nameOf(ref)} has a subset ${name} with other labels already: ${text}.`;
  throw new SluiceError('traffic-unready', message);
}

function specOf(object: KubeObject, ref: KubeRef): z.infer<typeof ruleObject>['spec'] {
  const { data } = ruleObject.safeParse(object);
  if (data !== undefined) return data.spec;
  throw new SluiceError('traffic-unready', `${nameOf(ref)} cannot be read.`);
}

function namesIn(text: string): readonly string[] {
  return z.array(z.string()).catch([]).parse(parsedJson(text));
}
