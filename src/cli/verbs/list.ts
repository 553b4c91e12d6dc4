/** `sluice list`: rollouts, running ones first, then those that ended last. */
import type { Command } from 'commander';
import { pageSchema, type RolloutSummary } from '../../api/contract.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, parseLimit, type Run, verb } from '../verb.ts';

export interface ListOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly version?: string;
  readonly phase?: string;
  readonly outcome?: string;
  readonly running?: boolean;
  readonly ended?: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

export async function runList(options: ListOptions, io: Io): Promise<number> {
  const { value, raw } = await clientOf(options, io).get(`/v1/rollouts?${queryOf(options)}`, pageSchema);
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = ['TARGET', 'VERSION', 'PHASE', 'STARTED (UTC)', 'ENDED (UTC)', 'RUN'];
  if (value.rollouts.length === 0) writeLines(io.out, ['no rollouts']);
  else writeLines(io.out, table(header, value.rollouts.map(rowOf)));
  if (value.next !== null) writeLines(io.err, [`more: add --cursor ${value.next}`]);
  return exitCodes.ok;
}

function queryOf({ running, ended, ...options }: ListOptions): URLSearchParams {
  const query = new URLSearchParams({ limit: String(options.limit) });
  for (const key of ['environment', 'service', 'version', 'phase', 'outcome', 'cursor'] as const) {
    const value = options[key];
    if (value !== undefined) query.set(key, value);
  }
  if (running) query.set('running', 'true');
  else if (ended) query.set('running', 'false');
  return query;
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
    .option('--phase <phase>', 'only in this phase, such as soaking')
    .option('--outcome <outcome>', 'only promoted, rolled-back or refused')
    .option('--running', 'only those under way')
    .option('--ended', 'only those that have ended')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action((flags: ListOptions) => act(flags, (io) => run(flags, io)));
}
