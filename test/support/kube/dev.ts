/** `npm run dev:kube`: a cluster that stays until it is interrupted. */
import { once } from 'node:events';
import { startCluster } from './cluster.ts';

const startedMs = Date.now();
const cluster = await startCluster();
console.log(`A Kubernetes API at ${cluster.serverUrl}, after ${((Date.now() - startedMs) / 1000).toFixed(1)} s. Use it with:

  export KUBECONFIG=${cluster.kubeconfigPath}

Pods are scheduled and become ready, but nothing runs in them. Ctrl-C ends it and deletes all that it holds.`);
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal));
await Promise.race(signals);
await cluster.stop();
process.exit(0);
