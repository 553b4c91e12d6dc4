/** Why a Deployment does not get ready, in one sentence for a person at three in the morning. */
import { pathOf } from '../../kube/client.ts';
import { event, pod as podKind } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { Cluster } from './cluster.ts';
import type { ContainerStatus, Deployment, Pod } from './shapes.ts';

const logLines = 5;
const longestText = 600;

/** Null: nothing is known to be wrong. What cannot be read is left out: a missing right must not hide the rest. */
export async function diagnose(
  cluster: Cluster,
  deployment: Deployment,
  signal?: AbortSignal,
): Promise<string | null> {
  const [newest] = await cluster.replicaSetsOf(deployment, signal).catch(() => []);
  const pods = newest ? await cluster.podsOf(newest, deployment, signal).catch(() => []) : [];
  const problems = pods.flatMap((pod) => problemOf(pod) ?? []);
  const [worst] = problems.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const notMade = notMadeIn(deployment);
  // Pods that cannot be made at all say more than those that are only slow.
  if (worst === undefined || (notMade !== null && worst.kind === 'not-ready')) return notMade ?? null;
  const alike = problems.filter(({ kind }) => kind === worst.kind).length;
  const which =
    alike === 1
      ? `pod ${worst.pod.object.metadata.name}`
      : `${alike} pods, such as ${worst.pod.object.metadata.name}`;
  const told = await tell(cluster, worst, signal);
  return `${which}: ${told}`;
}

const order = ['pull', 'crash', 'config', 'pending', 'not-ready'] as const;

interface PodProblem {
  readonly kind: (typeof order)[number];
  readonly pod: Pod;
  readonly container: ContainerStatus | null;
  readonly text: string;
}

/** Pure: what the pod itself says. Null: it is ready, or on its way. */
export function problemOf(pod: Pod): PodProblem | null {
  const { conditions, initContainerStatuses, containerStatuses, phase } = pod.status;
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const found = containerProblem(container);
    if (found !== null) return { pod, container, ...found };
  }
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (phase === 'Pending' && scheduled?.status === 'False') {
    const text = `cannot be scheduled: ${scheduled.message || scheduled.reason}`;
    return { kind: 'pending', pod, container: null, text };
  }
  const waits = containerStatuses.find(({ ready, state }) => !ready && 'running' in state);
  return waits === undefined
    ? null
    : {
        kind: 'not-ready',
        pod,
        container: waits,
        text: `${waits.name} runs, but its readiness probe does not pass`,
      };
}

/** Waiting reasons that pass by themselves. */
const onTheWay = ['ContainerCreating', 'PodInitializing', ''];

function containerProblem(status: ContainerStatus): Pick<PodProblem, 'kind' | 'text'> | null {
  const { name, image, state, lastState, restartCount } = status;
  const { reason = '', message = '' } = state.waiting ?? {};
  if (/Image|ErrPull|RegistryUnavailable/.test(reason)) {
    return { kind: 'pull', text: `image ${image} cannot be pulled (${reason}): ${message}` };
  }
  const ended = state.terminated ?? (reason === 'CrashLoopBackOff' ? lastState.terminated : undefined);
  if (reason === 'CrashLoopBackOff' || (ended !== undefined && ended.exitCode !== 0)) {
    const how =
      ended === undefined ? '' : ` with code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ''}`;
    return { kind: 'crash', text: `${name} ended${how}, restarted ${restartCount} times` };
  }
  if (!onTheWay.includes(reason))
    return { kind: 'config', text: `${name} cannot start (${reason}): ${message}` };
  return null;
}

/** The quota or the rule of admission that keeps pods from being made. */
function notMadeIn({ status }: Deployment): string | null {
  const failure = status.conditions.find(
    ({ type, status: is }) => type === 'ReplicaFailure' && is === 'True',
  );
  return failure === undefined ? null : `pods cannot be made: ${failure.message || failure.reason}`;
}

async function tell(cluster: Cluster, problem: PodProblem, signal?: AbortSignal): Promise<string> {
  const { kind, pod, container, text } = problem;
  if (kind === 'crash' && container !== null)
    return `${text}${await lastLines(cluster, pod, container.name, signal)}`;
  const said = kind === 'pull' ? await lastEvent(cluster, pod, /^Failed to pull/, signal) : null;
  const probe = kind === 'not-ready' ? await lastEvent(cluster, pod, /probe failed/, signal) : null;
  const more = said ?? probe;
  return short(more === null ? text : `${text}; ${more}`);
}

async function lastLines(
  { client }: Cluster,
  { object }: Pod,
  container: string,
  signal?: AbortSignal,
): Promise<string> {
  const { namespace = '', name } = object.metadata;
  const read = async (previous: boolean) => {
    const query = new URLSearchParams({ container, tailLines: String(logLines), previous: String(previous) });
    const path = `${pathOf({ kind: podKind, namespace, name })}/log?${query.toString()}`;
    return (await client.text(`read the log of ${name}`, path, signal)).trimEnd();
  };
  const text = (await read(true).catch(() => '')) || (await read(false).catch(() => ''));
  const lines = text.split('\n').filter(Boolean).map(short);
  return lines.length === 0 ? '; it left no log' : `; its log ends with:\n  ${lines.join('\n  ')}`;
}

async function lastEvent(
  { client }: Cluster,
  { object }: Pod,
  wanted: RegExp,
  signal?: AbortSignal,
): Promise<string | null> {
  const { namespace, name } = object.metadata;
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
  const options = { ...(namespace === undefined ? {} : { namespace }), fieldSelector };
  const { items } = await client.list(event, options, signal).catch(() => ({ items: [] }));
  const told = items.map(messageIn).filter((message) => wanted.test(message));
  return told.at(-1) ?? null;
}

function messageIn({ message }: KubeObject): string {
  return typeof message === 'string' ? message : '';
}

function short(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}
