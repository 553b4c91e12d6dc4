/**
 * A rollback on the express lane: the canary is stopped in the data plane while the workflow is told; neither waits.
 */
import { SluiceError } from '../../domain/errors.ts';
import { type CommandAnswer, hasEnded } from '../contract.ts';
import type { CommandRequest, RunRef } from '../service.ts';
import { leaveCommand, sendCommand } from './command.ts';
import { type ExpressDeps, type Lane, stopCanary, wasAway } from './stop-canary.ts';
import { describe } from './view.ts';

/**
 * How long an answer waits for the rollout to be told. Longer than an update that no worker answers, and its signal.
 */
const tellBudgetMs = 3000;
/** In a storm the answers to those who are safe let the stops of others go first, for no longer than this. */
const othersFirstMs = 300;

export async function rollBack(
  deps: ExpressDeps,
  ref: RunRef,
  command: CommandRequest,
): Promise<CommandAnswer> {
  const askedAtMs = Date.now();
  const first = deps.calm.during(() => stopCanary(deps, ref));
  const told = new Told();
  const stopping = stopOn(deps, ref, first, told);
  const caller = { answered: false };
  const isWritten = first.then((lane) => lane?.express.written === true);
  const telling = deps.telling.after(isWritten, async (inHaste) => {
    if (caller.answered) return await tellLate(deps, { ref, command, askedAtMs }, await stopping);
    return await (inHaste ? leaveCommand(deps, ref, command) : sendCommand(deps, ref, command));
  });
  const untilTold = telling.finally(() => told.now());
  const inTime = toldInTime(deps, stopping, untilTold).finally(() => {
    caller.answered = true;
  });
  const [lane, answer] = await Promise.allSettled([stopping, inTime]);
  const stopped = lane.status === 'fulfilled' ? lane.value : null;
  const express = stopped ? { express: stopped.express } : {};
  const isTaken = answer.status === 'fulfilled' || (stopped !== null && isEnough(stopped, answer.reason));
  if (!isTaken) throw answer.reason;
  const taken = answer.status === 'fulfilled' ? answer.value : byStop;
  if (taken.via === 'stop') {
    // The rollout finds the stop by itself, though not who asked for it and why.
    const again = () => tellLate(deps, { ref, command, askedAtMs }, stopped);
    telling.catch((error) => (wasAway(error) ? deps.telling.later(again, wasAway) : undefined));
  }
  return { ...taken, ...express };
}

const firstPauseMs = 50;
const maxPauseMs = 1000;

/**
 * In a storm it may take long until the rollout is told, and until then nobody else takes the canary's traffic back.
 */
async function stopOn(
  deps: ExpressDeps,
  ref: RunRef,
  first: Promise<Lane | null>,
  told: Told,
): Promise<Lane | null> {
  let tried = first;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    const failed = await tried.then((lane) => lane?.express.written === false, wasAway);
    if (!failed || (await told.within(pauseMs))) return await tried;
    tried = deps.calm.during(() => stopCanary(deps, ref));
  }
}

/** Whether the rollout has been told. */
class Told {
  private is = false;
  private wake: () => void = () => {};

  now(): void {
    this.is = true;
    this.wake();
  }

  /** Waits for it no longer than `ms`. */
  async within(ms: number): Promise<boolean> {
    if (this.is) return true;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
    return this.is;
  }
}

const byStop: CommandAnswer = { accepted: true, via: 'stop', status: null };

/**
 * Whoever is safe, and whose rollout will find the stop, does not wait for a long one, nor for anything in a storm: it
 * is told after the answer.
 */
async function toldInTime(
  deps: ExpressDeps,
  stopping: Promise<Lane | null>,
  telling: Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const { over, end, shorten } = deps.telling.patience(tellBudgetMs);
  const safe = stopping.then(willBeFound, () => false);
  void safe.then((found) => found && shorten());
  const told = await Promise.race([telling, over]).finally(end);
  if (told !== null) return told;
  if (!(await safe)) return await telling;
  await deps.calm.pause(othersFirstMs);
  // Whoever has begun it sees to it that it is told.
  telling.catch(() => {});
  return byStop;
}

function willBeFound(lane: Lane | null): boolean {
  return lane?.express.written === true && lane.enough;
}

interface Asked {
  readonly ref: RunRef;
  readonly command: CommandRequest;
  readonly askedAtMs: number;
}

/** By now the rollout may have gone back and the next one begun, which this command is not for. */
async function tellLate(
  deps: ExpressDeps,
  { ref, command, askedAtMs }: Asked,
  lane: Lane | null,
): Promise<CommandAnswer> {
  const runId = ref.runId ?? lane?.runId ?? null;
  try {
    if (runId !== null) return await leaveCommand(deps, { ...ref, runId }, command);
  } catch (error) {
    if (wasAway(error)) throw error;
  }
  // The list at hand may have been behind, and this one had begun when the command was given.
  const { summary } = await describe(deps, ref);
  if (hasEnded(summary) || summary.startedAtMs > askedAtMs) return byStop;
  return await leaveCommand(deps, { ...ref, runId: summary.runId }, command);
}

/** Whether the command is carried out, or will be, though the rollout could not be told of it. */
function isEnough({ express, enough, runId }: Lane, error: unknown): boolean {
  // Where the write was not answered in time, the rollout may have found it all the same.
  if (hasObeyed(error, runId)) return express.written || runId !== null;
  return express.written && enough && wasAway(error);
}

/** The rollout found the stop by itself and had gone back before it could be told. */
function hasObeyed(error: unknown, runId: string | null): boolean {
  if (!(error instanceof SluiceError) || error.code !== 'command-refused') return false;
  // Where only the data plane was asked, it said that a canary had traffic just now.
  return error.details.outcome === 'rolled-back' && (runId ?? error.details.runId) === error.details.runId;
}
