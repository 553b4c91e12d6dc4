/** How a browser gets a session and gives it back, or others end it; logging in at a provider is a link to follow. */
import { loggedInSchema, loggedOutSchema, tokenLoginBodySchema } from '../login.ts';
import { noQuerySchema } from '../rollouts.ts';
import {
  revokedSchema,
  revokeSessionsBodySchema,
  sessionListSchema,
  sessionParamsSchema,
  sessionQuerySchema,
} from '../sessions.ts';
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
  listSessions: {
    method: 'GET',
    path: '/v1/sessions',
    tag: 'login',
    summary: 'Sessions of browsers, the latest first: yours, or others’',
    query: sessionQuerySchema,
    answer: sessionListSchema,
    errors: ['sessions-unconfigured'],
  },
  revokeSession: {
    method: 'POST',
    path: '/v1/sessions/:session/revoke',
    tag: 'login',
    summary: 'End one session of a browser',
    params: sessionParamsSchema,
    query: noQuerySchema,
    body: noQuerySchema,
    answer: revokedSchema,
    errors: ['sessions-unconfigured', 'session-not-found', 'idempotency-mismatch'],
  },
  revokeSessions: {
    method: 'POST',
    path: '/v1/sessions/revoke',
    tag: 'login',
    summary: 'End all sessions of somebody',
    query: noQuerySchema,
    body: revokeSessionsBodySchema,
    answer: revokedSchema,
    errors: ['sessions-unconfigured', 'idempotency-mismatch'],
  },
} as const satisfies OperationTable;
