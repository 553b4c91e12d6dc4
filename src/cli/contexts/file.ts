/** The user's file of contexts: names for APIs, and where the token of each is. A token itself is never in it. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { adviceFor } from '../../domain/nearest.ts';
import { readMapping } from '../../domain/plan/text.ts';
import { changeFile } from '../change-file.ts';
import { badInput } from '../cli-error.ts';
import type { Io } from '../io.ts';

export const contextName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'must be 1 to 63 letters, digits, dots, underscores and dashes',
  );

const contextSchema = z.strictObject({
  api: z.string().min(1),
  token: z
    .union(
      [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
      'names where the token is, as {file: …} or {env: …}; a token itself must not be here',
    )
    .optional(),
});
export type Context = z.infer<typeof contextSchema>;
export type TokenPlace = NonNullable<Context['token']>;

const fileSchema = z.strictObject({
  current: contextName.nullable().default(null),
  contexts: z.record(contextName, contextSchema).default({}),
});
export type ContextFile = z.infer<typeof fileSchema>;

type Env = Pick<Io, 'env'>;

/** Null: nobody's home is known, so there is none. */
function contextPath({ env }: Env): string | null {
  const folder = env.XDG_CONFIG_HOME || (env.HOME ? join(env.HOME, '.config') : null);
  return folder === null ? null : join(folder, 'sluice', 'config.yaml');
}

/** One that is not there has no contexts. Errors: bad input, with every problem. */
export function readContexts(io: Env): ContextFile {
  const path = contextPath(io);
  const text = path === null ? null : textOf(path);
  if (text === null || text.trim() === '') return { current: null, contexts: {} };
  const read = readMapping(text);
  const result = read.ok ? fileSchema.safeParse(read.value) : null;
  if (result?.success) return result.data;
  // The parser's own words never quote a value, which may be a token that somebody put there.
  const issues = result?.error?.issues.map(({ path: at, message }) => ({ path: at.join('.'), message }));
  const problems = issues ?? (read.ok ? [] : read.problems);
  throw badInput(`${path} is no file of contexts.`, `Mend or remove ${path}.`, problems);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw badInput(`${path} cannot be read: ${messageOf(error)}`, 'Mend its permissions.');
  }
}

/** One change after the other, each in one step; only the file's owner may read it. */
export async function changeContexts<T>(
  io: Pick<Io, 'env' | 'now' | 'sleep' | 'replaceText'>,
  change: (file: ContextFile) => { readonly file: ContextFile; readonly result: T },
): Promise<T> {
  const path = contextPath(io);
  if (path === null) {
    throw badInput(
      'There is no place for contexts: neither XDG_CONFIG_HOME nor HOME is set.',
      'Set one of them.',
    );
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw badInput(`${path} cannot be written: ${messageOf(error)}`, 'Mend its permissions.');
  });
  return await changeFile(path, io, async () => {
    const { file, result } = change(readContexts(io));
    return { text: stringify(file), result };
  });
}

/** Errors: bad input that says which there are. */
export function contextNamed(name: string, { contexts }: ContextFile): Context {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context !== undefined) return context;
  const names = Object.keys(contexts);
  throw badInput(
    `There is no context "${name}"${names.length === 0 ? ', nor any other' : `; ${adviceFor(name, names)}`}.`,
    'List them with `sluice context list`, or make one with `sluice context set`.',
  );
}

/** The name that is in force where no flag names another, and who says so; null: none. */
export function currentName(
  file: ContextFile,
  { env }: Env,
): { readonly name: string; readonly from: string } | null {
  if (env.SLUICE_CONTEXT) return { name: env.SLUICE_CONTEXT, from: 'SLUICE_CONTEXT' };
  return file.current === null ? null : { name: file.current, from: 'the current context' };
}

/** The token that a context names. Errors: bad input; it never quotes what it read. */
export function tokenAt(place: TokenPlace, context: string, { env }: Env): string {
  const [where, value] =
    'env' in place ? [`variable ${place.env}`, env[place.env]] : [`file ${place.file}`, secretIn(place.file)];
  const token = value?.trim();
  if (token) return token;
  throw badInput(
    `The context "${context}" has its token in the ${where}, where there is none.`,
    'Put it there, or name another place with `sluice context set`.',
  );
}

function secretIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
