/** A plain Service that selects the pods of both versions: shares by numbers of pods, for clusters without a mesh. */
import { SluiceError } from '../../domain/errors.ts';
import { autoscaler, deployment, endpointSlice, service as kind, pod, replicaSet } from '../kube/kinds.ts';
import { joined, type Rights, rightTo } from '../kube/rights.ts';
import type { KubeRouteType } from './kube/provider.ts';
import { eventRights } from './kube/rights.ts';
import { podShareOptions } from './service/options.ts';
import { PodShareRoute } from './service/route.ts';

const steer = [
  ...rightTo(['get', 'patch'], [kind, deployment], 'target namespace'),
  ...rightTo(['list'], [replicaSet, endpointSlice], 'target namespace'),
];
const counted: Rights = {
  worker: [...steer, ...rightTo(['list'], [autoscaler, pod], 'target namespace')],
  guard: steer,
};

export const service: KubeRouteType = {
  type: 'service',
  summary:
    'A Kubernetes Service by numbers of pods, without a mesh; the lease is enforced by `sluice guard`.',
  options: podShareOptions,
  naming: ['stable', 'deployment', 'canary'],
  matchHeader: '',
  rights: joined([counted, eventRights]),
  checkRoute({ match }) {
    if (match === null) return;
    throw new SluiceError('traffic-unready', 'A Service cannot tell requests by their headers.');
  },
  leavesLast: () => true,
  routeOf: (client) => new PodShareRoute(client),
};
