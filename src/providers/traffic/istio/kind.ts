/**
 * How a VirtualService is shared: by the weights of its http routes' destinations, and by routes of ours for a header.
 */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import { parsedJson } from '../../../domain/parsed-json.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { type PatchStep, pointer } from '../../kube/types.ts';
import type { ObjectKind } from '../kube/object-route.ts';
import type { RoutePlace, RouteWanted } from '../kube/route.ts';
import { weightsFor } from '../kube/services.ts';
import { headerSteps, noBackend, sharesIn, undoRules } from '../kube/shared-rules.ts';
import { headerRoute } from './header.ts';
import { hostLike } from './hosts.ts';
import { isObserved } from './observed.ts';
import { destinationsOf, virtualServiceRef } from './options.ts';
import {
  type Entry,
  reading,
  readRoutes,
  refuseRenamed,
  refuseUnfit,
  type SharedRoute,
  sortRoutes,
  type VirtualService,
} from './rules.ts';

export const virtualServiceKind: ObjectKind = {
  refOf: virtualServiceRef,
  owned: ['f:spec', 'f:http'],
  check: refuseUnfit,
  shares(object, place) {
    const routes = readRoutes(object, place);
    const takesHeader = (match: HeaderMatch | null) => {
      if (match === null) return 0;
      const takes = (one: SharedRoute) => headerRoute(one, entryFor(one, place, 'green'), match) !== null;
      return routes.shared.filter(takes).length;
    };
    const seen = sharesIn(routes, reading, takesHeader);
    // Without its subset the stable destination has the canary's pods as well.
    const isHeld = ({ at }: SharedRoute) => at.blue === null || at.blue.entry.destination.subset;
    const { subset } = destinationsOf(place).blue;
    return subset === null || routes.shared.every(isHeld) ? seen : { ...seen, incomplete: true };
  },
  steps(object, place, wanted) {
    const routes = readRoutes(object, place);
    if (wanted.canaryPercent > 0 || wanted.match !== null) refuseRenamed(routes, place);
    const weights = [...routes.shared, ...routes.renamed].flatMap((each) => weightSteps(each, place, wanted));
    return [...weights, ...ownSteps(routes, place, wanted)];
  },
  found(object, place) {
    const weight = ({ at }: SharedRoute, slot: Slot) => {
      const has = at[slot];
      return has === null ? noBackend : (has.entry.weight ?? null);
    };
    const subset = ({ at }: SharedRoute) => at.blue?.entry.destination.subset ?? null;
    const { shared } = readRoutes(object, place);
    return JSON.stringify(
      shared.map((each) => [each.key, weight(each, 'blue'), weight(each, 'green'), subset(each)]),
    );
  },
  undo(object, place, found, stableSlot) {
    const notes = foundRoutes.catch([]).parse(parsedJson(found));
    return undoRules('http', sortRoutes(object, place), notes, stableSlot, reading, undoSteps);
  },
  observed: isObserved,
};

/** By route: weight of stable and of the canary, and the stable destination's subset, as found. */
const foundWeight = z.union([z.number().nullable(), z.literal(noBackend)]);
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

function ownSteps(
  routes: VirtualService,
  place: RoutePlace,
  { stableSlot, match }: Omit<RouteWanted, 'mark'>,
): readonly PatchStep[] {
  if (match === null) return headerSteps('http', routes);
  const canary = otherSlot(stableSlot);
  const steps = headerSteps('http', routes, (each) =>
    headerRoute(each, entryFor(each, place, canary), match),
  );
  if (steps.length > routes.own.length) return steps;
  const message = `No http route of ${place.service} takes requests with ${match.header}: ${match.value}.`;
  throw new SluiceError('traffic-unready', message);
}

function undoSteps(
  { index, at, more }: SharedRoute,
  before: z.infer<typeof foundRoute> | undefined,
  isAdded: boolean,
): PatchStep[] {
  const path = (nth: number, ...field: string[]) => pointer('spec', 'http', index, 'route', nth, ...field);
  const { blue, green } = at;
  const steps: PatchStep[] = [];
  if (blue !== null && before !== undefined && before[1] !== noBackend) {
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
  if (green !== null && isAdded) steps.push({ op: 'remove', path: path(green.index) });
  else if (green !== null && green.entry.weight !== 0 && blue !== null)
    steps.push({ op: 'add', path: path(green.index, 'weight'), value: 0 });
  return steps;
}
