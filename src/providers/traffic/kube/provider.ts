/**
 * Makes a traffic provider type of a kind of route: settings, client, Lease store and guard entry are the same for all.
 */
import { z } from 'zod';
import { KubeClient } from '../../kube/client.ts';
import { connect } from '../../kube/connection.ts';
import { KubeEvents } from '../../kube/events.ts';
import { KubeHub } from '../../kube/hub.ts';
import { joined, type Rights } from '../../kube/rights.ts';
import { kubeSettings, namespaceName } from '../../kube/settings.ts';
import { readSettings } from '../../settings.ts';
import type { Route, TrafficProviderType } from '../types.ts';
import { KubeTraffic } from './kube-traffic.ts';
import { LeaseStore } from './lease-store.ts';
import { leaseRights } from './rights.ts';
import type { KubeRoute } from './route.ts';
import { RouteEvents } from './route-events.ts';

export const kubeTrafficSettings = z.strictObject({
  ...kubeSettings,
  leaseNamespace: namespaceName
    .default('sluice')
    .describe('Namespace of the Leases; the guard watches it, and the API may write there and nowhere else.'),
});

export interface KubeRouteType {
  readonly type: string;
  readonly summary: string;
  readonly options: z.ZodType<Record<string, unknown>>;
  /** Options that name objects, beside `namespace`. */
  readonly naming: readonly string[];
  /** The only header that stages may match on; default: any. */
  readonly matchHeader?: string;
  readonly checkRoute?: (route: Route) => void;
  /** What it does with routes, beside the Leases that every kind needs. */
  readonly rights: Rights;
  /**
   * Whether a route that was left sends to the canary's pods again, so that they must end first; default: it does not.
   */
  readonly leavesLast?: (options: Readonly<Record<string, unknown>>) => boolean;
  routeOf(client: KubeClient): KubeRoute;
}

export function kubeTrafficType(kind: KubeRouteType): TrafficProviderType {
  const { type, summary, options, naming } = kind;
  return {
    type,
    summary,
    options,
    naming,
    settings: kubeTrafficSettings,
    rights: joined([leaseRights, kind.rights]),
    create(given) {
      const settings = readSettings(type, kubeTrafficSettings, given);
      const connection = connect(settings);
      const client = new KubeClient(connection, settings.timeoutMs);
      return new KubeTraffic({
        type,
        client,
        store: new LeaseStore(client, settings.leaseNamespace),
        route: kind.routeOf(client),
        matchHeader: kind.matchHeader ?? '*',
        namespace: settings.namespace ?? connection.namespace,
        hub: new KubeHub(client),
        events: new RouteEvents(new KubeEvents(client, 'sluice')),
        ...(kind.checkRoute ? { checkRoute: kind.checkRoute } : {}),
        ...(kind.leavesLast ? { leavesLast: kind.leavesLast } : {}),
      });
    },
  };
}
