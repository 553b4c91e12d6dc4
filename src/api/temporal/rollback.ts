/** A rollback on the express lane: the canary is stopped in the data plane while the workflow is told; neither waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandAnswer } from '../contract.ts';
import type { CommandRequest, RunRef } from '../service.ts';
import { leaveCommand, sendCommand } from './command.ts';
import { type ExpressDeps, type Lane, stopCanary, wasAway } from './stop-canary.ts';

/** However slow the data plane is, the workflow is told by then. */
const headStartMs = 100;
/** How long a command whose canary is stopped lets the stops of others go first. */
const courtesyMs = 1000;
/** A command whose canary is stopped is left as a signal after so long in the queue, or with so many behind it. */
const maxQueueMs = 500;
const maxQueue = 20;
/** How long an answer waits for the rollout to be told. Longer than an update that no worker answers, and its signal. */
const tellBudgetMs = 3000;

export async function rollBack(
  deps: ExpressDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<CommandAnswer> {
  const stopping = deps.calm.during(() => stopCanary(deps, ref));
  const telling = headStart(deps, stopping).then((safe) =>
    deps.telling.pass((waitedMs) =>
      safe && (waitedMs > maxQueueMs || deps.telling.length > maxQueue)
        ? leaveCommand(deps, ref, command)
        : sendCommand(deps, ref, command),
    ),
  );
  const [lane, told] = await Promise.allSettled([stopping, toldInTime(stopping, telling)]);
  const stopped = lane.status === 'fulfilled' ? lane.value : null;
  const express = stopped ? { express: stopped.express } : {};
  if (told.status === 'fulfilled') return { ...told.value, ...express };
  const obeyed = (lane: Lane) => hasObeyed(told.reason, lane.runId) || (lane.enough && wasAway(told.reason));
  if (stopped?.express.written && obeyed(stopped)) {
    return { accepted: true, via: 'stop', status: null, ...express };
  }
  throw told.reason;
}

/** Whoever is safe, and whose rollout will find the stop, need not wait for the end of a storm: it is told after the answer. */
async function toldInTime(
  stopping: Promise<Lane | null>,
  telling: Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const over = new AbortController();
  const late = sleep(tellBudgetMs, null, { signal: over.signal }).catch(() => null);
  const told = await Promise.race([telling, late]).finally(() => over.abort());
  if (told !== null) return told;
  const lane = await stopping.catch(() => null);
  if (!lane?.express.written || !lane.enough) return await telling;
  telling.catch(() => {});
  return { accepted: true, via: 'stop', status: null };
}

/**
 * A stop takes some milliseconds. When many rollbacks come at once, the work that each command makes for everybody would
 * be in the way of the stops behind it; and whoever is safe already has time. Returns whether this one is.
 */
async function headStart({ calm }: ExpressDeps, stopping: Promise<Lane | null>): Promise<boolean> {
  const mine = stopping.then((lane) => lane?.express.written === true).catch(() => false);
  const safe = await Promise.race([mine, sleep(headStartMs, false)]);
  if (safe) await calm.wait(courtesyMs);
  return safe;
}

/** The rollout found the stop by itself and had gone back before it could be told. */
function hasObeyed(error: unknown, runId: string | null): boolean {
  if (!(error instanceof SluiceError) || error.code !== 'command-refused') return false;
  // Where only the data plane was asked, it said that a canary had traffic just now.
  return error.details.outcome === 'rolled-back' && (runId ?? error.details.runId) === error.details.runId;
}
