/** Waits until a Deployment runs what it says, with all of its pods available, or says why it will not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem } from '../../kube/errors.ts';
import { type KubeRef, nameOf } from '../../kube/types.ts';
import type { Cluster } from './cluster.ts';
import { diagnose } from './diagnosis.ts';
import { unready } from './refusals.ts';
import type { Deployment } from './shapes.ts';

interface Awaited {
  readonly ref: KubeRef;
  /** Its pods, for people: `v2 in Deployment shop/web-canary`. */
  readonly what: string;
  /** Whose endpoints must be there too; null: nobody's. */
  readonly service: KubeRef | null;
  /** Whether it is what is waited for, once it has rolled out. */
  readonly fits: (deployment: Deployment) => boolean;
  /** Throws if it will never be. */
  readonly still: (deployment: Deployment) => void;
}

const pauseMs = { first: 100, most: 1_000 };
const diagnoseEveryMs = 2_000;
/** Beyond the Deployment's own deadline, in case nobody watches over that. */
const graceMs = 15_000;

/** Errors: `workload-unready` with a diagnosis; what `still` throws; what `signal` aborts with. */
export async function waitReady(
  cluster: Cluster,
  awaited: Awaited,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<Deployment> {
  const { ref, what, service, fits, still } = awaited;
  const told = teller(progress);
  let changedMs = performance.now();
  let counts = '';
  let diagnosedMs = performance.now();
  for (let pause = pauseMs.first; ; pause = Math.min(pause * 1.5, pauseMs.most)) {
    signal.throwIfAborted();
    const found = await patient(() => cluster.deployment(ref, signal));
    if (found === null) throw unready(`${what}: ${nameOf(ref)} was deleted meanwhile.`);
    if (found !== 'away') {
      still(found);
      const isThere = fits(found) && isRolledOut(found);
      if (isThere && (service === null || (await hasEndpoints(cluster, service, found, signal))))
        return found;
      const now = isThere ? `Service ${service?.name} has yet to find its pods` : countsOf(found);
      if (now !== counts) changedMs = performance.now();
      counts = now;
      told(`${what}: ${counts}`);
      const late = performance.now() - changedMs > found.spec.progressDeadlineSeconds * 1_000 + graceMs;
      if (late || (fits(found) && isOverdue(found)))
        throw await hopeless(cluster, found, what, counts, signal);
      if (performance.now() - diagnosedMs > diagnoseEveryMs) {
        diagnosedMs = performance.now();
        const why = await diagnose(cluster, found, signal);
        if (why !== null) told(`${what}: ${why}`);
        if (why !== null && /\((InvalidImageName|ErrImageNeverPull)\)/.test(why))
          throw unready(`${what}: ${why}`);
      }
    }
    await sleep(pause, undefined, { signal });
  }
}

function isRolledOut({ spec, status, object }: Deployment): boolean {
  return (
    status.observedGeneration >= (object.metadata.generation ?? 0) &&
    status.updatedReplicas >= spec.replicas &&
    status.replicas <= status.updatedReplicas &&
    status.availableReplicas >= status.updatedReplicas
  );
}

/** A pod that is ready is found by Services a moment later; traffic must not come before. */
async function hasEndpoints(
  cluster: Cluster,
  service: KubeRef,
  { status }: Deployment,
  signal: AbortSignal,
): Promise<boolean> {
  const ready = await patient(() => cluster.readyEndpoints(service, signal));
  return ready !== 'away' && ready >= status.availableReplicas;
}

/** An API server that is away for a while ends no wait. */
async function patient<T>(ask: () => Promise<T>): Promise<T | 'away'> {
  return await ask().catch((error: unknown) => {
    if (isProblem(error, 'unavailable')) return 'away' as const;
    throw error;
  });
}

function countsOf({ spec, status }: Deployment): string {
  const old = Math.max(0, status.replicas - status.updatedReplicas);
  const parts = [
    `${status.updatedReplicas} of ${spec.replicas} pods are new`,
    `${status.availableReplicas} available`,
  ];
  return [...parts, ...(old > 0 ? [`${old} old`] : [])].join(', ');
}

function isOverdue({ status, object }: Deployment): boolean {
  if (status.observedGeneration < (object.metadata.generation ?? 0)) return false;
  return status.conditions.some(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
}

async function hopeless(
  cluster: Cluster,
  found: Deployment,
  what: string,
  last: string,
  signal: AbortSignal,
): Promise<Error> {
  const why = (await diagnose(cluster, found, signal)) ?? 'no pod says why';
  const within = `within ${found.spec.progressDeadlineSeconds} s`;
  return unready(`${what} did not get ready ${within} (${last}): ${why}`);
}

/** Each line once in a row. */
function teller(progress: (line: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    if (line !== last) progress(line);
    last = line;
  };
}
