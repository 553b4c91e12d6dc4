/** Waits until an address answers 200, which is what ready means here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';

interface ReadyWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked before each try; a reason ends the wait at once. */
  readonly hopeless?: () => Promise<string | null>;
}

/** Null when ready, else why not. Throws only when `signal` aborts. */
export async function waitReady(url: string, wait: ReadyWait): Promise<string | null> {
  const deadline = Date.now() + wait.timeoutMs;
  let last: Answer = { told: 'nothing was tried', cutShort: true };
  do {
    wait.signal?.throwIfAborted();
    const reason = await wait.hopeless?.();
    if (reason) return reason;
    const answer = await tryOnce(url, deadline - Date.now());
    if (answer === 'ready') return null;
    // What was cut short by the end of the wait says less than what was heard before.
    if (last.cutShort || !answer.cutShort) last = answer;
    await sleep(50);
  } while (Date.now() < deadline);
  return `not ready within ${wait.timeoutMs / 1000} s: ${url} ${last.told}`;
}

interface Answer {
  readonly told: string;
  /** It had less time than others, and gave no answer in it. */
  readonly cutShort: boolean;
}

const answerWithinMs = 2_000;

async function tryOnce(url: string, leftMs: number): Promise<Answer | 'ready'> {
  const limit = AbortSignal.timeout(Math.max(50, Math.min(leftMs, answerWithinMs)));
  try {
    const answer = await fetch(url, { signal: limit });
    await answer.body?.cancel();
    return answer.status === 200 ? 'ready' : { told: `answered ${answer.status}`, cutShort: false };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const cutShort = limit.aborted && leftMs < answerWithinMs;
    return { told: `did not answer (${messageOf(cause)})`, cutShort };
  }
}
