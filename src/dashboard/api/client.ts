/**
 * The API of this page's own origin, who this browser is to it, and what goes wrong with it as something that can be
 * shown.
 */
import { ApiError, createClient } from '../../client/index.ts';
import { MeStore } from './me-store.ts';
import { keepCsrf, sessionHeaders } from './session.ts';

export const client = createClient({
  baseUrl: '',
  headers: sessionHeaders,
  carry: (call) => meStore.send(call),
});

/** The one store of who this browser is. */
export const meStore = new MeStore(() => client.getMe(), keepCsrf);

/** As the API words it, or as near as the browser can tell. */
export type ApiProblem = Pick<
  ApiError,
  'status' | 'code' | 'title' | 'detail' | 'advice' | 'problems' | 'details' | 'passing' | 'retryAfterMs'
>;

/** Whatever was thrown. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error.code === 'unreachable' ? unreachable(error) : error;
  return {
    status: 0,
    code: 'answer-strange',
    title: 'Something went wrong in this page',
    detail: error instanceof Error ? error.message : String(error),
    advice: 'Load the page again. Rollouts go on without it.',
    problems: [],
    details: {},
    passing: false,
    retryAfterMs: null,
  };
}

/** The browser does not say why, and nobody who sees a page can mend the address of its API. */
function unreachable({
  status,
  code,
  detail,
  problems,
  details,
  passing,
  retryAfterMs,
}: ApiError): ApiProblem {
  return {
    status,
    code,
    title: 'The API does not answer',
    detail: `This browser says: ${detail}.`,
    advice: 'Check your network, and try again. Rollouts go on without this page.',
    problems,
    details,
    passing,
    retryAfterMs,
  };
}
