/** ingress-nginx: a canary Ingress beside the stable one, made, owned and removed by Sluice. */
import { ingress } from '../kube/kinds.ts';
import { joined, type Rights, rightTo } from '../kube/rights.ts';
import type { KubeRouteType } from './kube/provider.ts';
import { eventRights } from './kube/rights.ts';
import { nginxOptions } from './nginx/options.ts';
import { CanaryIngressRoute } from './nginx/route.ts';

const steer: Rights = {
  worker: rightTo(['get', 'list', 'watch', 'create', 'patch', 'delete'], [ingress], 'target namespace'),
  guard: rightTo(['get', 'list', 'watch', 'create', 'patch'], [ingress], 'target namespace'),
};

export const nginx: KubeRouteType = {
  type: 'nginx',
  summary: 'ingress-nginx by a canary Ingress; the lease is enforced by `sluice guard`.',
  options: nginxOptions,
  naming: ['ingress', 'canaryIngress', 'stable', 'canary'],
  rights: joined([steer, eventRights]),
  routeOf: (client) => new CanaryIngressRoute(client),
};
