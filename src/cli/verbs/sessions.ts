/** `sluice sessions`: lists and ends sessions of browsers, one's own or, for an admin, anybody's. */
import { Command } from 'commander';
import type { BrowserSession } from '../../api/contract.ts';
import { badInput } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { moreLines, stamp, table, writeJson, writeLines } from '../text.ts';
import {
  type Act,
  type CommonOptions,
  clientOf,
  type KeyedOptions,
  keyOption,
  onceOf,
  pagingOptions,
  verb,
} from '../verb.ts';

interface SessionListOptions extends CommonOptions {
  readonly name?: string;
  readonly everybody?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

interface SessionRevokeOptions extends KeyedOptions {
  readonly id?: string;
  /** Whose all are to end. */
  readonly name?: string;
}

async function runSessionList(options: SessionListOptions, io: Io): Promise<number> {
  const { name, limit, cursor } = options;
  const everybody = options.everybody ? ('true' as const) : undefined;
  const query = { name, everybody, limit, cursor };
  const { value, raw } = await clientOf(options, io).ask('listSessions', query);
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = ['ID', 'NAME', 'BROWSER', 'SINCE (UTC)', 'UNTIL (UTC)'];
  const none = value.sessions.length === 0;
  writeLines(io.out, none ? ['no sessions'] : table(header, value.sessions.map(rowOf)));
  writeLines(io.err, moreLines(value.next));
  return exitCodes.ok;
}

function rowOf({ id, name, browser, beganMs, untilMs }: BrowserSession): string[] {
  return [id, name, browser, stamp(beganMs), stamp(untilMs)];
}

async function runSessionRevoke(options: SessionRevokeOptions, io: Io): Promise<number> {
  const { id, name } = options;
  const client = clientOf(options, io);
  if ((id === undefined) === (name === undefined)) {
    throw badInput('Which sessions are to end?', 'Give the id of one, or --name for all of somebody.');
  }
  const { value, raw } =
    id === undefined
      ? await client.ask('revokeSessions', { body: { name: name ?? '' } }, onceOf(options))
      : await client.ask('revokeSession', { session: id, body: {} }, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else
    writeLines(io.out, [
      id === undefined ? `${value.revoked} sessions of ${name} have ended` : `${id} has ended`,
    ]);
  return exitCodes.ok;
}

export function sessionsCommand(act: Act): Command {
  return new Command('sessions')
    .description('list and end sessions of browsers: yours, or as an admin anybody’s')
    .addCommand(
      pagingOptions(verb('list', 'list your sessions, the latest first'))
        .option('--name <name>', 'those of somebody else')
        .option('--everybody', 'those of everybody')
        .action((flags: SessionListOptions) => act(flags, (io) => runSessionList(flags, io))),
    )
    .addCommand(
      keyOption(verb('revoke', 'end a session, or all of somebody'))
        .argument('[id]', 'which one')
        .option('--name <name>', 'all of this person, or of this `token:<name>`')
        .action((id: string | undefined, flags: Omit<SessionRevokeOptions, 'id'>) =>
          act(flags, (io) => runSessionRevoke({ ...flags, ...(id === undefined ? {} : { id }) }, io)),
        ),
    );
}
