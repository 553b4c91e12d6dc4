/** Whether the gateways that serve a route have taken up what it says. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/types.ts';

const parentRef = z.looseObject({
  kind: z.string().default('Gateway'),
  namespace: z.string().optional(),
  name: z.string(),
  sectionName: z.string().optional(),
  port: z.number().optional(),
});
const condition = z.object({
  type: z.string(),
  status: z.string(),
  observedGeneration: z.number().optional(),
});
const parent = z.object({ parentRef, conditions: z.array(condition).default([]) });
const reported = z.object({
  spec: z.object({ parentRefs: z.array(parentRef).default([]) }),
  status: z.object({ parents: z.array(parent).default([]) }).default({ parents: [] }),
});

/**
 * Every gateway of the route that reports has judged this generation, and one has accepted it. One that refuses it does
 * not serve it; reports of gateways that the route does not name any more are what nobody has cleared away.
 */
export function isObserved(object: KubeObject): boolean {
  const { data } = reported.safeParse(object);
  if (data === undefined) return true;
  const named = data.spec.parentRefs.map(keyOf);
  const generation = object.metadata.generation ?? 0;
  const verdicts = data.status.parents
    .filter((each) => named.includes(keyOf(each.parentRef)))
    .flatMap(({ conditions }) => conditions.filter(({ type }) => type === 'Accepted'));
  const judged = verdicts.every(({ observedGeneration = generation }) => observedGeneration >= generation);
  return verdicts.length === 0 || (judged && verdicts.some(({ status }) => status === 'True'));
}

function keyOf({ kind, name, namespace, sectionName, port }: z.infer<typeof parentRef>): string {
  return JSON.stringify([kind, namespace ?? null, name, sectionName ?? null, port ?? null]);
}
