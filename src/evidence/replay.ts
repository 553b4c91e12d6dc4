/**
 * Replays the histories of a bundle through today's workflow code, and compares the story with the one that was
 * recorded.
 */
import { readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import type { AuditReplay } from '../api/contract.ts';
import { buildAudit } from '../audit/audit.ts';
import type { RunHistory } from '../audit/history.ts';
import type { Replay, ReplayOutcome } from '../audit/replay.ts';
import { messageOf } from '../domain/errors.ts';
import type { Manifest } from '../domain/evidence/types.ts';
import { historyPath } from './content.ts';
import { sha256Of } from './seal.ts';
import type { Files } from './verify.ts';

/** `sound`: nothing in it speaks against the bundle. */
export type BundleReplay = (
  files: Files,
  manifest: Manifest,
) => Promise<{ readonly sound: boolean; readonly told: AuditReplay }>;

const versionsSchema = z
  .object({ workflowCode: z.string().nullable().catch(null) })
  .catch({ workflowCode: null });

/**
 * The steps must always be the same. The words of the story must be so only where the code is the same: another version
 * may tell the same steps in other words.
 */
export function createBundleReplay(bundlePath: string, replay: Replay): BundleReplay {
  return async (files, manifest) => {
    const { told, sameSteps } = await replayed(files, manifest, replay);
    const code = await readFile(bundlePath).then(sha256Of, () => null);
    const otherCode = codeIn(files) !== code;
    return { sound: told.agreed || (sameSteps && otherCode), told };
  };
}

async function replayed(
  files: Files,
  { target, workflowId, temporalStatus, runs: runIds }: Manifest,
  replay: Replay,
): Promise<{ told: AuditReplay; sameSteps: boolean }> {
  let outcome: ReplayOutcome | null = null;
  const heard: Replay = async (...asked) => {
    outcome = await replay(...asked);
    return outcome;
  };
  try {
    const runs = runIds.map((runId, index) => historyIn(files, historyPath(index, runId), runId));
    const audit = await buildAudit({ target, workflowId, temporalStatus, runs, status: null }, heard);
    return { told: audit.replay, sameSteps: hasSameSteps(outcome) };
  } catch (error) {
    return {
      told: { agreed: false, detail: `The history could not be replayed: ${messageOf(error)}.` },
      sameSteps: false,
    };
  }
}

/** Null: the bundle does not say. */
function codeIn(files: Files): string | null {
  try {
    return versionsSchema.parse(jsonIn(files, 'versions.json')).workflowCode;
  } catch {
    return null;
  }
}

function hasSameSteps(outcome: ReplayOutcome | null): boolean {
  return outcome?.ran === true && !('deviation' in outcome);
}

function historyIn(files: Files, path: string, runId: string): RunHistory {
  return { runId, history: historyFromJSON(jsonIn(files, path)) };
}

function jsonIn(files: Files, path: string): unknown {
  const content = files.get(path);
  if (content === undefined) throw new Error(`${path} is missing`);
  return JSON.parse(Buffer.from(content).toString('utf8'));
}
