/** How a VirtualService is shared: by the weights of its http routes' destinations, and by routes of ours for a header. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { sameMatch, sameShare } from '../../../domain/rollout/drift.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { type PatchStep, pointer } from '../../kube/types.ts';
import { notedOf } from '../kube/keys.ts';
import type { ObjectKind } from '../kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../kube/route.ts';
import { weightsFor } from '../kube/services.ts';
import { headerRoute } from './header.ts';
import { hostLike } from './hosts.ts';
import { isObserved } from './observed.ts';
import { destinationsOf, virtualServiceRef } from './options.ts';
import {
  type Entry,
  readRoutes,
  refuseRenamed,
  refuseUnfit,
  type SharedRoute,
  sharesOf,
  sortRoutes,
  type VirtualService,
} from './rules.ts';

export const virtualServiceKind: ObjectKind = {
  refOf: virtualServiceRef,
  owned: ['f:spec', 'f:http'],
  check: refuseUnfit,
  shares(object, place) {
    const { shared, renamed, own } = readRoutes(object, place);
    const each = [...shared, ...renamed].map(sharesOf);
    // Routes that differ are not as they were asked to be; the larger share is the one to worry about.
    const largest = (slot: Slot) => Math.max(0, ...each.map((shares) => shares[slot]));
    const shares = { blue: largest('blue'), green: largest('green') };
    const match = own[0]?.match ?? null;
    const { blue } = destinationsOf(place);
    const takesHeader = (one: SharedRoute) =>
      match !== null && headerRoute(one, entryFor(one, place, 'green'), match) !== null;
    const alike =
      each.every(({ blue: stable, green }) => sameShare(green, shares.green) && stable + green > 0) &&
      // Without its subset the stable destination has the canary's pods as well.
      shared.every(
        ({ at }) => at.blue === null || blue.subset === null || at.blue.entry.destination.subset,
      ) &&
      own.every((ours) => sameMatch(ours.match, match)) &&
      (own.length === 0 || own.length === shared.filter(takesHeader).length);
    return { shares, match, ...(alike ? {} : { incomplete: true }) };
  },
  steps(object, place, wanted) {
    const routes = readRoutes(object, place);
    if (wanted.canaryPercent > 0 || wanted.match !== null) refuseRenamed(routes, place);
    const weights = [...routes.shared, ...routes.renamed].flatMap((each) => weightSteps(each, place, wanted));
    return [...weights, ...headerSteps(routes, place, wanted)];
  },
  found(object, place) {
    const weight = ({ at }: SharedRoute, slot: Slot) => {
      const has = at[slot];
      return has === null ? 'none' : (has.entry.weight ?? null);
    };
    const subset = ({ at }: SharedRoute) => at.blue?.entry.destination.subset ?? null;
    const { shared } = readRoutes(object, place);
    return JSON.stringify(
      shared.map((each) => [each.key, weight(each, 'blue'), weight(each, 'green'), subset(each)]),
    );
  },
  undo(object, place, found, stableSlot) {
    const routes = sortRoutes(object, place);
    const own = headerSteps(routes, place, { stableSlot, match: null });
    // A canary that has become stable keeps all traffic: that is not how the route was found, but how it should be.
    if (stableSlot === 'green') return own;
    const all = [...routes.shared, ...routes.renamed, ...routes.idle].toSorted((a, b) => a.index - b.index);
    const before = foundRoutes.catch([]).parse(parsed(found));
    const notes = notedOf(
      all.map(({ key }) => key),
      before,
    );
    return [...all.flatMap((each, nth) => undoSteps(each, notes[nth])), ...own];
  },
  observed: isObserved,
};

/** By route: weight of stable and of the canary, and the stable destination's subset, as found. */
const foundWeight = z.union([z.number().nullable(), z.literal('none')]);
const foundRoute = z.tuple([z.string(), foundWeight, foundWeight, z.string().nullable()]);
const foundRoutes = z.array(foundRoute);

