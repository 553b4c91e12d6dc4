/** The cluster that the Kubernetes test files of a run share. To take its API away, start one of your own. */
import { Agent } from 'node:https';
import { inject } from 'vitest';
import { accessTo, type KubeAccess, type KubeAddress } from './access.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kube: KubeAddress;
  }
}

/** This one's API is always there, so connections may be kept; the server ends idle ones later than this. */
const agent = new Agent({ keepAlive: true, maxSockets: 8, timeout: 30_000 });

export function sharedCluster(): KubeAccess {
  return accessTo(inject('kube'), agent);
}
