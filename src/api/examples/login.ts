/** Examples of the document: a browser that logs in and out. */
import { atMs } from './rollouts.ts';

export const loginExamples = {
  loginWithToken: {
    body: { token: `slc_0123456789ab_${'x'.repeat(43)}` },
    answer: { actor: 'token:ann', untilMs: atMs + 28_800_000 },
  },
  logOut: { body: {}, answer: { loggedOut: true } },
} as const;
