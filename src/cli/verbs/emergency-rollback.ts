/** `sluice rollback --emergency`: a whole scope back at once, shown target by target; and its release. */
import type { Command } from 'commander';
import type { EmergencyOpened } from '../../api/contract.ts';
import { emergencyIdOf, problemOfTyped, type ScopeWords, wordsIn } from '../../domain/emergency/scope.ts';
import { badInput } from '../cli-error.ts';
import { followEmergency } from '../emergency-follow.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Target } from '../target.ts';
import { writeJson, writeLines } from '../text.ts';
import { clientOf, defaultActor, type KeyedOptions, onceOf } from '../verb.ts';

export interface EmergencyRollbackOptions extends KeyedOptions {
  readonly target?: Target | undefined;
  readonly emergency?: boolean;
  readonly scope?: readonly string[];
  readonly to?: string;
  readonly reason?: string;
  readonly actor?: string;
  readonly yes?: boolean;
  readonly release?: boolean;
  readonly detach?: boolean;
  readonly gradual?: boolean;
  readonly force?: boolean;
}

export async function runEmergencyRollback(options: EmergencyRollbackOptions, io: Io): Promise<number> {
  if (options.target) throw badInput('--emergency takes no target.', 'Name it with --scope.');
  if (options.gradual) throw badInput('An emergency is never gradual.', 'Leave --gradual out.');
  const words = scopeOf(options);
  const { reason } = options;
  if (!reason) throw badInput('An emergency needs a reason.', 'Add --reason; everybody will read it.');
  const actor = options.actor ?? defaultActor(io);
  if (options.release) return await release(options, words, { actor, reason }, io);
  await confirm(options, words, io);
  const client = clientOf(options, io);
  const body = {
    scope: words,
    reason,
    actor,
    ...(options.to === undefined ? {} : { to: options.to }),
    ...(options.force ? { force: true } : {}),
  };
  const { value, raw } = await client.ask('openEmergency', { body }, onceOf(options));
  if (!options.json) {
    writeLines(io.out, openedLines(value));
    writeLines(io.err, problemLines(value));
  }
  if (!options.detach) return await followEmergency(client, value, options.json === true, io);
  if (options.json) writeJson(io.out, raw);
  return exitCodes.ok;
}

async function release(
  options: EmergencyRollbackOptions,
  words: ScopeWords,
  body: { actor: string; reason: string },
  io: Io,
): Promise<number> {
  if (options.to !== undefined) throw badInput('--release takes no --to.', 'It only lifts the block.');
  const id = emergencyIdOf(words);
  const client = clientOf(options, io);
  const { value, raw } = await client.ask('releaseEmergency', { id, body }, onceOf(options));
  const how =
    value.via === 'update' ? 'rollouts may begin again' : 'no worker answered; the next one releases it';
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [`emergency "${id}" released: ${how}`]);
  return exitCodes.ok;
}

function scopeOf({ scope = [], release }: EmergencyRollbackOptions): ScopeWords {
  const words = wordsIn(scope.join(' '));
  // What is open already may have been opened with words that are refused by now.
  const problem = release && words.length > 0 ? null : problemOfTyped(words);
  if (problem === null) return words;
  throw badInput(
    `The scope ${problem}.`,
    'Add --scope all, canary, environment/service, an environment or a service.',
  );
}

/** Only where somebody is there to answer. */
async function confirm(
  { yes, json, to }: EmergencyRollbackOptions,
  words: ScopeWords,
  io: Io,
): Promise<void> {
  if (yes || json || !io.canAsk) return;
  const promoted = to === undefined ? '' : `, promoted versions too (to ${to})`;
  const what = `This brings everything in ${words.join(', ')} back${promoted}, and blocks new rollouts there.`;
  const answer = await io.ask(`${what} Type "rollback" to go on: `);
  if (answer.trim().toLowerCase() === 'rollback') return;
  throw badInput('Nothing was rolled back: it was not confirmed.', 'Type rollback, or add --yes.');
}

function openedLines({ id, created, over, stop }: EmergencyOpened): string[] {
  if (over)
    return [`emergency "${id}" was opened by this very request and is over by now: nothing is stopped`];
  const how = created ? 'is open' : 'was open already, and looks again';
  const stopped = stop.restored.map(({ target, traffic, tookMs }) => {
    const what = target === '*' ? `everything behind ${traffic}` : target;
    return `stopped ${what} in ${tookMs} ms`;
  });
  return [`emergency "${id}" ${how}`, ...stopped];
}

function problemLines({ stop, workerSeen }: EmergencyOpened): string[] {
  return [
    ...stop.notRestored.map(({ target, traffic, problem }) => {
      const what = target === '*' ? `everything behind ${traffic}` : target;
      return `not stopped directly: ${what}: ${problem}`;
    }),
    ...(stop.listProblem === null ? [] : [`the running rollouts could not be listed: ${stop.listProblem}`]),
    ...(workerSeen ? [] : ['warning: no worker polls now; all but the stops waits until a worker does']),
  ];
}

export function addEmergencyOptions(command: Command): Command {
  return command
    .option('--emergency', 'bring everything of a scope back at once, and block new rollouts there')
    .option(
      '--scope <scope...>',
      'with --emergency: all, canary, environment/service (with *), an environment or a service',
    )
    .option('--to <version>', 'with --emergency: where promoted targets go, `previous` or a version')
    .option('--yes', 'with --emergency: do not ask first')
    .option('--force', 'with --emergency: also where no rollout is known')
    .option('--detach', 'with --emergency: do not wait until all is verified')
    .option('--release', 'with --emergency: let rollouts in the scope begin again');
}
