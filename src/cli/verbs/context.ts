/** `sluice context`: names for APIs, and which of them is meant. It asks no API. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkedUrl } from '../api-url.ts';
import { badInput } from '../cli-error.ts';
import {
  type Context,
  changeContexts,
  contextName,
  contextNamed,
  currentName,
  readContexts,
  type TokenPlace,
} from '../contexts/file.ts';
import { exitCodeHelp, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { table, writeJson, writeLines } from '../text.ts';
import type { Act } from '../verb.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface NameOptions extends JsonOption {
  readonly name: string;
}

interface SetOptions extends NameOptions {
  readonly api?: string;
  readonly tokenFile?: string;
  readonly tokenEnv?: string;
}

async function runContextList({ json }: JsonOption, io: Io): Promise<number> {
  const file = readContexts(io);
  const current = currentName(file, io)?.name ?? null;
  const all = Object.entries(file.contexts);
  if (json) writeJson(io.out, { current, contexts: all.map(([name, one]) => ({ name, ...one })) });
  else if (all.length === 0) writeLines(io.out, ['no contexts']);
  else {
    const rows = all.map(([name, { api, token }]) => [
      name === current ? '*' : '',
      name,
      api,
      placeOf(token),
    ]);
    writeLines(io.out, table(['', 'NAME', 'API', 'TOKEN'], rows));
  }
  return exitCodes.ok;
}

async function runContextCurrent({ json }: JsonOption, io: Io): Promise<number> {
  const file = readContexts(io);
  const current = currentName(file, io);
  if (current === null) {
    throw badInput('No context is current.', 'Choose one with `sluice context use <name>`.');
  }
  const { api } = contextNamed(current.name, file);
  if (json) writeJson(io.out, { name: current.name, api });
  else writeLines(io.out, [current.name]);
  return exitCodes.ok;
}

async function runContextUse({ name, json }: NameOptions, io: Io): Promise<number> {
  const { api } = await changeContexts(io, (file) => ({
    result: contextNamed(name, file),
    file: { ...file, current: name },
  }));
  if (json) writeJson(io.out, { name, api });
  else writeLines(io.out, [`${name} is current: ${api}`]);
  if (io.env.SLUICE_CONTEXT) writeLines(io.err, ['warning: SLUICE_CONTEXT is set, and goes before it']);
  return exitCodes.ok;
}

/** What is not given stays as it was. */
async function runContextSet(options: SetOptions, io: Io): Promise<number> {
  const { name, json } = options;
  const context = await changeContexts(io, (file) => {
    const before = Object.hasOwn(file.contexts, name) ? file.contexts[name] : undefined;
    const api = options.api ?? before?.api;
    if (api === undefined)
      throw badInput(`There is no context "${name}" yet.`, 'Give its address with --api.');
    const token = placeIn(options, io) ?? before?.token;
    const result: Context = { api: checkedUrl(api), ...(token === undefined ? {} : { token }) };
    const current = file.current ?? (Object.keys(file.contexts).length === 0 ? name : null);
    return { result, file: { current, contexts: { ...file.contexts, [name]: result } } };
  });
  if (json) writeJson(io.out, { name, ...context });
  else writeLines(io.out, [`${name} is set: ${context.api}`]);
  return exitCodes.ok;
}

/** The file is meant from here, wherever it is read later. */
function placeIn({ tokenFile, tokenEnv }: SetOptions, { cwd }: Io): TokenPlace | undefined {
  if (tokenFile !== undefined) return { file: resolve(cwd, tokenFile) };
  return tokenEnv === undefined ? undefined : { env: tokenEnv };
}

async function runContextDelete({ name, json }: NameOptions, io: Io): Promise<number> {
  await changeContexts(io, (file) => {
    contextNamed(name, file);
    const { [name]: _gone, ...contexts } = file.contexts;
    return { result: null, file: { current: file.current === name ? null : file.current, contexts } };
  });
  if (json) writeJson(io.out, { deleted: name });
  else writeLines(io.out, [`${name} is deleted`]);
  return exitCodes.ok;
}

function placeOf(token: TokenPlace | undefined): string {
  if (token === undefined) return '-';
  return 'env' in token ? `$${token.env}` : token.file;
}

function parseName(text: string): string {
  const name = contextName.safeParse(text);
  if (name.success) return name.data;
  throw new InvalidArgumentError(`It ${name.error.issues[0]?.message}.`);
}

/** A token by mistake in its place would otherwise be written to the file. */
function parseVariable(text: string): string {
  if (/^[A-Z_][A-Z0-9_]*$/i.test(text) && text.length <= 100 && !text.startsWith('slc_')) return text;
  throw new InvalidArgumentError('Give the name of a variable, such as PROD_TOKEN, not the token.');
}

export function contextCommand(act: Act): Command {
  const sub = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .option('--json', 'print JSON for machines')
      .addHelpText('after', exitCodeHelp('local'));
  const named = (name: string, description: string, run: (options: NameOptions, io: Io) => Promise<number>) =>
    sub(name, description)
      .argument('<name>', 'the context', parseName)
      .action((context: string, flags: JsonOption) =>
        act(flags, (io) => run({ ...flags, name: context }, io)),
      );
  return new Command('context')
    .description('names for APIs, and which of them is meant')
    .addCommand(
      sub('list', 'list contexts').action((flags: JsonOption) =>
        act(flags, (io) => runContextList(flags, io)),
      ),
    )
    .addCommand(
      sub('current', 'print the context that is in force').action((flags: JsonOption) =>
        act(flags, (io) => runContextCurrent(flags, io)),
      ),
    )
    .addCommand(named('use', 'make a context the current one', runContextUse))
    .addCommand(
      named('set', 'make a context, or change what is given of it', runContextSet)
        .option('--api <url>', 'the address of its API')
        .addOption(new Option('--token-file <path>', 'a file that has its token').conflicts('tokenEnv'))
        .option('--token-env <name>', 'an environment variable that has its token', parseVariable),
    )
    .addCommand(named('delete', 'forget a context', runContextDelete));
}
