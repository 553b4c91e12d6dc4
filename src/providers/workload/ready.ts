/** Waits until an address answers 200, which is what ready means here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';

export interface ReadyWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked before each try; a reason ends the wait at once. */
  readonly hopeless?: () => Promise<string | null>;
}

/** Null when ready, else why not. Throws only when `signal` aborts. */
export async function waitReady(url: string, wait: ReadyWait): Promise<string | null> {
  const deadline = Date.now() + wait.timeoutMs;
  let last = 'nothing was tried';
  do {
    wait.signal?.throwIfAborted();
    const reason = await wait.hopeless?.();
    if (reason) return reason;
    last = await tryOnce(url, deadline - Date.now());
    if (last === '') return null;
    await sleep(50);
  } while (Date.now() < deadline);
  return `not ready within ${wait.timeoutMs / 1000} s: ${url} ${last}`;
}

async function tryOnce(url: string, leftMs: number): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(Math.max(50, Math.min(leftMs, 2_000))) });
    await answer.body?.cancel();
    return answer.status === 200 ? '' : `answered ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `did not answer (${messageOf(cause)})`;
  }
}
