/**
 * Follows all objects of a kind: a list, then each change as it happens, and a fresh list whenever the thread was lost.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, pathOf } from './client.ts';
import { isProblem, KubeError, refusal } from './errors.ts';
import { Thread } from './thread.ts';
import { apiVersionOf, type KubeKind, type KubeObject } from './types.ts';

interface WatchHandlers {
  /** All that there is now. `afresh`: changes may have been missed before. */
  onList(objects: readonly KubeObject[], how: 'first' | 'afresh'): void;
  onChange(change: 'changed' | 'deleted', object: KubeObject): void;
  /** The thread was lost; a list follows when it is found again. */
  onTrouble(error: unknown): void;
  /** How long to wait before the next try; null: as usual. Default: as usual. */
  pauseFor?(error: unknown): number | null;
}

interface Watched {
  readonly kind: KubeKind;
  /** Absent: of all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** A watch that has said nothing for so long counts as lost; default: silence is no sign of anything. */
  readonly quietMs?: number;
}

/** The API server ends each watch after this long, so that a connection that died unseen does not live for ever. */
const watchSeconds = 240;
const pauseMs = { first: 200, most: 5_000 };

/** Returns when `signal` aborts. */
export async function watchKind(
  client: KubeClient,
  watched: Watched,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  let how: 'first' | 'afresh' = 'first';
  let pause = pauseMs.first;
  while (!signal.aborted) {
    try {
      const { items, resourceVersion } = await client.list(watched.kind, watched, signal);
      handlers.onList(items, how);
      how = 'afresh';
      pause = pauseMs.first;
      let from = resourceVersion;
      // A watch that ends by itself goes on where it was; nothing is missed.
      while (!signal.aborted) from = await readChanges(client, watched, from, handlers, signal);
    } catch (error) {
      if (signal.aborted) return;
      // That the server has forgotten where we were is its ordinary way to ask for a new list.
      if (!isProblem(error, 'gone')) handlers.onTrouble(error);
      await sleep(handlers.pauseFor?.(error) ?? pause, undefined, { signal }).catch(() => {});
      pause = Math.min(pause * 2, pauseMs.most);
    }
  }
}

/** Reads one watch to its end; where the next one has to begin. */
async function readChanges(
  client: KubeClient,
  { kind, namespace, labelSelector, quietMs }: Watched,
  from: string,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<string> {
  const query = {
    watch: true,
    resourceVersion: from,
    allowWatchBookmarks: true,
    timeoutSeconds: watchSeconds,
    labelSelector,
  };
  const what = `watch ${kind.resource}`;
  const path = pathOf({ kind, ...(namespace === undefined ? {} : { namespace }) }, query);
  const thread = new Thread(what, signal, quietMs);
  try {
    const answer = await client.stream(what, path, thread.signal);
    // Errors of the stream end the loop only if they are handed on.
    answer.once('error', (error) => thread.tear(error.message));
    answer.once('aborted', () => thread.tear('the connection was lost'));
    const lines = createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY });
    try {
      let at = from;
      const each = lines[Symbol.asyncIterator]();
      for (;;) {
        const next = await Promise.race([each.next(), thread.torn]);
        if (next.done === true) break;
        thread.heard();
        at = take(JSON.parse(next.value) as WatchEvent, what, kind, handlers) ?? at;
      }
      if (!answer.complete) throw new KubeError('unavailable', `${what}: the connection was lost`);
      return at;
    } finally {
      lines.close();
    }
  } finally {
    thread.end();
  }
}

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject & { readonly code?: number };
}

function take(
  { type, object }: WatchEvent,
  what: string,
  kind: KubeKind,
  handlers: WatchHandlers,
): string | undefined {
  if (type === 'ERROR') throw refusal(what, object.code ?? 500, JSON.stringify(object));
  const named = { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (type === 'DELETED') handlers.onChange('deleted', named);
  else if (type !== 'BOOKMARK') handlers.onChange('changed', named);
  return object.metadata.resourceVersion;
}
