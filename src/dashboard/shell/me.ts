/** Who this browser is to the API, asked once for each load of the dashboard. */
import { useSyncExternalStore } from 'react';
import type { Me } from '../../api/contract.ts';
import { client } from '../api/client.ts';
import { keepCsrf } from '../api/session.ts';

let me: Me | null = null;
const listeners = new Set<() => void>();

/** What it cannot learn it leaves: pages say by themselves what the API refuses. */
export async function loadMe(): Promise<void> {
  me = await client.getMe().catch(() => null);
  keepCsrf(me?.session?.csrf ?? null);
  for (const listener of listeners) listener();
}

/** Null: not known yet. */
export function useMe(): Me | null {
  return useSyncExternalStore(subscribe, () => me);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
