/** The registry of traffic providers: a new one is one file and one line here, or in `kube/routes.ts`. */
import { haproxy } from './haproxy.ts';
import { kubeTrafficType } from './kube/provider.ts';
import { kubeRoutes } from './kube/routes.ts';
import { memory } from './memory.ts';
import type { TrafficProviderType } from './types.ts';

export const trafficProviders: readonly TrafficProviderType[] = [
  haproxy,
  ...kubeRoutes.map(kubeTrafficType),
  memory,
];
