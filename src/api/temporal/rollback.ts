/**
 * A rollback on the express lane: the canary is stopped in the data plane while the workflow is told; neither waits.
 */
import { type ErrorCode, messageOf, SluiceError } from '../../domain/errors.ts';
import { targetOf } from '../../domain/plan/types.ts';
import { type CommandAnswer, hasEnded } from '../contract.ts';
import type { CommandRequest, RunRef } from '../service.ts';
import { leaveCommand, sendCommand } from './command.ts';
import { rawInfoOf } from './raw-info.ts';
import { type ExpressDeps, type Lane, stopCanary, wasAway } from './stop-canary.ts';
import { type Described, describeLatest } from './view.ts';
import { millisOf } from './visibility.ts';

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
  const asked: Asked = { ref, command, askedAtMs: deps.clock.now() };
  const first = deps.calm.during(() => stopCanary(deps, ref));
  const told = new Told();
  const stopping = stopOn(deps, ref, first, told);
  const caller = { answered: false };
  const isWritten = first.then((lane) => lane?.express.written === true);
  const tell = async (inHaste: boolean) => {
    if (caller.answered) return await tellLate(deps, asked, await stopping);
    return await (inHaste ? leaveCommand(deps, ref, command) : sendCommand(deps, ref, command));
  };
  const telling = deps.telling.after(isWritten, tell, targetOf(ref));
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
  // The rollout finds the stop by itself, though not who asked for it and why.
  if (taken.via === 'stop') void seeTold(deps, asked, stopped, telling);
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
  /** As of the server clock. */
  readonly askedAtMs: number;
}

/** Beside the answer: it is told later if it is not now. Never throws. */
async function seeTold(
  deps: ExpressDeps,
  asked: Asked,
  lane: Lane | null,
  telling: Promise<CommandAnswer>,
): Promise<void> {
  const target = targetOf(asked.ref);
  const { actor, reason, requestId } = asked.command;
  const lost = (why: string) => deps.onLost?.({ target, actor, reason, requestId, why });
  const isTold = async (answer: Promise<CommandAnswer>) => (await answer).via !== 'stop';
  try {
    if (!(await isTold(telling))) lost('its rollout had ended before');
  } catch (error) {
    if (!isPassing(error)) return lost(messageOf(error));
    const tell = () => isTold(tellLate(deps, asked, lane));
    await deps.telling.late.add({ target, askedMs: asked.askedAtMs, tell, isPassing, lost });
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof SluiceError && passing.includes(error.code);
}

const passing: readonly ErrorCode[] = ['temporal-unavailable', 'worker-absent'];

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
  // It goes on as another run; or the list at hand was behind, and this one had begun when the command was given.
  const latest = await describeLatest(deps, ref);
  if (hasEnded(latest.summary)) return byStop;
  if (ref.runId === undefined && !(await hadBegun(deps, latest, askedAtMs))) return byStop;
  return await leaveCommand(deps, { ...ref, runId: latest.summary.runId }, command);
}

/** Surely, whatever is between this machine's clock and Temporal's. It began with the first of its runs. */
async function hadBegun(deps: ExpressDeps, { summary, raw }: Described, askedAtMs: number): Promise<boolean> {
  const { workflowId, runId, startedAtMs } = summary;
  const isBefore = (timeMs: number) => deps.clock.ageMs(timeMs, askedAtMs) > 0;
  const { firstRunId } = raw.workflowExecutionInfo ?? {};
  if (isBefore(startedAtMs) || !firstRunId || firstRunId === runId) return isBefore(startedAtMs);
  const first = await rawInfoOf(deps, { workflowId, runId: firstRunId });
  // What Temporal keeps no longer is old.
  return first === null || isBefore(millisOf(first.startTime));
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
