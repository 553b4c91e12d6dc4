/** `sluice tokens`: makes, lists and revokes the API tokens in the operator's file. It asks no API. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { makeToken, readTokens } from '../../api/access/tokens.ts';
import { type Role, roles } from '../../domain/access/grants.ts';
import { maxTokens, placePattern, type TokenEntry } from '../../domain/access/settings.ts';
import { parseDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import { changeFile } from '../change-file.ts';
import { badInput } from '../cli-error.ts';
import { exitCodeHelp, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { stamp, table, writeJson, writeLines } from '../text.ts';
import { type Act, collect } from '../verb.ts';

interface FileOptions {
  readonly file: string;
  readonly json?: boolean;
}

interface CreateOptions extends FileOptions {
  readonly name: string;
  readonly role: Role;
  readonly environment?: readonly string[];
  readonly service?: readonly string[];
  readonly expires: number;
}

interface RevokeOptions extends FileOptions {
  readonly id: string;
}

/** The token is shown this once; the file has only its hash. */
async function runCreate(options: CreateOptions, io: Io): Promise<number> {
  const { file, name, role, environment = ['*'], service = ['*'], expires } = options;
  const grants = [{ role, environments: environment, services: service }];
  const { token, entry } = await changeFile(file, io, async () => {
    const kept = await tokensIn(file, true);
    if (kept.some((one) => one.name === name)) {
      throw badInput(`There is a token named "${name}" already.`, 'Choose another name, or revoke that one.');
    }
    if (kept.length >= maxTokens) {
      throw badInput(
        `${file} has ${kept.length} tokens, and no room for more.`,
        'Revoke those that are over.',
      );
    }
    const result = makeToken(name, grants, io.now(), expires);
    return { text: fileOf([...kept, result.entry]), result };
  });
  if (options.json) writeJson(io.out, { id: entry.id, name, token, expires: entry.expires });
  else {
    io.out.write(`${token}\n`);
    writeLines(io.err, [
      `${name} (${entry.id}): ${role}, until ${entry.expires}. The token is not shown again.`,
    ]);
  }
  return exitCodes.ok;
}

async function runTokenList(options: FileOptions, io: Io): Promise<number> {
  const tokens = await tokensIn(options.file, false);
  if (options.json) writeJson(io.out, { tokens: tokens.map(({ hash: _, ...shown }) => shown) });
  else if (tokens.length === 0) writeLines(io.out, ['no tokens']);
  else
    writeLines(
      io.out,
      table(
        ['ID', 'NAME', 'MAY', 'EXPIRES (UTC)'],
        tokens.map((one) => rowOf(one, io)),
      ),
    );
  return exitCodes.ok;
}

async function runRevoke({ file, id, json }: RevokeOptions, io: Io): Promise<number> {
  await changeFile(file, io, async () => {
    const tokens = await tokensIn(file, false);
    const rest = tokens.filter((one) => one.id !== id && one.name !== id);
    if (rest.length === tokens.length) {
      throw badInput(`There is no token "${id}" in ${file}.`, 'List them with `sluice tokens list`.');
    }
    return { text: fileOf(rest), result: null };
  });
  if (json) writeJson(io.out, { revoked: id });
  else writeLines(io.out, [`${id} is revoked; every API that reads ${file} refuses it within a second.`]);
  return exitCodes.ok;
}

/** `orNone`: a file that is not there yet has no tokens. */
async function tokensIn(file: string, orNone: boolean): Promise<readonly TokenEntry[]> {
  try {
    return (await readTokens(file)).tokens;
  } catch (error) {
    if (orNone && error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw badInput(messageOf(error), 'Name the file of tokens with --file.');
  }
}

function fileOf(tokens: readonly TokenEntry[]): string {
  return stringify({ tokens });
}

function rowOf({ id, name, grants, expires }: TokenEntry, io: Io): string[] {
  const may = grants.map(
    ({ role, environments, services }) => `${role} in ${environments.join(',')}/${services.join(',')}`,
  );
  const endMs = Date.parse(expires);
  return [id, name, may.join('; '), endMs <= io.now() ? `${stamp(endMs)} (over)` : stamp(endMs)];
}

function parseLife(text: string): number {
  const result = parseDuration(text);
  if (!result.ok || result.ms === 0) throw new InvalidArgumentError('Give a duration such as 12h or 90d.');
  return result.ms;
}

function parsePlace(text: string): string {
  if (placePattern.safeParse(text).success) return text;
  throw new InvalidArgumentError('Give a name, or one with `*` for any characters, such as prod or team-*.');
}

const dayMs = 86_400_000;

export function tokensCommand(act: Act): Command {
  const sub = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .requiredOption('--file <path>', 'the file that `auth.tokens` names')
      .option('--json', 'print JSON for machines')
      .addHelpText('after', exitCodeHelp('local'));
  const names = collect(parsePlace);
  return new Command('tokens')
    .description('make, list and revoke API tokens in the operator’s file; an API notices within a second')
    .addCommand(
      sub('create', 'make a token, and show it once')
        .requiredOption('--name <name>', 'who it is for; rollouts name its actions `token:<name>`')
        .addOption(new Option('--role <role>', 'what it allows').choices(roles).makeOptionMandatory())
        .option(
          '--environment <name>',
          'where; `*` within it stands for any characters; repeatable (default: all)',
          names,
        )
        .option('--service <name>', 'of which service, likewise; repeatable (default: all)', names)
        .option('--expires <duration>', 'how long it is good for, such as 12h', parseLife, 90 * dayMs)
        .action((flags: CreateOptions) => act(flags, (io) => runCreate(flags, io))),
    )
    .addCommand(
      sub('list', 'list tokens, never their secrets').action((flags: FileOptions) =>
        act(flags, (io) => runTokenList(flags, io)),
      ),
    )
    .addCommand(
      sub('revoke', 'revoke a token')
        .argument('<id>', 'its id or name')
        .action((id: string, flags: FileOptions) => act(flags, (io) => runRevoke({ ...flags, id }, io))),
    );
}
