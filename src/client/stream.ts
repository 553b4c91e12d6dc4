/** Keeps an event stream open through lost connections, and tells whether what was seen last may be old. */
import { ApiError, unreachable } from './api-error.ts';
import { reach } from './send.ts';
import { readEvents, type ServerEvent } from './sse.ts';

type StreamSign =
  | { readonly kind: 'event'; readonly event: ServerEvent; readonly atMs: number }
  /** The connection is there, and what was seen last is not old: the start of it, and the server's sign of life. */
  | { readonly kind: 'alive'; readonly atMs: number }
  | StreamLost;

export interface StreamLost {
  readonly kind: 'lost';
  readonly error: ApiError;
  /** When something was heard last, or the stream was begun. */
  readonly heardAtMs: number;
  readonly retryInMs: number;
}

export interface StreamClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export interface StreamOptions {
  readonly signal?: AbortSignal;
  readonly clock?: StreamClock;
}

type Connect = (lastEventId: string | null, signal: AbortSignal) => Promise<Response>;

/** The API sends something at least every 5 s; after three missed signs, and one of an older API, it is dead. */
const silenceMs = 20_000;
/** It sends the first of it at once. */
const connectMs = 15_000;
const firstPauseMs = 250;
const longestPauseMs = 5000;

/** What asks for a stream; null: from its beginning. */
export function streamHeaders(lastEventId: string | null): Readonly<Record<string, string>> {
  return {
    accept: 'text/event-stream',
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
}

/**
 * Goes on until the caller leaves or gives the signal, whose reason is thrown then; throws what trying again cannot
 * mend.
 */
export async function* keptOpen(connect: Connect, options: StreamOptions = {}): AsyncGenerator<StreamSign> {
  const { signal = new AbortController().signal, clock = realClock } = options;
  let heardAtMs = clock.now();
  let lastEventId: string | null = null;
  let failures = 0;
  for (;;) {
    let error: ApiError;
    try {
      for await (const event of listen((given) => connect(lastEventId, given), signal)) {
        heardAtMs = clock.now();
        failures = 0;
        if (event === null || event.event === 'comment') yield { kind: 'alive', atMs: heardAtMs };
        else yield { kind: 'event', event, atMs: heardAtMs };
        if (event?.id) lastEventId = event.id;
      }
      error = unreachable('the connection ended', null);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof ApiError) || !thrown.passing) throw thrown;
      error = thrown;
    }
    const retryInMs = pauseMs(failures, error.retryAfterMs ?? 0, clock.random());
    failures += 1;
    yield { kind: 'lost', error, heardAtMs, retryInMs };
    await clock.sleep(retryInMs, signal);
  }
}

/** Up to half of the pause by chance, so that those who lost the same server do not come back as one. */
function pauseMs(failures: number, askedMs: number, random: number): number {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
  return Math.max(askedMs, Math.round(longest * (1 - random / 2)));
}

/** One connection, first null when it is there; a silence longer than the API would ever keep ends it. */
async function* listen(
  connect: (signal: AbortSignal) => Promise<Response>,
  outer: AbortSignal,
): AsyncGenerator<ServerEvent | null> {
  const silent = new AbortController();
  const signal = AbortSignal.any([outer, silent.signal]);
  const end = (why: string) => silent.abort(unreachable(why, null));
  let timer = setTimeout(end, connectMs, 'it gave no answer in time');
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(end, silenceMs, 'nothing was heard for a long time');
  };
  try {
    const { body } = await connect(signal);
    if (body === null) throw unreachable('the answer had no body', null);
    heard();
    yield null;
    const events = readEvents(body);
    for (;;) {
      const next = await reach(signal, () => events.next());
      if (next.done || next.value.event === 'end') return;
      heard();
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

const realClock: StreamClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
};
