/** Everything that the worker runs as a workflow. */
export { rollout } from './rollout.ts';
