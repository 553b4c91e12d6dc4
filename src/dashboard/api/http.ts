/** Asks the API of this page's own origin by path, for what is asked of many paths alike. */
import { refusalOf, unreachable } from '../../client/api-error.ts';
import { meStore } from './me.ts';
import { sessionHeaders } from './session.ts';

/** Throws `ApiError` unless the answer is a good one. */
async function ask(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw unreachable(error instanceof Error ? error.message : String(error), error);
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await ask(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  return (await answer.json()) as T;
}

export interface PostOptions {
  /** So that a second try of the same act does it once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export async function postJson<T>(
  path: string,
  body: unknown,
  { idempotencyKey, signal }: PostOptions = {},
): Promise<T> {
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const key = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const init = { method: 'POST', body: JSON.stringify(body), ...(signal ? { signal } : {}) };
  const answer = await meStore.send(() =>
    ask(path, { ...init, headers: { ...json, ...key, ...sessionHeaders() } }),
  );
  return (await answer.json()) as T;
}
