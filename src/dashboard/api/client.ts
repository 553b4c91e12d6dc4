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
  fetch: async (...asked) => {
    const response = await fetch(...asked);
    if (response.status === 401) void meStore.doubt();
    return response;
  },
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
  if (error instanceof ApiError) return wordedForPages(error);
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

/** The API advises whoever calls it, by the means of a program; people in a browser have others. */
const pageAdvice: Partial<Readonly<Record<ApiError['code'], string>>> = {
  'plan-invalid': 'Correct the fields listed.',
  'rollout-not-found': 'Look for it in the list of rollouts.',
  'rollout-running': 'Wait for the running rollout, roll it back on its page, or supersede it.',
  'cooldown-running': 'Wait until then, or start in spite of it.',
  // What does not fit, and why, is said; the buttons of the page are those that do.
  'command-refused': '',
  'rollout-moved-on': '',
  'emergency-stopped': 'When it is safe again, release the stop on the page Emergency.',
  'emergency-open': 'When it is safe again, release it on the page Emergency.',
  'emergency-not-found': 'The page Emergency has those that are open.',
  'rollout-ended': 'Nothing needs to be done: the rollout is over.',
  'evidence-not-found': 'The page Evidence has those that were made.',
  'evidence-pruned': 'Its manifest and the chain are still there.',
  'session-not-found': 'Nothing needs to be done: it is over, or was never yours.',
  'csrf-refused': 'Load the page again.',
  'incident-not-found': 'The page Incidents has those that are known.',
};

function wordedForPages(error: ApiError): ApiProblem {
  switch (error.code) {
    // The browser does not say why, and nobody who sees a page can mend the address of its API.
    case 'unreachable':
      return reworded(error, {
        title: 'The API does not answer',
        detail: `This browser says: ${error.detail}.`,
        advice: 'Check your network, and try again. Rollouts go on without this page.',
      });
    case 'unauthenticated':
      return reworded(error, {
        title: 'You are not logged in',
        detail: 'There is no session in this browser, or it is over.',
        advice: 'Log in; you come back to this page then.',
      });
    default: {
      const advice = pageAdvice[error.code];
      return advice === undefined ? error : reworded(error, { advice });
    }
  }
}

/** An error is no plain object: what is asked of it has to be named. */
export function reworded(error: ApiError, words: Partial<ApiProblem>): ApiProblem {
  const { status, code, title, detail, advice, problems, details, passing, retryAfterMs } = error;
  return { status, code, title, detail, advice, problems, details, passing, retryAfterMs, ...words };
}