function weightSteps(each: SharedRoute, place: RoutePlace, wanted: Omit<RouteWanted, 'mark'>): PatchStep[] {
  const { canary, stable } = weightsFor(wanted.canaryPercent);
  const weights = { [wanted.stableSlot]: stable, [otherSlot(wanted.stableSlot)]: canary };
  return (['blue', 'green'] as const).flatMap((slot): PatchStep[] => {
    const weight = weights[slot] ?? 0;
    const path = (...parts: (string | number)[]) => pointer('spec', 'http', each.index, 'route', ...parts);
    const has = each.at[slot];
    if (has === null) {
      const value = { ...entryFor(each, place, slot), weight };
      return weight === 0 ? [] : [{ op: 'add', path: path('-'), value }];
    }
    const { host, subset } = has.entry.destination;
    const wantedSubset = destinationsOf(place)[slot].subset;
    const idle = each.more[slot].filter(({ entry }) => (entry.weight ?? 0) > 0);
    return [
      ...idle.map(({ index }): PatchStep => ({ op: 'add', path: path(index, 'weight'), value: 0 })),
      { op: 'test', path: path(has.index, 'destination', 'host'), value: host },
      { op: 'add', path: path(has.index, 'weight'), value: weight },
      ...(wantedSubset === null || subset === wantedSubset
        ? []
        : [{ op: 'add', path: path(has.index, 'destination', 'subset'), value: wantedSubset } as const]),
    ];
  });
}

/** The destination of a slot; like the other slot's if the route has none of its own. */
function entryFor({ at, index }: SharedRoute, place: RoutePlace, slot: Slot): Entry {
  const { host, subset } = destinationsOf(place)[slot];
  const like = at[slot] ?? at[otherSlot(slot)];
  if (like === null)
    throw new SluiceError('traffic-unready', `http route ${index} has no destination of the target.`);
  const { destination } = like.entry;
  // One host of two subsets stays as it is written.
  if (subset !== null) return { ...like.entry, destination: { ...destination, subset } };
  if (like === at[slot]) return like.entry;
  const { subset: _other, ...to } = destination;
  return { ...like.entry, destination: { ...to, host: hostLike(to.host, host) } };
}

/** Takes our routes away, and puts new ones before the routes that they belong to; from the end, so that indices hold. */
function headerSteps(
  { shared, own }: VirtualService,
  place: RoutePlace,
  { stableSlot, match }: Pick<RouteWanted, 'stableSlot' | 'match'>,
): PatchStep[] {
  const path = (index: number) => pointer('spec', 'http', index);
  const remove = own.toReversed().map(({ index }): PatchStep => ({ op: 'remove', path: path(index) }));
  if (match === null) return remove;
  const add = shared.toReversed().flatMap((each): PatchStep[] => {
    const index = each.index - own.filter((before) => before.index < each.index).length;
    const value = headerRoute(each, entryFor(each, place, otherSlot(stableSlot)), match);
    return value === null ? [] : [{ op: 'add', path: path(index), value }];
  });
  if (add.length > 0) return [...remove, ...add];
  const message = `No http route of ${place.service} takes requests with ${match.header}: ${match.value}.`;
  throw new SluiceError('traffic-unready', message);
}

function undoSteps(
  { index, at, more }: SharedRoute,
  before: z.infer<typeof foundRoute> | undefined,
): PatchStep[] {
  const path = (nth: number, ...field: string[]) => pointer('spec', 'http', index, 'route', nth, ...field);
  const { blue, green } = at;
  const steps: PatchStep[] = [];
  if (blue !== null && before !== undefined && before[1] !== 'none') {
    const weight = before[1] === 0 ? 100 : before[1];
    const { weight: now, destination } = blue.entry;
    if (weight !== null) steps.push({ op: 'add', path: path(blue.index, 'weight'), value: weight });
    else if (now !== undefined) steps.push({ op: 'remove', path: path(blue.index, 'weight') });
    if (before[3] === null && destination.subset !== undefined)
      steps.push({ op: 'remove', path: path(blue.index, 'destination', 'subset') });
  }
  // Others of the canary's have come since, and go on without a share.
  for (const { index: nth, entry } of more.green)
    if ((entry.weight ?? 0) > 0) steps.push({ op: 'add', path: path(nth, 'weight'), value: 0 });
  if (green !== null && before?.[2] === 'none') steps.push({ op: 'remove', path: path(green.index) });
  else if (green !== null && green.entry.weight !== 0 && blue !== null)
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
