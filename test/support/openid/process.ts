/** Starts the OpenID provider that tests log in at, and ends it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { end } from '../child.ts';

const saidSchema = z.tuple([z.object({ issuer: z.string() })]).rest(z.unknown());

export interface OpenIdProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

export async function startProvider(redirectUris: readonly string[]): Promise<OpenIdProvider> {
  const script = join(import.meta.dirname, 'provider.mjs');
  // It says at length that it is not meant for production.
  const child = fork(script, redirectUris, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const [{ issuer }] = saidSchema.parse(await once(child, 'message'));
  return { issuer, stop: () => end(child, 'SIGTERM') };
}
