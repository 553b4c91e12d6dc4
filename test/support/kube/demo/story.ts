/** One rollout from its start to its end: each line of its story, and the cluster's objects where they change. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutStatus } from '../../../../src/domain/rollout/status.ts';
import type { KubeAccess } from '../access.ts';
import type { DemoPlan } from './objects.ts';
import type { DemoParts } from './parts.ts';
import type { Screen } from './screen.ts';

const pollMs = 150;
const endsWithinMs = 180_000;

const weights =
  'custom-columns=ROUTE:.metadata.name,BACKENDS:.spec.rules[*].backendRefs[*].name,WEIGHTS:.spec.rules[*].backendRefs[*].weight';

/** The phase in which it ended. */
export async function tellRollout(
  parts: DemoParts,
  screen: Screen,
  cluster: KubeAccess,
  { service, text }: DemoPlan,
): Promise<string> {
  const file = parts.file(`${service}.yaml`, text);
  screen.command(`sluice start ${service}.yaml`, await parts.sluice(['start', file]));
  const objects = async () => {
    await screen.kubectl(cluster, ['get', 'httproute', service, '-n', 'demo', '-o', weights]);
    await screen.kubectl(cluster, ['get', 'deployments', '-n', 'demo', '-o', 'wide']);
  };
  let told = 0;
  const untilMs = Date.now() + endsWithinMs;
  while (Date.now() < untilMs) {
    const { status, temporalStatus } = await statusOf(parts, service);
    const news = status?.timeline.slice(told) ?? [];
    told += news.length;
    for (const { text: line } of news) screen.note(line);
    if (news.some(({ kind }) => ['shifted', 'promoted', 'restored'].includes(kind))) await objects();
    if (temporalStatus !== 'RUNNING') return status?.phase ?? temporalStatus;
    await sleep(pollMs);
  }
  throw new Error(`The rollout of ${service} has not ended within ${endsWithinMs / 1000} s.`);
}

async function statusOf(
  { apiUrl }: DemoParts,
  service: string,
): Promise<{ status: RolloutStatus | null; temporalStatus: string }> {
  const answer = await fetch(`${apiUrl}/v1/rollouts/demo/${service}`);
  if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { status: RolloutStatus | null; temporalStatus: string };
}
