/** Sends a start until it is answered; the key makes all its tries one. */
import type { Started } from '../../../api/contract.ts';
import type { ApiProblem } from '../../api/client.ts';

interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * A rollout that gives way may need its whole deadline for it, and an API that has too much to do catches up in less.
 */
const beginWithinMs = 180_000;
const askAgainMs = 2_000;
/** Tries without any answer before somebody is asked what to do. */
const blindTries = 3;

type Told = Pick<ApiProblem, 'status' | 'code' | 'detail' | 'retryAfterMs'>;

interface Sending {
  post(): Promise<Started>;
  problemOf(error: unknown): Told;
  /** What is waited for, in words. */
  tell(waiting: string): void;
  /** Nothing is sent any more once it is aborted. */
  readonly signal: AbortSignal;
}

interface Wait {
  readonly ms: number;
  readonly text: string;
}

/** Throws what the last try threw, and the signal's own reason. */
export async function begin({ post, problemOf, tell, signal }: Sending, clock: Clock): Promise<Started> {
  const untilMs = clock.now() + beginWithinMs;
  for (let blind = 0; ; ) {
    try {
      return await post();
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 0) blind += 1;
      const wait = waitFor(problem, blind);
      if (wait === null || clock.now() + wait.ms > untilMs) throw error;
      tell(wait.text);
      await clock.sleep(wait.ms);
      signal.throwIfAborted();
    }
  }
}

/** Null: it is of no use to ask again. `blind`: so many tries had no answer. */
function waitFor({ status, code, detail, retryAfterMs }: Told, blind: number): Wait | null {
  if (status === 0) {
    if (blind >= blindTries) return null;
    return { ms: askAgainMs, text: `No answer; it is asked again, ${blind} of ${blindTries - 1}.` };
  }
  if (code === 'supersede-pending') {
    return { ms: askAgainMs, text: `This one begins when the running rollout has ended. ${detail}` };
  }
  // The API keeps a place for whoever comes back at the time that it has told.
  if (status !== 429) return null;
  return {
    ms: retryAfterMs ?? askAgainMs,
    text: 'The API has too much to do; this begins when its turn comes.',
  };
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
