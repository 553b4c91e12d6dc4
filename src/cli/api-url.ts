/**
 * Finds the API and the token for it. The API: `--api`, `--context`, `SLUICE_API`, `SLUICE_CONTEXT`, the current
 * context, the local stack that runs here, the usual address: the first that there is.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { badInput } from './cli-error.ts';
import {
  type ContextFile,
  contextNamed,
  currentName,
  readContexts,
  type TokenPlace,
  tokenAt,
} from './contexts/file.ts';
import type { Io } from './io.ts';
import { isNear } from './unreachable.ts';

const usualApiUrl = 'http://127.0.0.1:8080';

export interface ApiAddress {
  /** Without a slash at the end. */
  readonly url: string;
  /** Who named it, for people. */
  readonly from: string;
  /** The context that named it, which may also say where the token is. */
  readonly context: { readonly name: string; readonly token: TokenPlace | undefined } | null;
  /**
   * Where the local stack that named it keeps its operator's configuration; absent: it is another API. Never opened
   * unasked: it names programs to run and secrets to send, and others may have written it.
   */
  readonly config?: string;
}

interface Named {
  readonly api?: string;
  readonly context?: string;
}

type Where = Pick<Io, 'env' | 'cwd'>;

export function apiAddressOf({ api, context }: Named, io: Where): ApiAddress {
  const { env, cwd } = io;
  if (api !== undefined) return plain(api, '--api');
  if (context !== undefined) return ofContext(context, '--context', readContexts(io));
  if (env.SLUICE_API) return plain(env.SLUICE_API, 'SLUICE_API');
  const file = readContexts(io);
  const current = currentName(file, io);
  if (current !== null) return ofContext(current.name, current.from, file);
  const stack = stackFrom(cwd);
  if (stack === undefined) return plain(usualApiUrl, 'the default');
  return { ...plain(stack.url, 'the local stack'), config: stack.config };
}

function plain(url: string, from: string): ApiAddress {
  return { url: checkedUrl(url), from, context: null };
}

function ofContext(name: string, from: string, file: ContextFile): ApiAddress {
  const { api, token } = contextNamed(name, file);
  return { url: checkedUrl(api), from: `context ${name}, by ${from}`, context: { name, token } };
}

export interface Token {
  readonly value: string;
  /** Where it is kept, for people. */
  readonly from: string;
}

/** From `SLUICE_TOKEN`, else where the context says. It goes over TLS, or nowhere beyond this machine. */
export function tokenFor({ url, context }: ApiAddress, io: Pick<Io, 'env'>): Token | undefined {
  const token = tokenOf(context, io);
  if (token === undefined) return undefined;
  if (new URL(url).protocol === 'https:' || isNear(url)) return token;
  throw badInput(
    `The token in ${token.from} would go to ${url} without TLS.`,
    'Name the API by https://, or leave the token out.',
  );
}

function tokenOf(context: ApiAddress['context'], io: Pick<Io, 'env'>): Token | undefined {
  const given = io.env.SLUICE_TOKEN?.trim();
  if (given) return { value: given, from: 'SLUICE_TOKEN' };
  if (context?.token === undefined) return undefined;
  return { value: tokenAt(context.token, context.name, io), from: `context ${context.name}` };
}

/**
 * What the running stack wrote down, in this folder or one above it. Others may have written there, so it leads nowhere
 * beyond this machine.
 */
function stackFrom(from: string): { readonly url: string; readonly config: string } | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const run = join(folder, '.sluice', 'run');
    const url = apiUrlIn(join(run, 'stack.json'));
    if (url !== undefined && URL.canParse(url) && isNear(url))
      return { url, config: join(run, 'sluice.yaml') };
    if (dirname(folder) === folder) return undefined;
  }
}

function apiUrlIn(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || !('apiUrl' in content)) return undefined;
    return typeof content.apiUrl === 'string' ? content.apiUrl : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever gives a host and a port has only left out how to speak with it. */
function adviceFor(url: string): string {
  const meant = `http://${url}`;
  const isHost = /^[a-z0-9.-]+:\d{1,5}(\/.*)?$/i.test(url) && URL.canParse(meant);
  if (!isHost) return `Give a URL such as ${usualApiUrl}.`;
  return isNear(meant) ? `Write ${meant}.` : `Write https://${url}, or ${meant} if it has no TLS.`;
}

export function checkedUrl(url: string): string {
  const known = URL.canParse(url) ? new URL(url) : null;
  if (known === null || !['http:', 'https:'].includes(known.protocol)) {
    throw badInput(`"${url}" is not the address of an API.`, adviceFor(url));
  }
  return url.replace(/\/+$/, '');
}
