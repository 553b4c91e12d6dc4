/** Everything that the worker runs as a workflow. */
export { emergency } from './emergency.ts';
export { evidenceKeeper } from './evidence.ts';
export { rollout } from './rollout.ts';
