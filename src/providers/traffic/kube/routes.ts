/**
 * The kinds of Kubernetes routes: a new one is one file and one line here; traffic providers and the guard follow from
 * it.
 */
import { gatewayApi } from '../gateway-api.ts';
import { istio } from '../istio.ts';
import { nginx } from '../nginx.ts';
import { service } from '../service.ts';
import type { KubeRouteType } from './provider.ts';

export const kubeRoutes: readonly KubeRouteType[] = [gatewayApi, istio, nginx, service];
