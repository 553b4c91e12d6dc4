/** Asks the API of this page's own origin, and turns what goes wrong into one kind of error. */
import type { ProblemDetails } from '../../api/contract.ts';

/** As the API words it, or as near as the browser can tell. */
export type ApiProblem = Pick<
  ProblemDetails,
  'title' | 'detail' | 'code' | 'advice' | 'problems' | 'details'
> & {
  /** 0: there was no answer. */
  readonly status: number;
};

export class ApiError extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.problem = problem;
  }

  /** Whether the same question may be answered later. */
  get mayPass(): boolean {
    const { status } = this.problem;
    return status === 0 || status === 429 || status >= 500;
  }
}

/** Throws `ApiError` unless the answer is a good one. */
export async function open(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw new ApiError(unreachable(error));
  }
  if (!answer.ok) throw new ApiError(await problemIn(answer));
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await open(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  return (await answer.json()) as T;
}

export interface PostOptions {
  /** So that a second try of the same act does it once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export async function postJson<T>(path: string, body: unknown, options: PostOptions = {}): Promise<T> {
  const { idempotencyKey, signal } = options;
  const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json' };
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  const answer = await open(path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return (await answer.json()) as T;
}

/** Whatever was thrown, as a problem that can be shown. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.problem;
  return { ...unreachable(error), title: 'Strange answer', code: 'strange-answer' };
}

async function problemIn(answer: Response): Promise<ApiProblem> {
  const { status } = answer;
  try {
    const known = (await answer.json()) as Partial<ProblemDetails>;
    if (typeof known.code === 'string' && typeof known.detail === 'string') {
      const { title = known.code, code, detail, advice = '', problems = [], details = {} } = known;
      return { status, title, code, detail, advice, problems, details };
    }
  } catch {
    // Something between browser and API answered in its own words.
  }
  return {
    ...unreachable(`the answer was ${status} ${answer.statusText}`),
    status,
    title: 'No answer from the API',
  };
}

function unreachable(why: unknown): ApiProblem {
  const text = why instanceof Error ? why.message : String(why);
  return {
    status: 0,
    title: 'The API cannot be reached',
    code: 'unreachable',
    detail: `No answer: ${text}.`,
    advice: 'Rollouts go on without it. It is asked again by itself.',
    problems: [],
    details: {},
  };
}
