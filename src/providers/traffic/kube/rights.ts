/**
 * What steering routes by Leases takes. Whoever may write a Lease can stop a canary; only worker and guard touch
 * routes.
 */
import { event, lease } from '../../kube/kinds.ts';
import { joined, type Rights, rightTo } from '../../kube/rights.ts';
import type { KubeKind } from '../../kube/types.ts';

/**
 * The same for all kinds of routes. The guard follows all Leases by one watch, and writes one anew that was deleted.
 */
export const leaseRights: Rights = {
  api: rightTo(['get', 'create', 'patch'], [lease], 'lease namespace'),
  worker: rightTo(['get', 'create', 'patch'], [lease], 'lease namespace'),
  guard: rightTo(['get', 'list', 'watch', 'create', 'patch'], [lease], 'lease namespace'),
};

/** Events on routes tell what happened; without that right it is silent there. */
export const eventRights: Rights = {
  worker: rightTo(['get', 'create', 'patch'], [event], 'target namespace'),
  guard: rightTo(['get', 'create', 'patch'], [event], 'target namespace'),
};

/**
 * For routes that are read and patched, and neither made nor deleted. They are watched, so that drift is seen at once
 * and a stop takes one write; without that right all works, later.
 */
export function watchedRights(...kinds: readonly KubeKind[]): Rights {
  const steer = rightTo(['get', 'patch'], kinds, 'target namespace');
  const watch = rightTo(['list', 'watch'], kinds, 'target namespace');
  return joined([{ worker: steer, guard: steer }, eventRights, { worker: watch, guard: watch }]);
}
