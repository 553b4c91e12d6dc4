/**
 * Keeps evidence: one workflow for all rollouts, beside them, so that no rollout ever waits for it and none, however it
 * ended, is left out.
 */
import {
  ActivityCancellationType,
  continueAsNew,
  proxyActivities,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { EvidenceActivities, KeeperProgress } from '../domain/evidence/keeper.ts';
import { taskQueues } from '../domain/rollout/names.ts';

const { keepEvidence } = proxyActivities<EvidenceActivities>({
  taskQueue: taskQueues.watch,
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

export async function evidenceKeeper(progress: KeeperProgress | null): Promise<void> {
  const next = await keepEvidence.executeWithOptions({ summary: 'collect and prune evidence' }, [progress]);
  await continueAsNew<typeof evidenceKeeper>(next);
}

// It has no end, so it must not be bound to the code that it began with. Where versions are not told apart, none may be
// named.
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
  evidenceKeeper,
);
