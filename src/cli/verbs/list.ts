/** `sluice list`: rollouts, running ones first, then those that ended last. */
import { type Command, Option } from 'commander';
import { outcomeSchema, phaseSchema, type RolloutSummary } from '../../api/contract.ts';
import type { Outcome, Phase } from '../../domain/rollout/types.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { moreLines, noneLine, stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, parseLimit, type Run, verb } from '../verb.ts';

interface ListOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly version?: string;
  readonly phase?: Phase;
  readonly outcome?: Outcome;
  readonly running?: boolean;
  readonly ended?: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

async function runList(options: ListOptions, io: Io): Promise<number> {
  const { environment, service, version, phase, outcome, limit, cursor } = options;
  const filters = { environment, service, version, phase, outcome, running: runningOf(options) };
  const { value, raw } = await clientOf(options, io).ask('listRollouts', { ...filters, limit, cursor });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = ['TARGET', 'VERSION', 'PHASE', 'STARTED (UTC)', 'ENDED (UTC)', 'RUN'];
  if (value.rollouts.length === 0) writeLines(io.out, [noneLine('no rollouts', value.next)]);
  else writeLines(io.out, table(header, value.rollouts.map(rowOf)));
  writeLines(io.err, moreLines(value.next));
  return exitCodes.ok;
}

function runningOf({ running, ended }: ListOptions): 'true' | 'false' | undefined {
  if (running) return 'true';
  return ended ? 'false' : undefined;
}

function rowOf({
  target,
  version,
  phase,
  temporalStatus,
  startedAtMs,
  endedAtMs,
  runId,
}: RolloutSummary): string[] {
  const clean = ['RUNNING', 'COMPLETED'].includes(temporalStatus);
  const state = clean ? (phase ?? '?') : `${phase ?? '?'} (${temporalStatus.toLowerCase()})`;
  return [
    target,
    version ?? '?',
    state,
    stamp(startedAtMs),
    endedAtMs === null ? '-' : stamp(endedAtMs),
    runId,
  ];
}

export function listCommand(act: Act, run: Run<ListOptions> = runList): Command {
  return verb('list', 'list rollouts: running ones first, then those that ended last')
    .option('--environment <name>', 'only of this environment')
    .option('--service <name>', 'only of this service')
    .option('--version <version>', 'only of this version')
    .addOption(new Option('--phase <phase>', 'only in this phase').choices(phaseSchema.options))
    .addOption(new Option('--outcome <outcome>', 'only with this outcome').choices(outcomeSchema.options))
    .addOption(new Option('--running', 'only those under way').conflicts('ended'))
    .option('--ended', 'only those that have ended')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action((flags: ListOptions) => act(flags, (io) => run(flags, io)));
}
