/** Whose a smoke test's Job is: the run's that came to it last. An attempt whose place another has taken lets it be. */
import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../../kube/client.ts';
import { isProblem } from '../../kube/errors.ts';
import type { KubeObject, KubeRef } from '../../kube/types.ts';

const holder = 'sluice.dev/look';
/** The Job's own status changes meanwhile. */
const dropTries = 5;

interface Wanted {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

export class JobClaim {
  private readonly token = randomUUID();
  private readonly client: KubeClient;
  private readonly ref: KubeRef;

  constructor(client: KubeClient, ref: KubeRef) {
    this.client = client;
    this.ref = ref;
  }

  /** Makes the Job, or takes over the one that is there. Null: one that is on its way out has the name. */
  async take({ metadata, ...rest }: Wanted, signal: AbortSignal): Promise<KubeObject | null> {
    const annotations = { ...metadata.annotations, [holder]: this.token };
    try {
      return await this.client.create(this.ref, { ...rest, metadata: { ...metadata, annotations } }, signal);
    } catch (error) {
      if (!isProblem(error, 'exists')) throw error;
      return await this.takeOver(signal);
    }
  }

  /** Never fails: what stays is gone an hour after its end. */
  async drop(): Promise<void> {
    for (let tries = 0; tries < dropTries; tries++) {
      const found = await this.client.find(this.ref).catch(() => null);
      if (found === null || holderOf(found) !== this.token) return;
      const { uid, resourceVersion } = found.metadata;
      try {
        // Whoever takes it over in this moment keeps it.
        return await this.client.delete(this.ref, undefined, { uid, resourceVersion });
      } catch (error) {
        if (!isProblem(error, 'conflict')) return;
      }
    }
  }

  private async takeOver(signal: AbortSignal): Promise<KubeObject | null> {
    const found = await this.client.find(this.ref, signal);
    if (found === null || found.metadata.deletionTimestamp !== undefined) return null;
    const patch = { metadata: { annotations: { [holder]: this.token } } };
    return await this.client.patch(this.ref, patch, signal).catch((error: unknown) => {
      if (isProblem(error, 'not-found')) return null;
      throw error;
    });
  }
}

function holderOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[holder];
}
