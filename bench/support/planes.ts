/** The data planes that the restore bench measures: HAProxy, and HTTPRoutes of a real API server with a guard. */
import { haproxy as haproxyType } from '../../src/providers/traffic/haproxy.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { startHaproxy } from '../../test/support/haproxy.ts';
import { startCluster } from '../../test/support/kube/cluster.ts';
import { startGuardProcess } from '../../test/support/kube/guard-process.ts';
import { makeRoutes, RouteSight } from './route-sight.ts';
import { StopSweep } from './stop-sweep.ts';

/** Sees when each of many targets gives its canary nothing any more. */
export interface Sweep {
  /** What was seen may be as much older. */
  readonly longestGapMs: number;
  /** When each target was first seen so, in `performance.now()`. Ends when all are. */
  firstSeen(targets: ReadonlySet<string>): Promise<ReadonlyMap<string, number>>;
}

export interface Plane {
  /** The traffic instance's name and settings. */
  readonly name: string;
  readonly settings: Record<string, unknown>;
  /** The canary's share as the data plane has it now, percent. */
  shareOf(service: string): Promise<number>;
  sweep(): Sweep;
  /** Requests that the data plane's API has answered so far, by verb and resource. Absent: it does not tell. */
  requests?(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export const planeNames = ['haproxy', 'gateway-api'] as const;
export type PlaneName = (typeof planeNames)[number];

export function startPlane(name: PlaneName, services: readonly string[]): Promise<Plane> {
  return name === 'haproxy' ? startHaproxyPlane(services) : startRoutesPlane(services);
}

async function startHaproxyPlane(services: readonly string[]): Promise<Plane> {
  const targets = services.map((service) => `bench/${service}`);
  const haproxy = await startHaproxy({ targets, frontend: 'shared' });
  const settings = { socket: haproxy.socket, mapsDir: haproxy.mapsDir };
  const traffic = haproxyType.create(settings);
  return {
    name: 'haproxy',
    settings,
    shareOf: async (service) =>
      effectivePercent(await traffic.read({ id: `bench/${service}`, options: {} }), Date.now()),
    sweep: () => new StopSweep(settings),
    stop: () => haproxy.stop(),
  };
}

async function startRoutesPlane(services: readonly string[]): Promise<Plane> {
  const cluster = await startCluster({ gatewayApi: 'standard' });
  const namespace = await cluster.makeNamespace('bench');
  const settings = { kubeconfig: cluster.kubeconfigPath, namespace, leaseNamespace: namespace };
  await makeRoutes(settings, services);
  const guard = await startGuardProcess(settings);
  const sight = new RouteSight(settings);
  return {
    name: 'gateway-api',
    settings,
    shareOf: async (service) => sight.shareOf(service),
    sweep: () => sight,
    requests: async () => requestsIn(String((await cluster.rest('GET', '/metrics')).body)),
    stop: async () => {
      sight.close();
      await guard.stop();
      await cluster.stop();
    },
  };
}

function requestsIn(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const what = `${label('verb')} ${label('resource')} ${label('code')}`;
    counts.set(what, (counts.get(what) ?? 0) + Number(line.split(' ').at(-1)));
  }
  return counts;
}
