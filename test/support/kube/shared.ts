/** The cluster that the Kubernetes test files of a run share. To take its API away, start one of your own. */
import { Agent } from 'node:https';
import { inject } from 'vitest';
import { accessTo, type KubeAccess, type KubeAddress } from './access.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for its address, which is told once it is there. */
    kube: string;
  }
}

/** This one's API is always there, so connections may be kept; the server ends idle ones later than this. */
const agent = new Agent({ keepAlive: true, maxSockets: 8, timeout: 30_000 });

const answer = await fetch(inject('kube'));
if (!answer.ok) throw new Error(`the cluster did not start: ${await answer.text()}`);
const address = (await answer.json()) as KubeAddress;

export function sharedCluster(): KubeAccess {
  return accessTo(address, agent);
}
