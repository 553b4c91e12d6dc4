/** Operations by which a browser gets a session and gives it back; logging in at a provider is a link to follow. */
import { loggedInSchema, loggedOutSchema, tokenLoginBodySchema } from '../login.ts';
import { noQuerySchema } from '../rollouts.ts';
import type { OperationTable } from './types.ts';

export const loginOperations = {
  loginWithToken: {
    method: 'POST',
    path: '/auth/token',
    tag: 'login',
    summary: 'Log in with an API token: the browser gets a session, and need not keep the token',
    query: noQuerySchema,
    body: tokenLoginBodySchema,
    answer: loggedInSchema,
    errors: ['login-unconfigured'],
  },
  logOut: {
    method: 'POST',
    path: '/auth/logout',
    tag: 'login',
    summary: 'End the session of this browser',
    query: noQuerySchema,
    body: noQuerySchema,
    answer: loggedOutSchema,
    errors: [],
  },
} as const satisfies OperationTable;
