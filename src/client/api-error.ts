/** The one error of the client: what the API refused, in its own words, or why there was no answer of the API. */
import type { ProblemDetails } from '../api/contract/problem.ts';
import type { ErrorCode, Problem } from '../domain/errors.ts';

/** `unreachable`: no answer at all, `status` is 0. `answer-strange`: an answer, but not of this API. */
export type ClientCode = ErrorCode | 'unreachable' | 'answer-strange';

interface ApiErrorFacts {
  readonly code: ClientCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly advice: string;
  readonly problems?: readonly Problem[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  readonly retryAfterMs?: number | null;
}

export class ApiError extends Error {
  readonly code: ClientCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** What to try. */
  readonly advice: string;
  /** The fields at fault. */
  readonly problems: readonly Problem[];
  /** Facts for machines, such as the run id of the rollout that is in the way. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** After how long the same call may succeed; null: not by waiting, or not known. */
  readonly retryAfterMs: number | null;

  constructor(facts: ApiErrorFacts, options: ErrorOptions = {}) {
    super(facts.detail, options);
    this.name = 'ApiError';
    this.code = facts.code;
    this.status = facts.status;
    this.title = facts.title;
    this.detail = facts.detail;
    this.advice = facts.advice;
    this.problems = facts.problems ?? [];
    this.details = facts.details ?? {};
    this.requestId = facts.requestId ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }

  /** The first field at fault, such as `stages[0].weight`; null: it is no field's fault. */
  get path(): string | null {
    return this.problems[0]?.path ?? null;
  }

  /** Whether the same call may succeed later, without a change by the caller. */
  get passing(): boolean {
    return this.code === 'unreachable' || this.status === 429 || this.status >= 500;
  }
}

/** Whoever answers with something else than problem details is a proxy, or another service. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const retryAfterMs = retryAfterOf(response.headers);
  if (!isProblem(body)) return strange(`status ${response.status}`, response.status, retryAfterMs);
  const { code, status, title, detail, advice, problems, details, requestId } = body;
  // Codes of a newer API are passed on as they are.
  return new ApiError({
    code: code as ClientCode,
    status,
    title,
    detail,
    advice,
    problems,
    details,
    requestId,
    retryAfterMs,
  });
}

export function strange(what: string, status = 0, retryAfterMs: number | null = null): ApiError {
  return new ApiError({
    code: 'answer-strange',
    status,
    title: 'Answer strange',
    detail: what,
    advice: 'Check that the address is that of a Sluice API of the same version.',
    retryAfterMs,
  });
}

export function unreachable(why: string, cause: unknown): ApiError {
  return new ApiError(
    {
      code: 'unreachable',
      status: 0,
      title: 'Unreachable',
      detail: why,
      advice: 'Check the network and the address of the API, and try again.',
    },
    { cause },
  );
}

/** Seconds, or a date. */
function retryAfterOf(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function isProblem(body: unknown): body is ProblemDetails {
  if (typeof body !== 'object' || body === null) return false;
  const texts = ['code', 'title', 'detail', 'advice'];
  const told = texts.every((key) => typeof Reflect.get(body, key) === 'string');
  return (
    told && typeof Reflect.get(body, 'status') === 'number' && Array.isArray(Reflect.get(body, 'problems'))
  );
}
