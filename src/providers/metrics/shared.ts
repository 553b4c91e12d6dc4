/**
 * Spares a metrics source: the same question, asked by many rollouts and checks at about the same time, is sent once.
 */
import { SluiceError } from '../../domain/errors.ts';
import { Turns } from '../turns.ts';
import type { MetricsProvider, Series } from './types.ts';

interface Sharing {
  /** Questions under way at the same time; further ones wait their turn, within the limits of whoever asks. */
  readonly concurrent: number;
  /**
   * How old the answer to a question "as of now" may be, milliseconds. Questions with a time of their own never age.
   */
  readonly freshMs: number;
}

interface Question {
  readonly answer: Promise<readonly Series[]>;
  readonly stopper: AbortController;
  /** Who still waits; when the last one has gone, the question is withdrawn. */
  waiting: number;
}

/** The same provider, with its questions shared. Errors are shared among those who wait, and never kept. */
export function shared(provider: MetricsProvider, { concurrent, freshMs }: Sharing): MetricsProvider {
  const questions = new Map<string, Question>();
  const turns = new Turns(concurrent);

  const inTurn = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    if (!(await turns.take(false, signal))) throw cancelled();
    try {
      return await work();
    } finally {
      turns.done();
    }
  };

  const begin = (key: string, send: (signal: AbortSignal) => Promise<readonly Series[]>): Question => {
    const stopper = new AbortController();
    const answer = inTurn(stopper.signal, () => send(stopper.signal));
    const question: Question = { answer, stopper, waiting: 0 };
    questions.set(key, question);
    const forget = () => {
      if (questions.get(key) === question) questions.delete(key);
    };
    answer.then(() => setTimeout(forget, freshMs).unref(), forget);
    return question;
  };

  const ask = async (
    parts: readonly unknown[],
    signal: AbortSignal | undefined,
    send: (signal: AbortSignal) => Promise<readonly Series[]>,
  ): Promise<readonly Series[]> => {
    if (signal?.aborted) throw cancelled();
    const key = JSON.stringify(parts);
    const question = questions.get(key) ?? begin(key, send);
    question.waiting += 1;
    const leave = () => {
      question.waiting -= 1;
      if (question.waiting > 0) return;
      if (questions.get(key) === question) questions.delete(key);
      question.stopper.abort();
    };
    if (signal === undefined) return await question.answer;
    return await unlessAborted(question.answer, signal, leave);
  };

  return {
    instant: (query, { signal, ...options } = {}) =>
      ask(['instant', query, options.atMs], signal, (own) =>
        provider.instant(query, { ...options, signal: own }),
      ),
    range: (query, { signal, ...options }) =>
      ask(['range', query, options.fromMs, options.toMs, options.stepMs], signal, (own) =>
        provider.range(query, { ...options, signal: own }),
      ),
    counters: (selector, { signal, ...options }) =>
      ask(['counters', selector, options.fromMs, options.toMs], signal, (own) =>
        provider.counters(selector, { ...options, signal: own }),
      ),
    close: () => provider.close(),
  };
}

/** The answer, unless the caller's own signal comes first; `leave` is called then. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal, leave: () => void): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const end = () => {
      leave();
      reject(cancelled());
    };
    signal.addEventListener('abort', end, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

function cancelled(): SluiceError {
  return new SluiceError('metrics-unavailable', 'The query was cancelled before it was answered.');
}
