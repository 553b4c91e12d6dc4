/** Sends a start until it is answered; the key makes all its tries one. */
import type { ProblemDetails, Started } from '../../../api/contract.ts';

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** A rollout that gives way may need its whole deadline for it. */
const supersedeWithinMs = 180_000;
const askAgainMs = 2_000;
/** Tries without any answer before somebody is asked what to do. */
const blindTries = 3;

export interface Sending {
  post(): Promise<Started>;
  problemOf(error: unknown): Pick<ProblemDetails, 'status' | 'code'>;
  /** What is waited for, in words. */
  tell(waiting: string): void;
}

export async function begin({ post, problemOf, tell }: Sending, clock: Clock): Promise<Started> {
  const untilMs = clock.now() + supersedeWithinMs;
  for (let blind = 1; ; ) {
    try {
      return await post();
    } catch (error) {
      const { status, code } = problemOf(error);
      const pending = code === 'supersede-pending' && clock.now() < untilMs;
      if (!pending && (status !== 0 || blind >= blindTries)) throw error;
      if (pending) tell('The running rollout is going back to stable; then this one begins.');
      else tell(`No answer; it is asked again, ${blind++} of ${blindTries - 1}.`);
      await clock.sleep(askAgainMs);
    }
  }
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
