/** `sluice ci`: a rollout as a step of a pipeline: started, shown as log groups, summed up, and taken back on abort. */
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { RolloutView, Started } from '../../api/contract.ts';
import { messageOf } from '../../domain/errors.ts';
import { keep } from '../ci/keep.ts';
import { createCiLog } from '../ci/log.ts';
import type { Known } from '../ci/summary.ts';
import { CliError } from '../cli-error.ts';
import type { ApiClient } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import type { Io } from '../io.ts';
import { readPlanFile, setOption } from '../plan-file.ts';
import { parseTarget } from '../target.ts';
import { warningLines, writeLines } from '../text.ts';
import { type Act, clientOf, defaultActor, parseSeconds, type Run, verb } from '../verb.ts';
import { type BeginOptions, beginRollout } from './start.ts';
import { endLine, exitCodeAfter } from './watch.ts';

interface CiOptions extends BeginOptions {
  readonly onAbort: 'rollback' | 'leave';
}

async function runCi(options: CiOptions, io: Io): Promise<number> {
  const client = clientOf(options, io);
  // From here on an abort is heard, also one that comes while the rollout is being started.
  const aborted = io.interrupted();
  const actor = options.actor ?? io.env.GITHUB_ACTOR ?? defaultActor(io);
  const reason = options.reason ?? pipelineIn(io);
  const body = {
    plan: await readPlanFile(options.plan, options.set, io),
    actor,
    ...(reason === undefined ? {} : { reason }),
    ...(options.force ? { force: true } : {}),
  };
  const started = (await beginRollout(client, body, options.idempotencyKey ?? keyIn(io), io, aborted)).value;
  writeLines(io.out, [`${started.target} ${started.version}, run ${started.runId}`]);
  writeLines(io.err, warningLines(started.warnings));
  const { target, version, runId } = started;
  let known: Known = { target, version, runId, outcome: null, status: null, temporalStatus: 'RUNNING' };
  try {
    aborted.throwIfAborted();
    for await (const view of followed(client, started, options, io)) known = view;
  } catch (error) {
    if (aborted.aborted) {
      const why = await onAbort(client, started, { actor, ...options });
      writeLines(io.err, [why]);
      await keep(known, io, { how: 'aborted', why });
      return exitCodes.interrupted;
    }
    await keep(known, io, { how: 'not followed to its end', why: messageOf(error) });
    throw error;
  }
  await keep(known, io);
  return exitCodeAfter(known);
}

/** What is seen of it, until it has ended. */
async function* followed(
  client: ApiClient,
  started: Started,
  options: CiOptions,
  io: Io,
): AsyncGenerator<RolloutView> {
  const log = createCiLog(io.out, io.env.GITHUB_ACTIONS === 'true' ? 'github' : 'plain', io.now);
  let last: RolloutView | null = null;
  try {
    const bounds = { run: started.runId, patienceMs: options.patience * 1000 };
    for await (const seen of follow(client, parseTarget(started.target), bounds, io)) {
      log.show(seen);
      if (seen.kind !== 'view') continue;
      last = seen.view;
      yield last;
    }
  } finally {
    log.close();
  }
  if (last === null) return;
  const line = endLine(last);
  if (last.outcome === 'promoted') writeLines(io.out, [line]);
  else log.error(line);
}

/**
 * What became of it, in one sentence. A runner gives an aborted step a few seconds, so the stop is asked for at once
 * and nothing is waited for.
 */
async function onAbort(
  client: ApiClient,
  { target, runId }: Started,
  { onAbort: what, actor }: CiOptions & { readonly actor: string },
): Promise<string> {
  if (what === 'leave')
    return `aborted; the rollout of ${target} goes on. Take it back with \`sluice rollback ${target}\`.`;
  try {
    const body = { actor, reason: 'the pipeline was aborted' };
    // Another rollout may have begun since.
    const request = { ...parseTarget(target), command: 'rollback', run: runId, body } as const;
    await client.ask('steerRollout', request, { withinMs: 5_000 });
    return `aborted; the rollout of ${target} goes back to stable`;
  } catch (error) {
    const ended = error instanceof CliError && error.failure.code === 'command-refused';
    const problem = ended ? 'it has ended already' : messageOf(error);
    return `aborted; the rollback of ${target} could not be asked for: ${problem}`;
  }
}

/** The same attempt of the same job starts one rollout, however often its step is run. */
function keyIn({ env }: Pick<Io, 'env'>): string {
  const {
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
    GITHUB_RUN_ATTEMPT: attempt,
    GITHUB_JOB: job,
  } = env;
  if (!repository || !run) return randomUUID();
  return `${repository}/${run}/${attempt ?? '1'}/${job ?? 'job'}`
    .replaceAll(/[^\x21-\x7e]/g, '-')
    .slice(0, 128);
}

function pipelineIn({ env }: Pick<Io, 'env'>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run
    ? `${server}/${repository}/actions/runs/${run}`.slice(0, 500)
    : undefined;
}

export function ciCommand(act: Act, run: Run<CiOptions> = runCi): Command {
  return verb('ci', 'a rollout as a step of a pipeline: start, show as log groups, sum up', 'follows')
    .argument('<plan>', 'a plan in YAML or JSON; - reads standard input')
    .addOption(setOption())
    .addOption(
      new Option('--on-abort <what>', 'what becomes of the rollout when the pipeline is aborted')
        .choices(['rollback', 'leave'])
        .default('rollback'),
    )
    .option('--actor <name>', 'who starts it (default: GITHUB_ACTOR, else the current user)')
    .option('--reason <text>', "why (default: the pipeline's address)")
    .option(
      '--idempotency-key <key>',
      'the same key and plan start one rollout only (default: that of the job)',
    )
    .option('--force', 'in spite of a cooldown after a rollback, and of a stable version that is not well')
    .option('--patience <seconds>', 'give up following after so long without any answer', parseSeconds, 120)
    .action((plan: string, flags: Omit<CiOptions, 'plan'>) =>
      act(flags, (io) => run({ ...flags, plan }, io)),
    );
}
