/** Istio: the weights of a VirtualService's http routes, between two Services or two subsets of one host. */
import { destinationRule, pod, virtualService } from '../kube/kinds.ts';
import { joined, type Rights, rightTo } from '../kube/rights.ts';
import { istioOptions } from './istio/options.ts';
import { IstioRoute } from './istio/route.ts';
import type { KubeRouteType } from './kube/provider.ts';
import { watchedRights } from './kube/rights.ts';

/** Subsets are made by whoever leads a rollout, and put right again by the guard; only at the end are they removed. */
const subsetRights: Rights = {
  worker: [
    ...rightTo(['get', 'list', 'create', 'patch', 'delete'], [destinationRule], 'target namespace'),
    ...rightTo(['list'], [pod], 'target namespace'),
  ],
  guard: rightTo(['get', 'list', 'create', 'patch'], [destinationRule], 'target namespace'),
};

export const istio: KubeRouteType = {
  type: 'istio',
  summary: 'Istio (VirtualService, DestinationRule); the lease is enforced by `sluice guard`.',
  options: istioOptions,
  naming: ['virtualService', 'host', 'destinationRule', 'stable', 'canary'],
  rights: joined([watchedRights(virtualService), subsetRights]),
  // A route to the whole host has the pods of both again.
  leavesLast: ({ subsets }) => subsets !== undefined,
  routeOf: (client) => new IstioRoute(client),
};
