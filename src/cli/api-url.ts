/** Finds the API and the token for it. The API: `--api`, else `SLUICE_API`, else the local stack that runs here, else the usual address. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { badInput } from './cli-error.ts';
import type { Io } from './io.ts';

export const usualApiUrl = 'http://127.0.0.1:8080';

export interface ApiAddress {
  /** Without a slash at the end. */
  readonly url: string;
  /** Who named it, for people. */
  readonly from: string;
}

export function apiAddressOf(flag: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): ApiAddress {
  if (flag !== undefined) return { url: checked(flag), from: '--api' };
  if (env.SLUICE_API) return { url: checked(env.SLUICE_API), from: 'SLUICE_API' };
  const stack = stackUrl(cwd);
  if (stack !== undefined) return { url: checked(stack), from: 'the local stack' };
  return { url: usualApiUrl, from: 'the default' };
}

export function apiUrlOf(flag: string | undefined, io: Pick<Io, 'env' | 'cwd'>): string {
  return apiAddressOf(flag, io).url;
}

/** From `SLUICE_TOKEN`. It goes over TLS, or nowhere beyond this machine. */
export function tokenFor(url: string, { env }: Pick<Io, 'env'>): string | undefined {
  const token = env.SLUICE_TOKEN?.trim();
  if (!token) return undefined;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)) {
    return token;
  }
  throw badInput(
    `The token in SLUICE_TOKEN would go to ${url} without TLS.`,
    'Name the API by https://, or leave SLUICE_TOKEN out.',
  );
}

/** What the running stack wrote down, in this folder or one above it. */
function stackUrl(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const url = apiUrlIn(join(folder, '.sluice', 'run', 'stack.json'));
    if (url !== undefined) return url;
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

function checked(url: string): string {
  const known = URL.canParse(url) ? new URL(url) : null;
  if (known === null || !['http:', 'https:'].includes(known.protocol)) {
    throw badInput(`"${url}" is not the address of an API.`, `Give a URL such as ${usualApiUrl}.`);
  }
  return url.replace(/\/+$/, '');
}
