/** What steering routes by Leases takes. Whoever may write a Lease can stop a canary; only worker and guard touch routes. */
import { event, lease } from '../../kube/kinds.ts';
import { joined, type Rights, rightTo } from '../../kube/rights.ts';
import type { KubeKind } from '../../kube/types.ts';

/** The same for all kinds of routes. The guard follows all Leases by one watch, and writes one anew that was deleted. */
export const leaseRights: Rights = {
  api: rightTo(['get', 'create', 'patch'], [lease], 'lease namespace'),
  worker: rightTo(['get', 'create', 'patch'], [lease], 'lease namespace'),
  guard: rightTo(['get', 'list', 'watch', 'create', 'patch'], [lease], 'lease namespace'),
};

/** For routes that are read and patched, and neither made nor deleted. Events on them tell what happened; without that right it is silent there. */
export function routeRights(...kinds: readonly KubeKind[]): Rights {
  const steer = [
    ...rightTo(['get', 'patch'], kinds, 'target namespace'),
    ...rightTo(['get', 'create', 'patch'], [event], 'target namespace'),
  ];
  return { worker: steer, guard: steer };
}

/** For routes that are one object: they are watched, so that drift is seen at once and a stop takes one write. Without that right all works, later. */
export function watchedRights(...kinds: readonly KubeKind[]): Rights {
  const watch = rightTo(['list', 'watch'], kinds, 'target namespace');
  return joined([routeRights(...kinds), { worker: watch, guard: watch }]);
}
