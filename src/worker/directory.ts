/** The directory of rollouts over a Temporal client, each call with a hard limit on the wait. */
import { type Client, type RawWorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Directory } from '../activities/directory.ts';
import { decoded } from '../codec/readable.ts';
import type { FoundRollout } from '../domain/emergency/sweep.ts';
import { emergencyMemo } from '../domain/emergency/types.ts';
import { messageOf, SluiceError } from '../domain/errors.ts';
import { workflowIdOf } from '../domain/plan/types.ts';
import { type RolloutInput, workflowType } from '../domain/rollout/names.ts';
import type { RolloutStatus } from '../domain/rollout/status.ts';
import type { CommandPayload, Outcome } from '../domain/rollout/types.ts';
import { knowsRolloutsOf } from './known-rollouts.ts';
import { type Listing, listAll, listEndedSince, listOpen, millisOf, pagesBy } from './listing.ts';
import { boundedCalls, type Call, isOpen, OpenEmergencies } from './open-emergencies.ts';
import { startOptionsOf, trafficMemo } from './start-options.ts';

const pageSize = 1000;
const maxRows = 20_000;
const keptRuns = 10;
const rollouts = `WorkflowType = "${workflowType}"`;
const notContinued = 'ExecutionStatus != "ContinuedAsNew"';

export function temporalDirectory(client: Client): Directory {
  const call = translating(boundedCalls(client));
  const emergencies = new OpenEmergencies(client);
  const handleOf = (target: string, runId?: string) => client.workflow.getHandle(workflowIdOf(target), runId);
  const listing: Listing = { page: pagesBy(client, call), pageSize, maxRows };
  const find: Directory['find'] = async (target) => {
    const described = await call(() => unlessGone(() => handleOf(target).describe()));
    return described ? foundIn(described.raw.workflowExecutionInfo ?? {}) : null;
  };
  return {
    find,
    runningSince: async (sinceMs) => {
      const runs = await listOpen(listing, rollouts);
      // Asked for afterwards, so that what ends meanwhile is in one of the two.
      const ended = await listEndedSince(listing, `${rollouts} AND ${notContinued}`, sinceMs);
      // What runs has the last word on its target.
      const found = [...ended.toReversed(), ...runs].map(foundIn);
      return [...new Map(found.map((one) => [one.target, one])).values()];
    },
    // Running ones come first, then those that ended last: the first of each target is its latest.
    latest: async () => {
      const found = (await listAll(listing, `${rollouts} AND ${notContinued}`)).map(foundIn);
      return [...new Map(found.toReversed().map((one) => [one.target, one])).values()];
    },
    knows: (word) => knowsRolloutsOf(client, word, call),
    runs: async (target) => {
      const few = { ...listing, pageSize: keptRuns, maxRows: keptRuns };
      return (await listAll(few, `${rollouts} AND WorkflowId = "${workflowIdOf(target)}"`)).map(foundIn);
    },
    planOf: async ({ target, runId }) => {
      const execution = { workflowId: workflowIdOf(target), runId };
      const { namespace } = client.options;
      const ask = { namespace, execution, maximumPageSize: 1 };
      const { history } = await call(() => client.workflowService.getWorkflowExecutionHistory(ask));
      const input = decoded(
        history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0],
      );
      return typeof input === 'object' && input !== null && 'plan' in input
        ? (input as RolloutInput).plan
        : null;
    },
    resultOf: async ({ target, runId, running: runs }) => {
      if (runs) return null;
      const result = call(() => handleOf(target, runId).result());
      // Terminated or failed: it said nothing at its end.
      return await result.then(
        (value) => value as RolloutStatus,
        (error: unknown) => {
          if (error instanceof SluiceError) throw error;
          return null;
        },
      );
    },
    tell: async (target, name, payload) => {
      const sent = await call(() =>
        unlessGone(async () => {
          await handleOf(target).signal<[CommandPayload]>(name, payload);
          return true;
        }),
      );
      return sent ?? false;
    },
    start: async (input, emergency) => {
      const options = startOptionsOf(input, { [emergencyMemo]: emergency });
      return await call(async () => {
        try {
          await client.workflow.start(workflowType, options);
          return true;
        } catch (error) {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
          throw error;
        }
      });
    },
    forbids: async (target, runId) => {
      const open = await call(() => emergencies.covering(target));
      if (open.length === 0) return null;
      const own = await find(target);
      const startedBy = own?.runId === runId ? own.emergency : null;
      return open.some(({ id }) => id === startedBy) ? null : (open[0] ?? null);
    },
  };
}

/** Rollouts that ended since then, however they ended; lists lag behind by a second or so. */
export async function endedRollouts(client: Client, sinceMs: number): Promise<FoundRollout[]> {
  const listing = { page: pagesBy(client, translating(boundedCalls(client))), pageSize, maxRows };
  return (await listEndedSince(listing, `${rollouts} AND ${notContinued}`, sinceMs)).map(foundIn);
}

/** A call that gets no answer, or one that Temporal could not give, is worth another try. */
function translating(call: Call): Call {
  return async (work) => {
    try {
      return await call(work);
    } catch (error) {
      if (error instanceof SluiceError || isAnswer(error)) throw error;
      throw new SluiceError('temporal-unavailable', `Temporal did not serve the call: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  };
}

/** How a workflow ended is an answer. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowFailedError';
}

async function unlessGone<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function foundIn(info: RawWorkflowExecutionInfo): FoundRollout {
  const attribute = (key: string) => decoded(info.searchAttributes?.indexedFields?.[key]) ?? null;
  const memo = (key: string) => decoded(info.memo?.fields?.[key]) ?? null;
  const emergency = memo(emergencyMemo);
  return {
    target: (info.execution?.workflowId ?? '').replace(/^rollout\//, ''),
    runId: info.execution?.runId ?? '',
    running: isOpen(info),
    phase: attribute('SluicePhase') as string | null,
    outcome: attribute('SluiceOutcome') as Outcome | null,
    startedAtMs: millisOf(info.startTime) ?? 0,
    endedAtMs: millisOf(info.closeTime),
    traffic: memo(trafficMemo) as FoundRollout['traffic'],
    emergency: typeof emergency === 'string' ? emergency : null,
  };
}
