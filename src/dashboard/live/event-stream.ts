/** Follows an event stream of the API through lost connections: it comes back by itself and goes on where it was. */
import { ApiError, type ApiProblem, open } from '../api/http.ts';
import { EventReader, type ServerEvent } from './event-reader.ts';

export interface StreamHandlers {
  readonly onEvent: (event: ServerEvent) => void;
  /** Something was heard, if only a sign of life. */
  readonly onAlive: () => void;
  /** It is gone and will be tried again. */
  readonly onLost: (why: string) => void;
  /** It will not be tried again: the API said no. */
  readonly onRefused: (problem: ApiProblem) => void;
}

/** The API sends something every 15 s at least; after two missed signs the connection is dead. */
const silenceMs = 35_000;
const firstPauseMs = 500;
const longestPauseMs = 8_000;
/** An event of this kind says that nothing more comes. */
const lastEvent = 'end';

/** Returns how to stop. */
export function followEvents(path: string, handlers: StreamHandlers): () => void {
  const stopped = new AbortController();
  const wake = new Wake(stopped.signal);
  void follow(path, handlers, stopped.signal, wake);
  return () => stopped.abort();
}

async function follow(
  path: string,
  handlers: StreamHandlers,
  stopped: AbortSignal,
  wake: Wake,
): Promise<void> {
  let lastId = '';
  let pauseMs = firstPauseMs;
  while (!stopped.aborted) {
    let why = 'the connection ended';
    try {
      for await (const event of listen(path, lastId, stopped, handlers.onAlive)) {
        pauseMs = firstPauseMs;
        if (event.id !== '') lastId = event.id;
        handlers.onEvent(event);
        if (event.event === lastEvent) return;
      }
    } catch (error) {
      if (stopped.aborted) return;
      if (error instanceof ApiError && !error.mayPass) return handlers.onRefused(error.problem);
      why = error instanceof Error ? error.message : String(error);
    }
    if (stopped.aborted) return;
    handlers.onLost(why);
    // Not all at the same moment: a restarted API has many viewers.
    await wake.after(pauseMs * (0.75 + Math.random() / 2));
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}

/** One connection. */
async function* listen(
  path: string,
  lastId: string,
  stopped: AbortSignal,
  onAlive: () => void,
): AsyncGenerator<ServerEvent> {
  const silent = new AbortController();
  const silence = () => silent.abort(new Error('nothing was heard for a while'));
  let timer = setTimeout(silence, silenceMs);
  try {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastId !== '') headers['last-event-id'] = lastId;
    const answer = await open(path, { headers, signal: AbortSignal.any([stopped, silent.signal]) });
    const reader = new EventReader();
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(silence, silenceMs);
      onAlive();
      yield* reader.take(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

/** A pause that ends early when the network is back or somebody looks at the page again. */
class Wake {
  private readonly stopped: AbortSignal;

  constructor(stopped: AbortSignal) {
    this.stopped = stopped;
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const woken = new AbortController();
      const { signal } = woken;
      const done = () => {
        clearTimeout(timer);
        woken.abort();
        resolve();
      };
      const timer = setTimeout(done, ms);
      window.addEventListener('online', done, { signal });
      document.addEventListener('visibilitychange', () => document.hidden || done(), { signal });
      this.stopped.addEventListener('abort', done, { signal });
    });
  }
}
