/** Rollouts as they are asked for: the latest of a target, or one run. */
import type { RunRef } from './service.ts';

/** By which what is kept of it is found. */
export function idOfRef({ environment, service, runId = '' }: RunRef): string {
  return `${environment}/${service}/${runId}`;
}
