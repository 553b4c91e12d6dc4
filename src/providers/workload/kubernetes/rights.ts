/** What bringing versions up and away takes on a cluster; all of it is the worker's. */
import {
  autoscaler,
  daemonSet,
  deployment,
  disruptionBudget,
  endpointSlice,
  event,
  lease,
  pod,
  replicaSet,
  service,
  statefulSet,
} from '../../kube/kinds.ts';
import { type Rights, rightTo } from '../../kube/rights.ts';

const target = 'target namespace';

export const workloadRights: Rights = {
  worker: [
    ...rightTo(['get', 'create', 'patch'], [lease], 'lease namespace'),
    ...rightTo(['get', 'create', 'patch', 'delete'], [deployment], target),
    ...rightTo(['get', 'create', 'delete'], [service], target),
    ...rightTo(['get'], [statefulSet, daemonSet], target),
    ...rightTo(['list'], [replicaSet, pod, autoscaler, disruptionBudget, endpointSlice], target),
    ...rightTo(['get'], [pod], target, 'log'),
    ...rightTo(['list', 'create'], [event], target),
  ],
};
