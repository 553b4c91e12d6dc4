/** What the Kubernetes API refuses, with what it said. Providers turn it into an error of the catalogue. */
import { parsedJson } from '../../domain/parsed-json.ts';

export type KubeProblem =
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'forbidden'
  | 'invalid'
  | 'gone'
  | 'unavailable';

export class KubeError extends Error {
  readonly problem: KubeProblem;
  /** HTTP status; 0: there was no answer. */
  readonly status: number;

  constructor(problem: KubeProblem, message: string, status = 0, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeError';
    this.problem = problem;
    this.status = status;
  }
}

/** What an answer that is no success means. `text` is a Status object, or what a proxy on the way wrote. */
export function refusal(what: string, status: number, text: string): KubeError {
  const { message, reason } = statusIn(text);
  const said = message ?? `${text.slice(0, 200).trim() || 'nothing'}`;
  return new KubeError(problemOf(status, reason, said), `${what}: ${said} (${status})`, status);
}

export function isProblem(error: unknown, ...problems: readonly KubeProblem[]): error is KubeError {
  return error instanceof KubeError && problems.includes(error.problem);
}

function problemOf(status: number, reason: string | undefined, said: string): KubeProblem {
  if (reason === 'AlreadyExists') return 'exists';
  if (status === 409) return 'conflict';
  if (status === 410) return 'gone';
  if (status === 404) return 'not-found';
  if (status === 401 || status === 403) return 'forbidden';
  // A JSON Patch that does not fit: the object is no longer what was read. The server says no more than this about it.
  if (status === 422 && /error in our request|testing (path|value)|test failed/i.test(said))
    return 'conflict';
  // Too many requests is the one client error that passes by itself.
  return status >= 400 && status < 500 && status !== 429 && status !== 408 ? 'invalid' : 'unavailable';
}

function statusIn(text: string): { message?: string; reason?: string } {
  const value = parsedJson(text);
  if (typeof value !== 'object' || value === null) return {};
  const { message, reason } = value as Record<string, unknown>;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}
