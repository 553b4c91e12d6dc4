/** The pods of a slot, each with its version and what is wrong with it. */
import type { Instance, SlotInstances } from '../../../domain/rollout/instances.ts';
import type { Slot } from '../../traffic/types.ts';
import type { Cluster } from './cluster.ts';
import { problemOf } from './diagnosis.ts';
import type { Place } from './options.ts';
import type { Deployment, Pod } from './shapes.ts';
import { stableVersion, versionIn } from './way.ts';

export async function instancesOf(
  cluster: Cluster,
  place: Place,
  slot: Slot,
  signal: AbortSignal,
): Promise<SlotInstances> {
  const found = await cluster.deployment(slot === 'blue' ? place.stable : place.canary, signal);
  if (found === null) return { wanted: 0, instances: [] };
  const pods = await cluster.allPodsOf(found, signal);
  return {
    wanted: found.spec.replicas,
    instances: pods.map((pod) => instanceOf(pod, found, place)),
  };
}

/** Pure. */
export function instanceOf(pod: Pod, deployment: Deployment, place: Place): Instance {
  const { conditions, containerStatuses } = pod.status;
  const restarts = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const restarted = restarts === 0 ? null : `restarted ${restarts === 1 ? 'once' : `${restarts} times`}`;
  return {
    name: pod.object.metadata.name,
    version: versionOfPod(pod, deployment, place),
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    note: problemOf(pod)?.text ?? restarted,
  };
}

/**
 * A pod of the Deployment's present template has the version by which the Deployment goes, which its image may not
 * tell.
 */
function versionOfPod(pod: Pod, deployment: Deployment, place: Place): string | null {
  const [first, ...others] = pod.spec.containers;
  if (first === undefined) return null;
  const own = { metadata: { ...pod.object.metadata }, spec: { containers: [first, ...others] } };
  const version = stableVersion(own, place);
  return version === stableVersion(deployment.spec.template, place)
    ? (versionIn(deployment, place) ?? version)
    : version;
}
