/** An answer that many ask for at about the same time: one question serves them all, so it is nobody's to cancel. */
import { KubeError } from '../../kube/errors.ts';

export class Lately<T> {
  private readonly ask: () => Promise<T>;
  private readonly forMs: number;
  private last: { readonly atMs: number; readonly answer: Promise<T> } | null = null;

  constructor(ask: () => Promise<T>, forMs: number) {
    this.ask = ask;
    this.forMs = forMs;
  }

  /**
   * An answer to a question that was asked no longer than `forMs` ago; who asks may be content with an older one.
   * Errors: those of the question; `unavailable` when `signal` aborts.
   */
  async get(signal?: AbortSignal, forMs = this.forMs): Promise<T> {
    const atMs = performance.now();
    if (this.last === null || atMs - this.last.atMs > forMs) {
      const asked = { atMs, answer: this.ask() };
      this.last = asked;
      asked.answer.catch(() => {
        if (this.last === asked) this.last = null;
      });
    }
    const { answer } = this.last;
    return signal === undefined ? await answer : await untilAborted(answer, signal);
  }

  forget(): void {
    this.last = null;
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(new KubeError('unavailable', 'wait for an answer: the call was cancelled'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  aborted.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
