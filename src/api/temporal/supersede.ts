/** Clears the way for a newer version: the running rollout goes back to stable first, and only then ends. */
import { WorkflowFailedError } from '@temporalio/client';
import { SluiceError } from '../../domain/errors.ts';
import type { RolloutStatus } from '../../domain/rollout/status.ts';
import { questionText } from '../approvals/question.ts';
import type { RolloutSummary } from '../contract.ts';
import type { StartRequest } from '../service.ts';
import { timedOut, translated, within } from './calls.ts';
import { sendCommand } from './command.ts';
import type { StartDeps } from './start.ts';
import { statusOf } from './view.ts';

/** Returns when the running rollout has ended; throws `supersede-pending` when it needs longer than may be waited. */
export async function supersede(deps: StartDeps, running: RolloutSummary, by: StartRequest): Promise<void> {
  const status = await statusOf(deps, running);
  const phase = status?.phase ?? running.phase;
  // What is going back needs no push, and what is cleaning up has its outcome: a rollback would only harm it.
  if (phase !== 'restoring' && phase !== 'cleaning') await turnRound(deps, running, by);
  await untilEnded(deps, running);
}

async function turnRound(deps: StartDeps, running: RolloutSummary, by: StartRequest): Promise<void> {
  try {
    await sendCommand(deps, running, {
      name: 'rollback',
      actor: by.actor,
      reason: `superseded by ${by.plan.version}`,
      // The same for every try, so that a client that asks again adds nothing.
      requestId: `supersede-${running.runId}`,
    });
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof SluiceError) || error.code !== 'command-refused') throw error;
  }
}

async function untilEnded(deps: StartDeps, running: RolloutSummary): Promise<void> {
  const handle = deps.client.workflow.getHandle(running.workflowId, running.runId);
  try {
    await within(deps.client, deps.supersedeWaitMs, () => handle.result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) return;
    if (!timedOut(error)) throw translated(deps, error);
    throw pending(running, await statusOf(deps, running));
  }
}

/** `status`: what the rollout says after the wait, in which a question may have come up; null: no worker answered. */
function pending(running: RolloutSummary, status: RolloutStatus | null): SluiceError {
  const { target, version, workflowId, runId } = running;
  const question = status?.question === 'rollback' ? status.question : undefined;
  return new SluiceError(
    'supersede-pending',
    `The rollout of ${target} ${version ?? ''} ${waitOf(status)}.`,
    {
      details: { workflowId, runId, version, ...(question === undefined ? {} : { question }) },
    },
  );
}

function waitOf(status: RolloutStatus | null): string {
  if (status?.question === 'rollback') {
    const asked = questionText(status.question, status);
    return `waits for an answer, so somebody has to approve or reject first: ${asked} (question "${status.question}")`;
  }
  return status?.phase === 'cleaning' && status.cause === null
    ? 'is promoted, and its clean-up has not ended yet'
    : 'has been told to go back to stable, and has not ended yet';
}
