/** Pods of a canary that a route without us would send to again. */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { pod } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/types.ts';

const podStatus = z.object({ status: z.object({ phase: z.string().optional() }).optional() });

/**
 * Errors: `traffic-unavailable`, which is retried, while there are any; those that terminate are sent nothing any more.
 */
export async function refuseWhileRunning(
  client: KubeClient,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const labelSelector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const { items } = await client.list(pod, { namespace, labelSelector }, signal);
  const running = items.filter(isLive).length;
  if (running === 0) return;
  const message = `${running} pods with ${labelSelector} still run in ${namespace}; the route would send to them again.`;
  throw new SluiceError('traffic-unavailable', message);
}

function isLive(object: KubeObject): boolean {
  const phase = podStatus.safeParse(object).data?.status?.phase;
  return object.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}
