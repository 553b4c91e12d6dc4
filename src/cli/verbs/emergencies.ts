/** `sluice emergencies`: the emergencies that block rollouts now, and those that were released last. */
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { stopOfAllLines } from '../stop-of-all.ts';
import { moreLines, noneLine, stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, pagingOptions, type Run, verb } from '../verb.ts';

interface EmergenciesOptions extends CommonOptions {
  readonly open?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

async function runEmergencies(options: EmergenciesOptions, io: Io): Promise<number> {
  const { limit, cursor } = options;
  const open = options.open ? 'true' : undefined;
  const { value, raw } = await clientOf(options, io).ask('listEmergencies', { open, limit, cursor });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  writeLines(io.out, await stopLines(options, io));
  const header = ['SCOPE', 'STATE', 'OPENED (UTC)', 'CLOSED (UTC)', 'BY', 'REASON'];
  const rows = value.emergencies.map(({ scope, open, phase, openedAtMs, closedAtMs, actor, reason }) => [
    scope.join(' '),
    open ? `open, ${phase ?? 'not begun'}` : 'closed',
    stamp(openedAtMs),
    closedAtMs === null ? '-' : stamp(closedAtMs),
    actor,
    reason,
  ]);
  writeLines(io.out, rows.length === 0 ? [noneLine('no emergencies', value.next)] : table(header, rows));
  writeLines(io.err, moreLines(value.next));
  return exitCodes.ok;
}

/** It bars rollouts as an emergency does, and is none. */
async function stopLines(options: EmergenciesOptions, io: Io): Promise<string[]> {
  try {
    return stopOfAllLines((await clientOf(options, io).ask('getEmergencyStop', {})).value);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [`whether everything is stopped cannot be seen: ${error.failure.detail}`];
  }
}

export function emergenciesCommand(act: Act, run: Run<EmergenciesOptions> = runEmergencies): Command {
  return pagingOptions(
    verb('emergencies', 'list emergency rollbacks: open ones first, then those released last'),
  )
    .option('--open', 'only those that block rollouts now')
    .action((flags: EmergenciesOptions) => act(flags, (io) => run(flags, io)));
}
