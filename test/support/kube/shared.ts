/** The cluster that the Kubernetes test files of a run share. To take its API away, start one of your own. */
import { inject } from 'vitest';
import { accessTo, type KubeAccess, type KubeAddress } from './access.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kube: KubeAddress;
  }
}

export function sharedCluster(): KubeAccess {
  return accessTo(inject('kube'));
}
