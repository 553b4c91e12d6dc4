/** `sluice notices` and `sluice ack`: who was told of a rollout, and saying that somebody has taken its trouble on. */
import type { Command } from 'commander';
import type { NoticesView } from '../../api/contract.ts';
import { sentenceOf } from '../../domain/notify/words.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, type Target } from '../target.ts';
import { ageOf, stamp, table, writeJson, writeLines } from '../text.ts';
import {
  type Act,
  type CommonOptions,
  clientOf,
  defaultActor,
  type KeyedOptions,
  keyOption,
  onceOf,
  type Run,
  verb,
} from '../verb.ts';

interface NoticesOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

interface AckOptions extends KeyedOptions {
  readonly target: Target;
  readonly actor?: string;
  readonly reason?: string;
}

async function runNotices(options: NoticesOptions, io: Io): Promise<number> {
  const { target, run } = options;
  const { value, raw } = await clientOf(options, io).ask('getNotices', { ...target, run });
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [...receiverLines(value, io.now()), ...troubleLines(value)]);
  return exitCodes.ok;
}

function receiverLines({ receivers }: NoticesView, nowMs: number): string[] {
  if (receivers.length === 0) return ['nobody has been told anything yet'];
  const header = ['NOTIFIER', 'TOLD', 'WAITING', 'LOST', 'IN COOLDOWN', 'LAST (UTC)', 'PROBLEM'];
  const rows = receivers.map(
    ({ name, delivered, pending, oldestAtMs, lost, cooled, failing, ...receiver }) => [
      name,
      String(delivered),
      oldestAtMs === null ? '-' : `${pending}, since ${ageOf(oldestAtMs, nowMs)}`,
      String(lost),
      String(cooled),
      receiver.lastDeliveredAtMs === null ? '-' : stamp(receiver.lastDeliveredAtMs),
      failing === null
        ? (receiver.lastProblem ?? '-')
        : `${failing.attempts} attempts: ${failing.problem ?? '?'}`,
    ],
  );
  return table(header, rows);
}

function troubleLines({ trouble }: NoticesView): string[] {
  if (trouble === null) return [];
  const { severity, title, text, sinceMs, ack, escalatesAtMs } = trouble;
  const who = ack === null ? 'nobody has acknowledged it' : `acknowledged by ${ack.actor}`;
  const next = escalatesAtMs === null ? '' : `; others are told at ${stamp(escalatesAtMs)}`;
  return [`open since ${stamp(sinceMs)} (${severity}): ${sentenceOf({ title, text })}`, `${who}${next}`];
}

async function runAck(options: AckOptions, io: Io): Promise<number> {
  const { target, reason } = options;
  const body = { actor: options.actor ?? defaultActor(io), ...(reason === undefined ? {} : { reason }) };
  const request = { ...target, body };
  const { value, raw } = await clientOf(options, io).ask('acknowledge', request, onceOf(options));
  const how = value.via === 'update' ? 'acknowledged' : 'the acknowledgement is on its way';
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [`${target.environment}/${target.service}: ${how}`]);
  return exitCodes.ok;
}

export function noticesCommand(act: Act, run: Run<NoticesOptions> = runNotices): Command {
  return verb('notices', 'who was told of a rollout, what waits, and what is open')
    .argument('<target>', 'environment/service', parseTarget)
    .option('--run <id>', 'a certain run instead of the latest')
    .action((target: Target, flags: Omit<NoticesOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}

export function ackCommand(act: Act, run: Run<AckOptions> = runAck): Command {
  return keyOption(verb('ack', 'say that you have taken the trouble of a rollout on; ends its escalation'))
    .argument('<target>', 'environment/service', parseTarget)
    .option('--reason <text>', 'what you are about to do')
    .option('--actor <name>', 'who (default: the current user)')
    .action((target: Target, flags: Omit<AckOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}
