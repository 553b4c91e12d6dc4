/** Gives the keeper of evidence its work: Temporal's list of ended rollouts, their histories, and the archive. */
import type { Client } from '@temporalio/client';
import type { EvidenceWork } from '../activities/evidence.ts';
import { keeperId, keeperType } from '../domain/evidence/keeper.ts';
import { taskQueues } from '../domain/rollout/names.ts';
import { type Archive, findPlace } from '../evidence/archive.ts';
import { collect } from '../evidence/collect.ts';
import { prune } from '../evidence/prune.ts';
import { type Call, fetchRollout } from '../evidence/source.ts';
import { versionsOf } from '../evidence/versions.ts';
import { within } from '../providers/limit.ts';
import { endedRollouts } from './directory.ts';

const fetchWithinMs = 20_000;

interface EvidenceWorkOptions {
  readonly client: Client;
  readonly archive: Archive;
  readonly bundlePath: string;
}

export function evidenceWork({ client, archive, bundlePath }: EvidenceWorkOptions): EvidenceWork {
  const call: Call = (work) =>
    within(fetchWithinMs, () => client.withDeadline(Date.now() + fetchWithinMs, work));
  const server = async () => (await call(() => client.workflowService.getSystemInfo({}))).serverVersion;
  return {
    endedSince: async (sinceMs) =>
      (await endedRollouts(client, sinceMs)).map(({ target, runId, endedAtMs }) => ({
        target,
        runId,
        endedAtMs: endedAtMs ?? 0,
      })),
    collect: async ({ target, runId, endedAtMs }) => {
      if ((await findPlace(archive, target, runId, endedAtMs)) !== null) return;
      const [environment = '', service = ''] = target.split('/');
      const rollout = await fetchRollout(client, call, { environment, service, runId });
      await collect(archive, rollout, { versions: await versionsOf(bundlePath, server), nowMs: Date.now });
    },
    prune: async () => {
      const { problems } = await prune(archive, { by: 'retention', nowMs: Date.now() });
      if (problems.length > 0) throw new Error(problems.slice(0, 3).join('; '));
    },
  };
}

/** One for all workers: whoever comes later finds it there. */
export async function startKeeper(client: Client): Promise<void> {
  await client.workflow.start(keeperType, {
    workflowId: keeperId,
    taskQueue: taskQueues.rollouts,
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'keeps evidence of all rollouts',
    args: [null],
  });
}

const keeperEveryMs = 60_000;

/** Whoever ended the keeper by hand ended it for a minute. Returns what stops it. */
export function keepKeeper(client: Client, onProblem: (error: unknown) => void): () => void {
  const start = () => void startKeeper(client).catch(onProblem);
  start();
  const timer = setInterval(start, keeperEveryMs);
  return () => clearInterval(timer);
}
