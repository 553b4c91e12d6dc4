/** Whether Sluice's account may do what it will have to do later; asked before anything is made. */
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { accessReview } from '../../kube/kinds.ts';
import type { KubeRef } from '../../kube/types.ts';

/** Errors: `forbidden`, in the words with which the API server would refuse. */
export async function refuseMissingRight(
  client: KubeClient,
  { kind, namespace, name }: KubeRef,
  verbs: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const answers = await Promise.all(
    verbs.map(async (verb) => {
      const resourceAttributes = { namespace, verb, group: kind.group, resource: kind.resource, name };
      const review = { metadata: {}, spec: { resourceAttributes } };
      const { status } = await client.create({ kind: accessReview, name: '' }, review, signal);
      return (status as { allowed?: boolean } | undefined)?.allowed === true ? [] : [verb];
    }),
  );
  const [missing] = answers.flat();
  if (missing === undefined) return;
  const what = `resource "${kind.resource}" in API group "${kind.group}" in the namespace "${namespace}"`;
  throw new KubeError('forbidden', `${missing} ${name}: the account cannot ${missing} ${what} (403)`, 403);
}
