/** Speaks HTTP with the API: reads its answers by the contract and turns its refusals into errors. */
import type { z } from 'zod';
import { problemSchema } from '../api/contract.ts';
import { messageOf } from '../domain/errors.ts';
import { clean } from './clean.ts';
import { CliError, refusedByApi, unavailable } from './cli-error.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Longer than the API may wait for a rollout that is being superseded. */
const answerWithinMs = 60_000;

export interface Answer<T> {
  readonly value: T;
  /** As it came, for `--json`. */
  readonly raw: unknown;
  readonly status: number;
}

export interface PostOptions {
  readonly idempotencyKey?: string;
  /** How long to wait for the whole answer. Default 60,000. */
  readonly withinMs?: number;
}

export interface ApiClient {
  readonly url: string;
  get<T>(path: string, schema: z.ZodType<T>): Promise<Answer<T>>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>, options?: PostOptions): Promise<Answer<T>>;
  /** An answer that is no JSON. */
  download(path: string): Promise<Buffer>;
  /** An open event stream; the caller ends it by the signal. */
  stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export function createClient(url: string, io: Pick<Io, 'fetch'>, token?: string): ApiClient {
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const response = await reach(url, () => io.fetch(`${url}${path}`, { ...init, headers }));
    if (!response.ok) throw await refusalOf(url, response);
    return response;
  };
  const json = async <T>(
    path: string,
    init: RequestInit,
    schema: z.ZodType<T>,
    withinMs: number = answerWithinMs,
  ): Promise<Answer<T>> => {
    const response = await call(path, { ...init, signal: AbortSignal.timeout(withinMs) });
    const raw = parsed(url, await reach(url, () => response.text()));
    const reading = schema.safeParse(clean(raw));
    if (!reading.success) throw strange(url, reading.error.issues[0]?.path.join('.') ?? '');
    return { value: reading.data, raw, status: response.status };
  };
  return {
    url,
    get: (path, schema) => json(path, {}, schema),
    post: (path, body, schema, { idempotencyKey, withinMs } = {}) => {
      const headers = {
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      };
      return json(path, { method: 'POST', headers, body: JSON.stringify(body) }, schema, withinMs);
    },
    download: async (path) => {
      const response = await call(path, { signal: AbortSignal.timeout(answerWithinMs) });
      return Buffer.from(await reach(url, () => response.arrayBuffer()));
    },
    stream: async (path, signal) => {
      const { body } = await call(path, { headers: { accept: 'text/event-stream' }, signal });
      if (body === null) throw strange(url, 'no body');
      return body;
    },
  };
}

async function reach<T>(url: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    const why =
      messageOf(cause) ||
      (cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given');
    throw unavailable(
      `The API at ${url} cannot be reached: ${why}.`,
      'Start the local stack with `sluice up`, or name another API with --api or SLUICE_API.',
      error,
    );
  }
}

function parsed(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw strange(url, 'no JSON');
  }
}

async function refusalOf(url: string, response: Response): Promise<CliError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(clean(body));
  if (problem.success) return refusedByApi(problem.data);
  return strange(url, `status ${response.status}`, exitCodeOf(response.status));
}

/** An answer that is not of the contract. */
export function strange(url: string, what: string, exitCode: ExitCode = exitCodes.failure): CliError {
  return new CliError(exitCode, {
    code: 'answer-strange',
    detail: `What answers at ${url} does not speak as this sluice expects (${what}).`,
    advice: 'Check that the address is that of a Sluice API of the same version.',
    problems: [],
  });
}
