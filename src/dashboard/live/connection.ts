/**
 * What the pages know of their connections to the API, for the header: is what they show true now, and if not, since
 * when.
 */
import { useEffect, useSyncExternalStore } from 'react';

export type ConnectionKind = 'connecting' | 'live' | 'stale' | 'failing' | 'refused' | 'lost';

/**
 * `stale`: the API answers, and cannot see rollouts. `failing`: it answers, and could not tell this: it was asked too
 * often, or something else that it needs is away. `refused`: it does not tell whoever asks.
 */
export interface Connection {
  readonly kind: ConnectionKind;
  /** When what is shown was true, by this browser's clock; null: nothing is shown yet. */
  readonly asOfMs: number | null;
  /** Of a stream: when it last brought anything, by this browser's clock; null or absent: it is none, or has not yet. */
  readonly heardAtMs?: number | null;
  /** In a few words; null while all is well. */
  readonly why: string | null;
}

const order: readonly ConnectionKind[] = ['lost', 'stale', 'failing', 'refused', 'connecting', 'live'];

/** What is shown grows old until the API tells again. */
export function isAway(kind: ConnectionKind): boolean {
  return kind === 'lost' || kind === 'stale' || kind === 'failing';
}

const connections = new Map<string, Connection>();
const listeners = new Set<() => void>();
let worst: Connection | null = null;

function report(key: string, connection: Connection | null): void {
  if (connection === null) connections.delete(key);
  else connections.set(key, connection);
  const all = [...connections.values()];
  worst = order.flatMap((kind) => all.filter((one) => one.kind === kind))[0] ?? null;
  for (const listener of listeners) listener();
}

/** Tells the header of a page's connection for as long as the page is there; null: what is shown grows no older. */
export function useReport(key: string, connection: Connection | null): void {
  const { kind = null, asOfMs = null, heardAtMs = null, why = null } = connection ?? {};
  useEffect(
    () => report(key, kind === null ? null : { kind, asOfMs, heardAtMs, why }),
    [key, kind, asOfMs, heardAtMs, why],
  );
  useEffect(() => () => report(key, null), [key]);
}

/** The worst of the page's connections; null: it has none. */
export function useConnection(): Connection | null {
  return useSyncExternalStore(subscribe, () => worst);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
