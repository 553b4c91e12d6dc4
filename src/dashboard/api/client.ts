/** The API of this page's own origin, and what goes wrong with it as something that can be shown. */
import { ApiError, createClient } from '../../client/index.ts';
import { sessionHeaders } from './session.ts';

export const client = createClient({ baseUrl: '', headers: sessionHeaders });

/** As the API words it, or as near as the browser can tell. */
export type ApiProblem = Pick<
  ApiError,
  'status' | 'code' | 'title' | 'detail' | 'advice' | 'problems' | 'details'
>;

/** Whatever was thrown. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiError) return error;
  return {
    status: 0,
    code: 'answer-strange',
    title: 'Something went wrong in this page',
    detail: error instanceof Error ? error.message : String(error),
    advice: 'Load the page again. Rollouts go on without it.',
    problems: [],
    details: {},
  };
}
