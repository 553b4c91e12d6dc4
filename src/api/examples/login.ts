/** Examples of the document: a browser that logs in and out. */
import { actor, atMs } from './rollouts.ts';

export const loginExamples = {
  loginWithToken: {
    body: { token: `slc_0123456789ab_${'x'.repeat(43)}` },
    answer: { actor: 'token:ann', untilMs: atMs + 28_800_000 },
  },
  logOut: { body: {}, answer: { loggedOut: true } },
  listSessions: {
    answer: {
      sessions: [
        {
          id: '5f0c3f0e6f5d4c55',
          name: actor,
          browser: 'Firefox 145 on Linux',
          beganMs: atMs,
          untilMs: atMs + 28_800_000,
          current: true,
        },
      ],
      next: null,
    },
  },
  revokeSession: { body: {}, answer: { revoked: 1 } },
  revokeSessions: { body: { name: actor }, answer: { revoked: 2 } },
} as const;
