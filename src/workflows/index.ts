/** Everything that the worker runs as a workflow. */
export { emergency } from './emergency.ts';
export { emergencyStopReleased } from './emergency-stop-released.ts';
export { evidenceKeeper } from './evidence.ts';
export { incident } from './incident.ts';
export { notices } from './notices.ts';
export { requestSent } from './request-sent.ts';
export { rollout } from './rollout.ts';
