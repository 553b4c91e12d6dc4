/** The kinds of objects that Sluice reads or writes. */
import type { KubeKind } from './types.ts';

export const lease = kind('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const event = kind('', 'v1', 'Event', 'events');
export const service = kind('', 'v1', 'Service', 'services');
export const secret = kind('', 'v1', 'Secret', 'secrets');
export const pod = kind('', 'v1', 'Pod', 'pods');
export const deployment = kind('apps', 'v1', 'Deployment', 'deployments');
export const replicaSet = kind('apps', 'v1', 'ReplicaSet', 'replicasets');
export const statefulSet = kind('apps', 'v1', 'StatefulSet', 'statefulsets');
export const daemonSet = kind('apps', 'v1', 'DaemonSet', 'daemonsets');
export const job = kind('batch', 'v1', 'Job', 'jobs');
export const autoscaler = kind('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');
export const disruptionBudget = kind('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const endpointSlice = kind('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');
export const accessReview = kind(
  'authorization.k8s.io',
  'v1',
  'SelfSubjectAccessReview',
  'selfsubjectaccessreviews',
);
export const ingress = kind('networking.k8s.io', 'v1', 'Ingress', 'ingresses');
export const httpRoute = kind('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes');
export const virtualService = kind('networking.istio.io', 'v1', 'VirtualService', 'virtualservices');
export const destinationRule = kind('networking.istio.io', 'v1', 'DestinationRule', 'destinationrules');
export const grpcRoute = kind('gateway.networking.k8s.io', 'v1', 'GRPCRoute', 'grpcroutes');

function kind(group: string, version: string, name: string, resource: string): KubeKind {
  return { group, version, kind: name, resource };
}
