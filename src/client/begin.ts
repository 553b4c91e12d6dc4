/** Sends a start until it is answered; its key makes all its tries one, so that asking again can never start two. */

/**
 * A rollout that gives way may need its whole deadline for it, and an API that has too much to do catches up in less.
 */
const beginWithinMs = 180_000;
const askAgainMs = 2_000;
/** Tries without any answer before somebody is asked what to do. */
const blindTries = 3;

export interface Refusal {
  /** 0: no answer at all. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterMs: number | null;
}

export interface Clock {
  now(): number;
  /** May reject at the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What is waited for, as those read it who wait. */
export interface WaitingWords {
  /** The end of the rollout that gives way. `detail`: what the API says of it. */
  predecessor(detail: string): string;
  /** An API that has too much to do. */
  readonly busy: string;
  /** An answer, which `tries` tries of at most `most` did not bring. Absent: nobody waits for that. */
  silent?(tries: number, most: number): string;
}

interface Beginning<T> {
  post(): Promise<T>;
  /** What `post` threw, as the API says it; null: it is of no use to ask again. */
  refusalOf(error: unknown): Refusal | null;
  readonly words: WaitingWords;
  /** Called when it changes. */
  tell(waiting: string): void;
  readonly clock: Clock;
  /** Heard before each try and while it waits. Default: it is never aborted. */
  readonly signal?: AbortSignal | undefined;
}

interface Wait {
  readonly ms: number;
  readonly text: string;
}

/** Throws what the last try threw, or the signal's reason, which says that none is under way. */
export async function begin<T>(beginning: Beginning<T>): Promise<T> {
  const { post, refusalOf, words, tell, clock, signal } = beginning;
  const untilMs = clock.now() + beginWithinMs;
  for (let told = '', silent = 0; ; ) {
    signal?.throwIfAborted();
    try {
      return await post();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal?.status === 0) silent += 1;
      const wait = refusal && waitFor(refusal, words, silent);
      if (wait === null || clock.now() + wait.ms > untilMs) throw error;
      if (wait.text !== told) tell(wait.text);
      told = wait.text;
      // At an abort it may reject; the next round says so.
      await clock.sleep(wait.ms, signal).catch(() => {});
    }
  }
}

/** Null: it is of no use to ask again. */
function waitFor({ status, code, detail, retryAfterMs }: Refusal, words: WaitingWords, silent: number) {
  const after = (text: string, ms: number = askAgainMs): Wait => ({ ms, text });
  if (code === 'supersede-pending') return after(words.predecessor(detail));
  // The API keeps a place for whoever comes back at the time that it has told.
  if (status === 429) return after(words.busy, retryAfterMs ?? askAgainMs);
  if (status !== 0 || words.silent === undefined || silent >= blindTries) return null;
  return after(words.silent(silent, blindTries - 1));
}
