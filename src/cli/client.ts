/**
 * Speaks with the API through the client: reads its answers by the contract and turns its refusals into errors of the
 * CLI.
 */
import type { z } from 'zod';
import { operations, problemSchema, problemTypeOf } from '../api/contract.ts';
import { ApiError } from '../client/api-error.ts';
import { type ClientSettings, sendAndRead } from '../client/send.ts';
import type { Answering, AnswerOf, CallOptions, OperationName, RequestOf } from '../client/types.ts';
import { clean } from './clean.ts';
import { CliError, refusedByApi } from './cli-error.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { writeLines } from './text.ts';
import { unreachableApi } from './unreachable.ts';

export interface Answer<T> {
  readonly value: T;
  /** As it came, for `--json`. */
  readonly raw: unknown;
}

/** Operations that answer with JSON. */
export type Asked = Answering<z.ZodType>;

export interface ApiClient {
  readonly url: string;
  readonly settings: ClientSettings;
  ask<N extends Asked>(name: N, request: RequestOf<N>, options?: CallOptions): Promise<Answer<AnswerOf<N>>>;
  /** An answer that is no JSON. */
  download<N extends Answering<'text' | 'bytes'>>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>>;
}

/** Somebody who waits for longer than this wants to know for what. */
const tellWaitMs = 3_000;

export function createClient(url: string, io: Pick<Io, 'fetch' | 'err'>, token?: string): ApiClient {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const settings: ClientSettings = { baseUrl: url, headers: () => headers, fetch: io.fetch };
  const send = async <N extends OperationName>(name: N, request: RequestOf<N>, options: CallOptions) => {
    const wait = () => io.err.isTTY && writeLines(io.err, [`waiting for the API at ${url} …`]);
    const telling = setTimeout(wait, tellWaitMs);
    try {
      return (await sendAndRead(settings, name, request, options)).value;
    } catch (error) {
      throw toldAsCliError(url, error);
    } finally {
      clearTimeout(telling);
    }
  };
  return {
    url,
    settings,
    ask: async (name, request, options = {}) => {
      const raw = await send(name, request, options);
      const { answer } = operations[name];
      // The table says so, which the compiler cannot follow through a name that is not known yet.
      return { value: read(url, answer as unknown as z.ZodType<AnswerOf<typeof name>>, raw), raw };
    },
    download: async <N extends Answering<'text' | 'bytes'>>(name: N, request: RequestOf<N>) =>
      (await send(name, request, {})) as AnswerOf<N>,
  };
}

/** Throws when it is not of the contract. */
export function read<T>(url: string, schema: z.ZodType<T>, raw: unknown): T {
  const reading = schema.safeParse(clean(raw));
  if (reading.success) return reading.data;
  throw strange(url, reading.error.issues[0]?.path.join('.') ?? '');
}

export function toldAsCliError(url: string, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  if (error.code === 'unreachable') {
    return unreachableApi(url, error.detail, error);
  }
  const { code, status, title, detail, advice, problems, details, requestId } = error;
  const facts = { code, status, title, detail, advice, problems, details };
  const problem = { type: problemTypeOf(code), ...facts, requestId: requestId ?? '' };
  const known = problemSchema.safeParse(clean(problem));
  if (known.success && code !== 'answer-strange') return refusedByApi(known.data, error.retryAfterMs);
  return strange(url, detail, exitCodeOfOther(status));
}

/** A proxy on the way may say that nothing is available, or who may not; what it does not know is nothing of Sluice's. */
function exitCodeOfOther(status: number): ExitCode {
  const exitCode = exitCodeOf(status);
  return exitCode === exitCodes.notFound || exitCode === exitCodes.badInput ? exitCodes.failure : exitCode;
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
