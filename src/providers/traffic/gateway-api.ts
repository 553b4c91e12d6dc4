/** Gateway API: the weights of an HTTPRoute's or GRPCRoute's backends, whatever gateway serves it. */
import { grpcRoute, httpRoute } from '../kube/kinds.ts';
import { gatewayRoute } from './gateway-api/kind.ts';
import { gatewayOptions } from './gateway-api/options.ts';
import { ObjectRoute } from './kube/object-route.ts';
import type { KubeRouteType } from './kube/provider.ts';
import { watchedRights } from './kube/rights.ts';

export const gatewayApi: KubeRouteType = {
  type: 'gateway-api',
  summary: 'Kubernetes Gateway API (HTTPRoute, GRPCRoute); the lease is enforced by `sluice guard`.',
  options: gatewayOptions,
  naming: ['route', 'stable', 'canary'],
  rights: watchedRights(httpRoute, grpcRoute),
  routeOf: (client) => new ObjectRoute(client, gatewayRoute),
};
