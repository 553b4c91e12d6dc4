/**
 * The clock of streams in a browser: a pause ends early when the network is back or somebody looks at the page again.
 */
import type { StreamOptions } from '../../client/index.ts';

export const browserClock: NonNullable<StreamOptions['clock']> = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const over = new AbortController();
      const end = (settle: () => void) => () => {
        clearTimeout(timer);
        over.abort();
        settle();
      };
      const timer = setTimeout(end(resolve), ms);
      const listening = { signal: over.signal };
      window.addEventListener('online', end(resolve), listening);
      document.addEventListener('visibilitychange', () => document.hidden || end(resolve)(), listening);
      signal.addEventListener(
        'abort',
        end(() => reject(signal.reason)),
        listening,
      );
    }),
};
