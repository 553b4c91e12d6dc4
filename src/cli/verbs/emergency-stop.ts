/** `sluice emergency-stop`: all canary traffic of a scope to 0 at once, and the release of a stop of everything. */
import type { Command } from 'commander';
import { z } from 'zod';
import { type EmergencyAnswer, emergencyAnswerSchema, type ReleaseAnswer } from '../../api/contract.ts';
import { type ScopeWords, wordsIn } from '../../domain/emergency/scope.ts';
import { problemOfStop, stopScope } from '../../domain/emergency/stop-scope.ts';
import { badInput, CliError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { writeJson, writeLines } from '../text.ts';
import {
  type Act,
  clientOf,
  defaultActor,
  type KeyedOptions,
  keyOption,
  onceOf,
  type Run,
  verb,
} from '../verb.ts';

interface EmergencyStopOptions extends KeyedOptions {
  /** `all`, environments and targets, as they were written. */
  readonly scope?: readonly string[];
  readonly reason?: string;
  readonly actor?: string;
  readonly yes?: boolean;
  readonly release?: boolean;
}

async function runEmergencyStop(options: EmergencyStopOptions, io: Io): Promise<number> {
  const actor = options.actor ?? defaultActor(io);
  if (options.release) return await release(options, actor, io);
  const { reason } = options;
  const words = scopeOf(options);
  if (!reason) throw badInput('An emergency stop needs a reason.', 'Add --reason; everybody will read it.');
  await confirm(options, words, io);
  const body = { scope: stopScope(words), reason, actor };
  const { value, raw } = await clientOf(options, io)
    .ask('emergencyStop', { body }, onceOf(options))
    .catch((error: unknown) => {
      throw nothingStopped(error) ?? error;
    });
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, restoredLines(value));
  if (!options.json) writeLines(io.err, problemLines(value));
  return exitOf(value.notRestored.length > 0);
}

async function release(options: EmergencyStopOptions, actor: string, io: Io): Promise<number> {
  if (options.scope) throw badInput('--release takes no --scope.', 'It releases a stop of everything.');
  const body = { actor, ...(options.reason ? { reason: options.reason } : {}) };
  const client = clientOf(options, io);
  const { value, raw } = await client.ask('releaseEmergencyStop', { body }, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else {
    writeLines(io.out, releasedLines(value));
    writeLines(
      io.err,
      value.notReleased.map(({ traffic, problem }) => `${traffic}: NOT released: ${problem}`),
    );
  }
  return exitOf(value.notReleased.length > 0);
}

/** Who releases what is not stopped looks for something else that is. */
function releasedLines({ released, notStopped = [] }: ReleaseAnswer): string[] {
  const lines = released.map((name) =>
    notStopped.includes(name)
      ? `${name}: nothing to release; no stop of everything was in force`
      : `${name}: released; rollouts may begin again`,
  );
  return notStopped.length === 0 ? lines : [...lines, otherStops];
}

const otherStops =
  'a stop of single services ends with their next rollouts; open emergencies are in `sluice emergencies`';

function scopeOf({ scope = [] }: EmergencyStopOptions): ScopeWords {
  const words = wordsIn(scope.join(' '));
  const advice = 'Add --scope all, an environment or environment/service.';
  if (words.length === 0) throw badInput('What is to be stopped is not named.', advice);
  const problem = problemOfStop(words);
  if (problem !== null) throw badInput(`The scope makes no stop: ${problem}.`, advice);
  return words;
}

/** Only where somebody is there to answer: a stop takes traffic off canaries and does no other harm. */
async function confirm({ yes, json }: EmergencyStopOptions, words: ScopeWords, io: Io): Promise<void> {
  if (yes || json || !io.canAsk) return;
  const what = `This stops all canary traffic of ${words.join(', ')}.`;
  const answer = await io.ask(`${what} Type "stop" to go on: `);
  if (answer.trim().toLowerCase() === 'stop') return;
  throw badInput('Nothing was stopped: it was not confirmed.', 'Type stop, or add --yes.');
}

function restoredLines({ restored, told, notRestored }: EmergencyAnswer): string[] {
  const lines = restored.map(
    ({ target, traffic, tookMs }) =>
      `stopped ${target === '*' ? `everything behind ${traffic}` : target} in ${tookMs} ms`,
  );
  if (lines.length === 0 && notRestored.length === 0) lines.push('no canary runs there; nothing to stop');
  if (told > 0) lines.push(`${told} rollout${told === 1 ? '' : 's'} told to roll back`);
  if (restored.some(({ target }) => target === '*')) {
    lines.push('no rollout can begin until `sluice emergency-stop --release`');
  }
  return lines;
}

function problemLines({ notRestored, notTold, listProblem }: EmergencyAnswer): string[] {
  return [
    ...notRestored.map(({ target, traffic, problem }) => {
      const what = target === '*' ? `everything behind ${traffic}` : target;
      return `NOT stopped: ${what}: ${problem}`;
    }),
    ...notTold.map(({ target, problem }) => `not told to roll back: ${target}: ${problem}`),
    ...(listProblem === null ? [] : [`the running rollouts could not be listed: ${listProblem}`]),
  ];
}

/** What was not stopped is named; a data plane that is away must not read like an API that is. */
const nothing: ReadonlyMap<string, ExitCode> = new Map([
  ['traffic-unavailable', exitCodes.failure],
  ['rollout-not-found', exitCodes.notFound],
]);

function nothingStopped(error: unknown): CliError | null {
  const exitCode = error instanceof CliError ? nothing.get(error.failure.code) : undefined;
  if (!(error instanceof CliError) || exitCode === undefined) return null;
  const details = z
    .object({ notRestored: emergencyAnswerSchema.shape.notRestored })
    .safeParse(error.failure.details);
  const missed = details.success ? details.data.notRestored : [];
  const problems = missed.map(({ target, problem }) => ({ path: target, message: problem }));
  return new CliError(exitCode, { ...error.failure, problems });
}

function exitOf(incomplete: boolean): ExitCode {
  return incomplete ? exitCodes.failure : exitCodes.ok;
}

export function emergencyStopCommand(act: Act, run: Run<EmergencyStopOptions> = runEmergencyStop): Command {
  return keyOption(
    verb('emergency-stop', 'take all traffic off the canaries of a scope, at once and in one go'),
  )
    .option('--scope <scope...>', 'all, environments or environment/service; several are possible')
    .option('--reason <text>', 'why; every rollout in the scope keeps it')
    .option('--actor <name>', 'who asks (default: the current user)')
    .option('--yes', 'do not ask first')
    .option('--release', 'release a stop of everything')
    .action((flags: EmergencyStopOptions) => act(flags, (io) => run(flags, io)));
}
