/** Which version of the workflow code this worker says it runs, when rollouts are pinned to theirs. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import type { WorkerConfig } from '../providers/config.ts';

const hashLength = 12;

/**
 * Null: nothing is pinned. Without a build id of its own, code that is the same has the same version wherever it was
 * built.
 */
export async function versionOf(
  { deployment, buildId }: WorkerConfig,
  bundlePath: string,
): Promise<WorkerDeploymentVersion | null> {
  if (deployment === null) return null;
  return { deploymentName: deployment, buildId: buildId ?? (await hashOf(bundlePath)) };
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, hashLength);
}
