/** The contract of the HTTP API: schemas of all requests and answers, shared by the API, the CLI and pages. */
export * from './contract/approvals.ts';
export * from './contract/audit.ts';
export * from './contract/backtest.ts';
export * from './contract/emergency.ts';
export * from './contract/emergency-rollback.ts';
export * from './contract/evidence.ts';
export * from './contract/evidence-state.ts';
export * from './contract/incidents.ts';
export * from './contract/me.ts';
export * from './contract/metrics-check.ts';
export * from './contract/notices.ts';
export * from './contract/outside-event.ts';
export * from './contract/problem.ts';
export * from './contract/rollbacks.ts';
export * from './contract/rollouts.ts';
export * from './contract/service.ts';
export * from './contract/status.ts';
