/** The kinds of Kubernetes routes: a new one is one file and one line here; traffic providers and the guard follow from it. */
import { gatewayApi } from '../gateway-api.ts';
import type { KubeRouteType } from './provider.ts';

export const kubeRoutes: readonly KubeRouteType[] = [gatewayApi];
