/** What all verbs share: how a command line becomes options, and options become an exit code. */
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { CallOptions } from '../client/types.ts';
import { apiAddressOf, tokenFor } from './api-url.ts';
import { type ApiClient, createClient } from './client.ts';
import { type Ends, exitCodeHelp } from './exit-codes.ts';
import type { Io } from './io.ts';

export interface CommonOptions {
  readonly api?: string;
  /** Of the user's contexts, the one to use. */
  readonly context?: string;
  readonly json?: boolean;
}

export interface KeyedOptions extends CommonOptions {
  readonly idempotencyKey?: string;
}

export type Run<O> = (options: O, io: Io) => Promise<number>;
/** Carries a verb out: gives it its io, keeps its exit code, tells its failure. */
export type Act = (options: CommonOptions, job: (io: Io) => Promise<number>) => Promise<void>;

/** A command with the options that every verb has that asks the API. */
export function verb(name: string, description: string, ends: Ends = 'asks'): Command {
  return apiOptions(new Command(name).description(description))
    .option('--json', 'print JSON for machines')
    .addHelpText('after', exitCodeHelp(ends));
}

/** Which API is meant. */
export function apiOptions(command: Command): Command {
  return command
    .option(
      '--api <url>',
      'address of the API (default: SLUICE_API, the context, the local stack, http://127.0.0.1:8080)',
    )
    .option('--context <name>', 'the API of this context (default: SLUICE_CONTEXT, the current context)');
}

export function clientOf(options: CommonOptions, io: Io): ApiClient {
  const address = apiAddressOf(options, io);
  return createClient(address.url, io, tokenFor(address, io)?.value);
}

/** For what changes something: whoever does not know whether it was heard sends it again under the same key. */
export function keyOption(command: Command): Command {
  return command.option('--idempotency-key <key>', 'the same key is carried out once');
}

export function onceOf({ idempotencyKey }: KeyedOptions): CallOptions {
  return idempotencyKey === undefined ? {} : { idempotencyKey };
}

/** Who asks, unless `--actor` says otherwise: the user of the operating system. */
export function defaultActor({ env }: Pick<Io, 'env'>): string {
  if (env.USER) return env.USER;
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** A duration in whole seconds on the command line. */
export function parseSeconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number of seconds.');
}

/** How many entries a list may have on one page. */
export function parseLimit(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 200) return Number(text);
  throw new InvalidArgumentError('Give a number from 1 to 200.');
}

/** Which page of a list. */
export function pagingOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'at most so many', parseLimit)
    .option('--cursor <cursor>', 'go on where an earlier list ended');
}

export function collect<T>(
  parse: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}
