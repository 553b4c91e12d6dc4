/**
 * Follows single objects for many askers: one watch for all objects of a kind in a namespace, for as long as anybody
 * asks.
 */
import type { KubeClient } from './client.ts';
import { isProblem } from './errors.ts';
import type { KubeKind, KubeObject, KubeRef } from './types.ts';
import { watchKind } from './watch.ts';

/** Called with the object as it is now, and at each change; null: there is none. */
export type OnObject = (object: KubeObject | null) => void;

/** One asker leaves and the next comes; meanwhile the watch goes on. */
const lingerMs = 30_000;
/** Who may not watch is not asked again soon. */
const forbiddenMs = 60_000;

export class KubeHub {
  private readonly client: KubeClient;
  private readonly feeds = new Map<string, Feed>();

  constructor(client: KubeClient) {
    this.client = client;
  }

  /** The returned function ends it. While the API server does not answer, or forbids it, nothing is told. */
  follow(ref: KubeRef, onObject: OnObject): () => void {
    const { kind, namespace, name } = ref;
    const key = keyOf(ref);
    const feed = this.feeds.get(key) ?? new Feed(this.client, kind, namespace, () => this.feeds.delete(key));
    this.feeds.set(key, feed);
    return feed.add(name, onObject);
  }

  /** Whether a change of the object would be told now, as far as is known. */
  isLive(ref: KubeRef): boolean {
    return this.feeds.get(keyOf(ref))?.isLive === true;
  }

  close(): void {
    for (const feed of this.feeds.values()) feed.close();
  }
}

function keyOf({ kind, namespace }: KubeRef): string {
  return `${kind.group}/${kind.resource}/${namespace ?? ''}`;
}

class Feed {
  private readonly askers = new Map<string, Set<OnObject>>();
  private objects: Map<string, KubeObject> | null = null;
  private readonly ended: () => void;
  private readonly stopper = new AbortController();
  private lingering: NodeJS.Timeout | undefined;

  constructor(client: KubeClient, kind: KubeKind, namespace: string | undefined, ended: () => void) {
    this.ended = ended;
    void this.run(client, kind, namespace);
  }

  get isLive(): boolean {
    return this.objects !== null;
  }

  add(name: string, onObject: OnObject): () => void {
    clearTimeout(this.lingering);
    const askers = this.askers.get(name) ?? new Set();
    askers.add(onObject);
    this.askers.set(name, askers);
    if (this.objects !== null) onObject(this.objects.get(name) ?? null);
    return () => this.remove(name, onObject);
  }

  close(): void {
    clearTimeout(this.lingering);
    this.stopper.abort();
    this.ended();
  }

  private remove(name: string, onObject: OnObject): void {
    const askers = this.askers.get(name);
    askers?.delete(onObject);
    if (askers?.size === 0) this.askers.delete(name);
    if (this.askers.size > 0 || this.stopper.signal.aborted) return;
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.close(), lingerMs);
    this.lingering.unref();
  }

  private async run(client: KubeClient, kind: KubeKind, namespace: string | undefined): Promise<void> {
    const { signal } = this.stopper;
    const watched = { kind, ...(namespace === undefined ? {} : { namespace }) };
    const handlers = {
      onList: (objects: readonly KubeObject[]) => this.takeAll(objects),
      onChange: (change: 'changed' | 'deleted', object: KubeObject) => this.take(change, object),
      // What is not known to be so now is not told to those who come.
      onTrouble: () => {
        this.objects = null;
      },
      pauseFor: (error: unknown) => (isProblem(error, 'forbidden', 'not-found') ? forbiddenMs : null),
    };
    await watchKind(client, watched, handlers, signal);
  }

  private takeAll(objects: readonly KubeObject[]): void {
    this.objects = new Map(objects.map((object) => [object.metadata.name, object]));
    for (const name of this.askers.keys()) this.tell(name);
  }

  private take(change: 'changed' | 'deleted', object: KubeObject): void {
    const { name } = object.metadata;
    if (change === 'deleted') this.objects?.delete(name);
    else this.objects?.set(name, object);
    this.tell(name);
  }

  private tell(name: string): void {
    for (const onObject of this.askers.get(name) ?? []) onObject(this.objects?.get(name) ?? null);
  }
}
