/** The command lines of a test cluster's parts. */
import type { Credentials } from './credentials.ts';

/** Those that Sluice's work depends on; a controller without use costs time at the start. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'job-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'disruption-controller',
  'horizontal-pod-autoscaler-controller',
  'resourcequota-controller',
];

export function etcdArgs(clientUrl: string, peerUrl: string): string[] {
  return [
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--log-level=warn',
  ];
}

export function apiServerArgs(port: number, etcdUrl: string, credentials: Credentials): string[] {
  const { certificates, tokensFile, signingKey } = credentials;
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // No address of this machine is asked for, and nobody comes by this one (it is kept for documentation).
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${certificates.server.cert}`,
    `--tls-private-key-file=${certificates.server.key}`,
    `--token-auth-file=${tokensFile}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${signingKey}`,
    `--service-account-signing-key-file=${signingKey}`,
    // Every service of every test takes an address.
    '--service-cluster-ip-range=10.96.0.0/12',
    // The controller that would take this taint off again does not run.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--kubelet-preferred-address-types=InternalIP',
    '--shutdown-delay-duration=0',
    '--profiling=false',
  ];
}

export function controllerManagerArgs(
  kubeconfig: string,
  { certificates, signingKey }: Credentials,
): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    `--controllers=${CONTROLLERS.join(',')}`,
    `--root-ca-file=${certificates.ca}`,
    `--service-account-private-key-file=${signingKey}`,
    '--horizontal-pod-autoscaler-sync-period=1s',
    '--horizontal-pod-autoscaler-downscale-stabilization=1s',
    '--kube-api-qps=300',
    '--kube-api-burst=600',
  ];
}

export function schedulerArgs(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--kube-api-qps=300',
    '--kube-api-burst=600',
  ];
}

export function kwokArgs(
  kubeconfig: string,
  config: string,
  port: number,
  credentials: Credentials,
): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${config}`,
    '--manage-all-nodes=true',
    '--node-lease-duration-seconds=0',
    '--cidr=10.64.0.1/12',
    // It stands in for the kubelet, for `kubectl logs`.
    '--node-ip=127.0.0.1',
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
    `--tls-cert-file=${credentials.certificates.server.cert}`,
    `--tls-private-key-file=${credentials.certificates.server.key}`,
  ];
}
