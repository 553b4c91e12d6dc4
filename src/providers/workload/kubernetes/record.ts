/** Events on the stable Deployment, for those who look at the cluster: `kubectl describe deployment` shows them. */
import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../kube/client.ts';
import { event } from '../../kube/kinds.ts';
import { apiVersionOf } from '../../kube/types.ts';
import type { Place } from './options.ts';
import type { Deployment } from './shapes.ts';

type Happened =
  | 'CanaryStarted'
  | 'CanaryReady'
  | 'CanaryUnready'
  | 'CanaryRemoved'
  | 'Promoting'
  | 'Promoted'
  | 'RolledBack';

/** Never fails: an event that cannot be written stands in nobody's way. */
export async function record(
  client: KubeClient,
  { stable, target }: Place,
  deployment: Deployment | null,
  reason: Happened,
  message: string,
): Promise<void> {
  const { namespace = '', name } = stable;
  const now = new Date().toISOString();
  const { uid, resourceVersion } = deployment?.object.metadata ?? {};
  const object = {
    metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
    involvedObject: {
      apiVersion: apiVersionOf(stable.kind),
      kind: stable.kind.kind,
      namespace,
      name,
      ...(uid === undefined ? {} : { uid, resourceVersion }),
    },
    reason,
    message: `${target}: ${message}`.slice(0, 1_000),
    type: reason === 'CanaryUnready' ? 'Warning' : 'Normal',
    source: { component: 'sluice' },
    reportingComponent: 'sluice.dev/worker',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await client.create({ kind: event, namespace, name: object.metadata.name }, object).catch(() => {});
}
