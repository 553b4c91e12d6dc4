/**
 * `sluice promote`, `pause`, `resume`, `rollback`, `approve`, `reject`, `override` and `confirm`: one message, eight
 * names.
 */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { CommandAnswer } from '../../api/contract.ts';
import type { CallOptions } from '../../client/types.ts';
import { type CommandName, commandNames } from '../../domain/rollout/types.ts';
import { badInput } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { meaningOf } from '../expected.ts';
import type { Io } from '../io.ts';
import { untilServed } from '../served.ts';
import { parseTarget, type Target } from '../target.ts';
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
import {
  addEmergencyOptions,
  type EmergencyRollbackOptions,
  runEmergencyRollback,
} from './emergency-rollback.ts';

interface SteerOptions extends KeyedOptions {
  readonly name: CommandName;
  readonly target: Target;
  readonly actor?: string;
  readonly reason?: string;
  readonly full?: boolean;
  readonly gradual?: boolean;
  readonly for?: string;
  /** The stage that is meant, by its name. */
  readonly stage?: string;
  /** The question that is answered, by its name. */
  readonly question?: string;
}

const descriptions: Readonly<Record<CommandName, string>> = {
  promote: 'end the stage now and go on to the next one',
  pause: 'stop the stage clock; the canary goes on being judged',
  resume: 'let the stage clock run again, or give a held stage another soak',
  rollback: 'bring all traffic back to stable now',
  approve: 'say yes to the stage that waits for an approval',
  reject: 'say no to the stage that waits for an approval; brings all traffic back',
  override: 'ask to go on in spite of windows and freezes; somebody else must confirm it',
  confirm: 'say yes to an override that somebody else has asked for',
};

const stageHelp = {
  promote: 'only if this stage is under way (default: the one that is as the command is sent)',
  pause: 'only if this stage is under way (default: whichever is)',
  resume: 'only if this stage is under way (default: the one that is as the command is sent)',
} as const;

async function runSteer(options: SteerOptions, io: Io): Promise<number> {
  const { name, target, reason, full, gradual, for: time } = options;
  const client = clientOf(options, io);
  const { run, expect, againAfter } = await meaningOf(client, options);
  const body = {
    actor: options.actor ?? defaultActor(io),
    ...(reason === undefined ? {} : { reason }),
    ...(full === undefined ? {} : { full }),
    ...(gradual === undefined ? {} : { gradual }),
    ...(time === undefined ? {} : { for: time }),
    ...(expect === undefined ? {} : { expect }),
  };
  const request = { ...target, command: name, run, body };
  const send = (once: CallOptions) => client.ask('steerRollout', request, once);
  // A rollback is never left unserved, and waits for nothing that a key would cost.
  const { idempotencyKey: ownKey } = options;
  const sending = { key: ownKey ?? randomUUID(), isOwn: ownKey !== undefined, againAfter };
  const { value, raw } = await (name === 'rollback' ? send(onceOf(options)) : untilServed(sending, send, io));
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [doneLine(name, target, value), ...expressLines(value)]);
  return exitCodes.ok;
}

function doneLine(name: CommandName, { environment, service }: Target, answer: CommandAnswer): string {
  const target = `${environment}/${service}`;
  if (answer.via === 'signal') {
    return `${name} of ${target} is on its way: no worker answered in time, the next one will carry it out`;
  }
  if (answer.via === 'stop') {
    return `${name} of ${target}: Temporal could not be told; the rollout finds the stop and ends rolled back; the API tries for up to 10 minutes to tell it who asked and why`;
  }
  const { status } = answer;
  return `${name} of ${target} accepted${status ? `; it is now ${status.phase}${status.paused ? ', paused' : ''}` : ''}`;
}

function expressLines({ express }: CommandAnswer): string[] {
  if (!express) return [];
  return express.written
    ? [`the canary was stopped in the data plane within ${express.tookMs} ms`]
    : [`the data plane could not be told directly: ${express.problem}; the workflow restores`];
}

type Flags = Omit<SteerOptions, 'target' | 'name'> & Omit<EmergencyRollbackOptions, 'target'>;

/** The target of a command that is no emergency. */
function ordinary(target: Target | undefined, { scope, to, release, detach, force }: Flags): Target {
  if (scope || to || release || detach || force) {
    throw badInput(
      '--scope, --to, --detach, --force and --release are of an emergency.',
      'Add --emergency, or leave them.',
    );
  }
  if (target) return target;
  throw badInput(
    'What is to be rolled back is not named.',
    'Name environment/service, or add --emergency and --scope.',
  );
}

export function steerCommands(act: Act, run: Run<SteerOptions> = runSteer): Command[] {
  return commandNames.map((name) => {
    const command = keyOption(
      verb(name, descriptions[name])
        .argument(name === 'rollback' ? '[target]' : '<target>', 'environment/service', parseTarget)
        .option('--reason <text>', 'why; kept in the rollout’s story')
        .option('--actor <name>', 'who asks (default: the current user)'),
    );
    if (name === 'override') command.option('--for <duration>', 'how long it is to count (default: 1h)');
    if (name === 'promote' || name === 'pause' || name === 'resume')
      command.option('--stage <name>', stageHelp[name]);
    if (name === 'approve' || name === 'reject' || name === 'confirm')
      command.option(
        '--question <name>',
        'the one that is answered, as `sluice approvals` names it (default: what is asked now)',
      );
    if (name === 'promote') command.option('--full', 'skip all further stages');
    if (name === 'rollback') {
      command.option(
        '--gradual',
        'in the steps of a plan whose strategy is gradual; no stop is written before',
      );
      addEmergencyOptions(command);
    }
    return command.action((target: Target | undefined, flags: Flags) =>
      act(flags, (io) =>
        flags.emergency
          ? runEmergencyRollback({ ...flags, target }, io)
          : run({ ...flags, name, target: ordinary(target, flags) }, io),
      ),
    );
  });
}
