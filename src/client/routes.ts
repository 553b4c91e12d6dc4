/**
 * Where each operation is. The types are those of the contract, so that a route that differs from it does not compile.
 */
import type { Operations } from '../api/contract/operations.ts';
import type { OperationName } from './types.ts';

type RouteOf<O> = O extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never;

const rollout = '/v1/rollouts/:environment/:service';
const incident = '/v1/incidents/:environment/:service';
const emergency = '/v1/emergency-rollbacks/:id';

export const routes: { readonly [N in OperationName]: RouteOf<Operations[N]> } = {
  getMe: 'GET /v1/me',
  getConfiguration: 'GET /v1/configuration',
  getHealth: 'GET /healthz',
  getReadiness: 'GET /readyz',
  getCatalogue: 'GET /v1/catalogue',
  validatePlan: 'POST /v1/validate',
  checkMetrics: 'POST /v1/metrics/check',
  runBacktest: 'POST /v1/backtests',
  startRollout: 'POST /v1/rollouts',
  listRollouts: 'GET /v1/rollouts',
  watchRollouts: 'GET /v1/rollouts/events',
  getRollout: `GET ${rollout}`,
  steerRollout: `POST ${rollout}/:command`,
  followRollout: `GET ${rollout}/events`,
  sendEvent: `POST ${rollout}/events`,
  getSeries: `GET ${rollout}/series`,
  auditRollout: `GET ${rollout}/audit`,
  getNotices: `GET ${rollout}/notices`,
  acknowledge: `POST ${rollout}/ack`,
  loginWithToken: 'POST /auth/token',
  logOut: 'POST /auth/logout',
  listSessions: 'GET /v1/sessions',
  revokeSession: 'POST /v1/sessions/:session/revoke',
  revokeSessions: 'POST /v1/sessions/revoke',
  listApprovals: 'GET /v1/approvals',
  makeApprovalLink: `POST ${rollout}/approval-links`,
  listRollbacks: 'GET /v1/rollbacks',
  listEvidence: 'GET /v1/evidence',
  pruneEvidence: 'POST /v1/evidence/prune',
  getEvidence: `GET ${rollout}/evidence`,
  collectEvidence: `POST ${rollout}/evidence`,
  downloadEvidence: `GET ${rollout}/evidence/archive`,
  verifyEvidence: `GET ${rollout}/evidence/verification`,
  holdEvidence: `POST ${rollout}/evidence/hold`,
  releaseEvidence: `POST ${rollout}/evidence/release`,
  getFindings: `GET ${rollout}/findings`,
  getReport: `GET ${rollout}/report`,
  listIncidents: 'GET /v1/incidents',
  getIncident: `GET ${incident}`,
  getReview: `GET ${incident}/review`,
  closeIncident: `POST ${incident}/close`,
  emergencyStop: 'POST /v1/emergency-stop',
  getEmergencyStop: 'GET /v1/emergency-stop',
  releaseEmergencyStop: 'POST /v1/emergency-stop/release',
  openEmergency: 'POST /v1/emergency-rollbacks',
  listEmergencies: 'GET /v1/emergency-rollbacks',
  getEmergency: `GET ${emergency}`,
  releaseEmergency: `POST ${emergency}/release`,
  decodePayloads: 'POST /v1/codec/decode',
  encodePayloads: 'POST /v1/codec/encode',
};
