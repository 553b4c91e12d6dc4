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
type Condition = z.infer<typeof condition>;
const parent = z.object({ parentRef, conditions: z.array(condition).default([]) });
const reported = z.object({
  spec: z.object({ parentRefs: z.array(parentRef).default([]) }),
  status: z.object({ parents: z.array(parent).default([]) }).default({ parents: [] }),
});

/**
 * Every gateway of the route that reports has judged this generation, one has accepted it, and those that have, and
 * tell whether it is programmed, say that it is. One that refuses it does not serve it; reports of gateways that the
 * route does not name any more are what nobody has cleared away.
 */
export function isObserved(object: KubeObject): boolean {
  const { data } = reported.safeParse(object);
  if (data === undefined) return true;
  const named = data.spec.parentRefs.map(keyOf);
  const generation = object.metadata.generation ?? 0;
  const isNow = ({ observedGeneration = generation }: Condition) => observedGeneration >= generation;
  const isTrue = (one: Condition) => one.status === 'True';
  const parents = data.status.parents.filter((each) => named.includes(keyOf(each.parentRef)));
  const verdicts = parents.flatMap(({ conditions }) => conditions.filter(isOf('Accepted')));
  if (verdicts.length === 0) return true;
  const serving = parents.filter(({ conditions }) => conditions.filter(isOf('Accepted')).some(isTrue));
  const programmed = serving.flatMap(({ conditions }) => conditions.filter(isOf('Programmed')));
  return serving.length > 0 && [...verdicts, ...programmed].every(isNow) && programmed.every(isTrue);
}

function isOf(type: string): (one: Condition) => boolean {
  return (one) => one.type === type;
}

function keyOf({ kind, name, namespace, sectionName, port }: z.infer<typeof parentRef>): string {
  return JSON.stringify([kind, namespace ?? null, name, sectionName ?? null, port ?? null]);
}
