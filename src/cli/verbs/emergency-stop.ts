/** `sluice emergency-stop`: all canary traffic of a scope to 0 at once, and the release of a stop of everything. */
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { type EmergencyAnswer, type EmergencyScope, emergencyAnswerSchema } from '../../api/contract.ts';
import { badInput, CliError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget } from '../target.ts';
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
  const scope = scopeOf(options.scope ?? []);
  if (!reason) throw badInput('An emergency stop needs a reason.', 'Add --reason; everybody will read it.');
  await confirm(options, io);
  const body = { scope, reason, actor };
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
    writeLines(
      io.out,
      value.released.map((name) => `${name}: released; rollouts may begin again`),
    );
    writeLines(
      io.err,
      value.notReleased.map(({ traffic, problem }) => `${traffic}: NOT released: ${problem}`),
    );
  }
  return exitOf(value.notReleased.length > 0);
}

function scopeOf(words: readonly string[]): EmergencyScope {
  if (words.length === 0) {
    throw badInput(
      'What is to be stopped is not named.',
      'Add --scope all, an environment or environment/service.',
    );
  }
  if (words.includes('all')) {
    if (words.length === 1) return 'all';
    throw badInput('--scope all goes with no other scope.', 'Name all, or what exactly is to be stopped.');
  }
  const targets = words.filter((word) => word.includes('/'));
  const environments = words.filter((word) => !word.includes('/'));
  return {
    ...(environments.length > 0 ? { environments } : {}),
    ...(targets.length > 0 ? { targets } : {}),
  };
}

/** Only where somebody is there to answer: a stop takes traffic off canaries and does no other harm. */
async function confirm({ yes, json, scope }: EmergencyStopOptions, io: Io): Promise<void> {
  if (yes || json || !io.canAsk) return;
  const answer = await io.ask(
    `This stops all canary traffic of ${scope?.join(', ')}. Type "stop" to go on: `,
  );
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

const nothing = ['traffic-unavailable', 'rollout-not-found'];

/** What was not stopped is named, and must not read like an API that is away. */
function nothingStopped(error: unknown): CliError | null {
  if (!(error instanceof CliError) || !nothing.includes(error.failure.code)) return null;
  const details = z
    .object({ notRestored: emergencyAnswerSchema.shape.notRestored })
    .safeParse(error.failure.details);
  const missed = details.success ? details.data.notRestored : [];
  const problems = missed.map(({ target, problem }) => ({ path: target, message: problem }));
  return new CliError(exitCodes.failure, { ...error.failure, problems });
}

function exitOf(incomplete: boolean): ExitCode {
  return incomplete ? exitCodes.failure : exitCodes.ok;
}

function parseScope(word: string, before: readonly string[] = []): string[] {
  if (word.includes('/')) parseTarget(word);
  if (word.trim() === '') throw new InvalidArgumentError('Name all, an environment or environment/service.');
  return [...before, word];
}

export function emergencyStopCommand(act: Act, run: Run<EmergencyStopOptions> = runEmergencyStop): Command {
  return keyOption(
    verb('emergency-stop', 'take all traffic off the canaries of a scope, at once and in one go'),
  )
    .option(
      '--scope <scope...>',
      'all, environments or environment/service; several are possible',
      parseScope,
    )
    .option('--reason <text>', 'why; every rollout in the scope keeps it')
    .option('--actor <name>', 'who asks (default: the current user)')
    .option('--yes', 'do not ask first')
    .option('--release', 'release a stop of everything')
    .action((flags: EmergencyStopOptions) => act(flags, (io) => run(flags, io)));
}
