/** Whether Istio has taken up what an object says, where it is set to write that into the status. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/types.ts';

const generation = z.union([z.number(), z.string()]).optional();
const reported = z.object({
  status: z
    .object({
      observedGeneration: generation,
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), observedGeneration: generation }))
        .default([]),
    })
    .optional(),
});

/** Nothing is reported unless somebody has switched it on; then the proxies have it when `Reconciled` says so. */
export function isObserved(object: KubeObject): boolean {
  const status = reported.safeParse(object).data?.status;
  if (status === undefined) return true;
  const wanted = object.metadata.generation ?? 0;
  const isNow = (of: z.infer<typeof generation>) =>
    of === undefined || Number(of) === 0 || Number(of) >= wanted;
  const reconciled = status.conditions.find(({ type }) => type === 'Reconciled');
  if (!isNow(status.observedGeneration)) return false;
  return reconciled === undefined || (reconciled.status === 'True' && isNow(reconciled.observedGeneration));
}
