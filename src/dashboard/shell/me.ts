/** Who this browser is to the API, as pages see it, asked again as long as the dashboard is open. */
import { useSyncExternalStore } from 'react';
import type { Me } from '../../api/contract.ts';
import { meStore } from '../api/client.ts';

/** Roles and sessions change. */
const lookEveryMs = 30_000;
/** Until it is known no button is shown. */
const unknownEveryMs = 3_000;

/** Asks while somebody looks at the page, and at once when they come back to it: another tab may have a new session. */
export function followMe(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    clearTimeout(timer);
    await meStore.load();
    clearTimeout(timer);
    timer = setTimeout(askIfSeen, meStore.get() === null ? unknownEveryMs : lookEveryMs);
  };
  const askIfSeen = () => {
    if (!document.hidden) void ask();
  };
  document.addEventListener('visibilitychange', askIfSeen);
  window.addEventListener('online', askIfSeen);
  void ask();
}

/** Null: not known yet. */
export function useMe(): Me | null {
  return useSyncExternalStore(meStore.subscribe, meStore.get);
}
