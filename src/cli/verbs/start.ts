/** `sluice start`: begins a rollout, and follows it where asked. */
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { PlanEnvelope, Started } from '../../api/contract.ts';
import { begin, type Refusal, type WaitingWords } from '../../client/begin.ts';
import { CliError } from '../cli-error.ts';
import type { Answer, ApiClient } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Override, readPlanFile, setOption } from '../plan-file.ts';
import { parseTarget } from '../target.ts';
import { warningLines, writeJson, writeLines } from '../text.ts';
import {
  type Act,
  type CommonOptions,
  clientOf,
  defaultActor,
  parseSeconds,
  type Run,
  verb,
} from '../verb.ts';
import { runValidate } from './validate.ts';
import { runWatch } from './watch.ts';

/** Of every verb that begins a rollout. */
export interface BeginOptions extends CommonOptions {
  readonly plan: string;
  readonly set: readonly Override[];
  readonly actor?: string;
  readonly reason?: string;
  readonly idempotencyKey?: string;
  readonly force?: boolean;
  /** Seconds. */
  readonly patience: number;
}

interface StartOptions extends BeginOptions {
  readonly strict?: boolean;
  /** Only check whether it could begin. */
  readonly dryRun?: boolean;
  /** Show the rollout until it ends. */
  readonly watch?: boolean;
  /** Wait for the end without showing the way. */
  readonly wait?: boolean;
}

async function runStart(options: StartOptions, io: Io): Promise<number> {
  if (options.dryRun) return await runValidate(options, io);
  const client = clientOf(options, io);
  const body = {
    plan: await readPlanFile(options.plan, options.set, io),
    actor: options.actor ?? defaultActor(io),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.force ? { force: true } : {}),
    ...(options.strict ? { strict: true } : {}),
  };
  const { value, raw } = await beginRollout(client, body, options.idempotencyKey ?? randomUUID(), io);
  const follows = options.watch === true || options.wait === true;
  if (!options.json) writeLines(io.out, [beganLine(value)]);
  else if (!follows) writeJson(io.out, raw);
  writeLines(io.err, notesOf(value));
  if (!follows) return exitCodes.ok;
  const quiet = options.watch !== true;
  return await runWatch({ ...options, target: parseTarget(value.target), run: value.runId, quiet }, io);
}

/** `key`: the same start, however often it is sent. `signal`: an abort before it begins, or while it waits for that. */
export async function beginRollout(
  client: ApiClient,
  body: PlanEnvelope,
  key: string,
  io: Io,
  signal?: AbortSignal,
): Promise<Answer<Started>> {
  try {
    return await begin({
      post: () => client.ask('startRollout', { body }, { idempotencyKey: key }),
      refusalOf,
      words: waitingWords,
      tell: (text) => writeLines(io.err, [text]),
      clock: io,
      signal,
    });
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? notBegun() : error;
  }
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof CliError)) return null;
  const { failure, retryAfterMs } = error;
  const { status, code, detail } = failure;
  return { status, code, detail, retryAfterMs };
}

const waitingWords: WaitingWords = {
  predecessor: (detail) => `waiting for the running rollout to end: ${detail}`,
  busy: 'waiting, since the API has too much to do …',
};

function notBegun(): CliError {
  return new CliError(exitCodes.interrupted, {
    code: 'interrupted',
    detail: 'Aborted; nothing was started.',
    advice: 'Run it again when the rollout is wanted.',
    problems: [],
  });
}

function beganLine({ target, version, created, runId }: Started): string {
  const how = created ? 'started' : 'had been started before:';
  return `${how} ${target} ${version}, run ${runId}`;
}

function notesOf({ workerSeen, warnings }: Started): string[] {
  const absent = 'warning: no worker polls for rollouts now; this one waits until a worker does';
  return [...warningLines(warnings), ...(workerSeen ? [] : [absent])];
}

export function startCommand(act: Act, run: Run<StartOptions> = runStart): Command {
  return verb('start', 'start a rollout from a plan', 'follows')
    .argument('<plan>', 'a plan in YAML or JSON; - reads standard input')
    .addOption(setOption())
    .addOption(new Option('--watch', 'show the rollout until it ends').conflicts('wait'))
    .option('--wait', 'wait until the rollout has ended, without showing the way')
    .option('--actor <name>', 'who starts it (default: the current user)')
    .option('--reason <text>', 'why')
    .option('--idempotency-key <key>', 'the same key and plan start one rollout only')
    .option('--force', 'in spite of a cooldown after a rollback, and of a stable version that is not well')
    .option('--strict', 'warnings refuse as well')
    .option('--dry-run', 'only check the plan, as validate does')
    .option('--patience <seconds>', 'give up following after so long without any answer', parseSeconds, 120)
    .action((plan: string, flags: Omit<StartOptions, 'plan'>) =>
      act(flags, (io) => run({ ...flags, plan }, io)),
    );
}
