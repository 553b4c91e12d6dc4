/**
 * Time limits that hold. `AbortSignal.any` over `AbortSignal.timeout` forgets the timeout once the garbage collector
 * has run (seen on Node 20), so here a timer that somebody holds aborts a controller that somebody holds.
 */

/** What a time limit ends work with. */
export class NoAnswer extends Error {}

interface Limit {
  readonly signal: AbortSignal;
  /** Whether it was the time, not the caller, that ended it. */
  readonly struck: boolean;
  /** To be called when the work is over. */
  clear(): void;
}

export function limitOf(limitMs: number, outer?: AbortSignal): Limit {
  const controller = new AbortController();
  const state = { struck: false };
  const timer = setTimeout(() => {
    state.struck = true;
    controller.abort(new NoAnswer(`no answer within ${limitMs} ms`));
  }, limitMs);
  const passOn = () => controller.abort(outer?.reason);
  if (outer?.aborted) passOn();
  else outer?.addEventListener('abort', passOn, { once: true });
  return {
    signal: controller.signal,
    get struck() {
      return state.struck;
    },
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', passOn);
    },
  };
}

/**
 * Runs `work` and waits for it no longer than the limit or the caller's signal, whether it heeds its signal or not.
 * Errors: those of `work`; `NoAnswer` at the limit; what the caller aborted with.
 */
export async function within<T>(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const limit = limitOf(limitMs, outer);
  const { signal } = limit;
  const ended = new Promise<never>((_, reject) => {
    const end = () =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('the call was cancelled'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  ended.catch(() => {});
  try {
    return await Promise.race([work(signal), ended]);
  } finally {
    limit.clear();
  }
}
