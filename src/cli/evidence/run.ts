/** What the other verbs of `sluice evidence` do: list, show, get, collect, hold, release and prune. */
import { stat } from 'node:fs/promises';
import { writeBundle } from '../../evidence/folder.ts';
import { unpackTar } from '../../evidence/tar.ts';
import { badInput } from '../cli-error.ts';
import { strange } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import { notWritten } from '../file-error.ts';
import type { Io } from '../io.ts';
import type { Target } from '../target.ts';
import { moreLines, stamp, table, writeJson, writeLines } from '../text.ts';
import { type CommonOptions, clientOf, defaultActor, type KeyedOptions, onceOf } from '../verb.ts';
import { bundleHeader, bundleLines, bundleRow } from './text.ts';

export interface ListOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface OneOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

export interface GetOptions extends OneOptions {
  readonly out: string;
}

export interface CollectOptions extends OneOptions, KeyedOptions {}

export interface HoldOptions extends OneOptions, KeyedOptions {
  readonly action: 'hold' | 'release';
  readonly reason: string;
  readonly actor?: string;
}

export interface PruneOptions extends KeyedOptions {
  readonly actor?: string;
  readonly dryRun?: boolean;
}

export async function runList(
  { environment, service, limit, cursor, ...options }: ListOptions,
  io: Io,
): Promise<number> {
  const filters = { environment, service, limit, cursor };
  const { value, raw } = await clientOf(options, io).ask('listEvidence', filters);
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const { bundles, total, damaged, failing, next } = value;
  writeLines(io.out, bundles.length === 0 ? ['no bundles'] : table(bundleHeader, bundles.map(bundleRow)));
  writeLines(io.err, [
    ...(next === null ? [] : [`${bundles.length} of ${total}`, ...moreLines(next)]),
    ...bundles.flatMap(({ manifest: { position, target }, problem }) =>
      problem === null ? [] : [`damaged: bundle ${position} of ${target}, which counts as held: ${problem}`],
    ),
    ...damaged.map(({ target, position }) => `damaged: the manifest of bundle ${position} of ${target}`),
    ...failing.map(
      ({ target, runId, tries, problem }) =>
        `not kept yet: ${target}, run ${runId}, after ${tries} tries: ${problem}`,
    ),
  ]);
  return exitCodes.ok;
}

export async function runShow({ target, run, ...options }: OneOptions, io: Io): Promise<number> {
  const { value, raw } = await clientOf(options, io).ask('getEvidence', { ...target, run });
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, bundleLines(value));
  return exitCodes.ok;
}

export async function runGet({ target, run, out, ...options }: GetOptions, io: Io): Promise<number> {
  if (await isThere(out))
    throw badInput(`${out} is there already.`, 'Name a new folder, or a new file that ends with .tar.');
  const client = clientOf(options, io);
  const files = unpackTar(Buffer.from(await client.download('downloadEvidence', { ...target, run })));
  if (files === null) throw strange(client.url, 'no archive of evidence');
  await writeBundle(out, files).catch((error: unknown) => {
    throw notWritten('The bundle', out, error);
  });
  if (options.json) writeJson(io.out, { out, files: [...files.keys()] });
  else
    writeLines(io.out, [
      `${files.size} files in ${out}; check them with: sluice evidence verify ${shownPath(out)}`,
    ]);
  return exitCodes.ok;
}

export async function runCollect({ target, run, ...options }: CollectOptions, io: Io): Promise<number> {
  const request = { ...target, run, body: {} };
  const { value, raw } = await clientOf(options, io).ask('collectEvidence', request, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [...(value.created ? [] : ['it was there already']), ...bundleLines(value.bundle)]);
  return exitCodes.ok;
}

export async function runHold(
  { target, run, action, reason, actor, ...options }: HoldOptions,
  io: Io,
): Promise<number> {
  const body = { actor: actor ?? defaultActor(io), reason };
  const operation = action === 'hold' ? 'holdEvidence' : 'releaseEvidence';
  const request = { ...target, run, body };
  const { value, raw } = await clientOf(options, io).ask(operation, request, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else {
    const { position, target: name } = value.manifest;
    writeLines(io.out, [`bundle ${position} of ${name} is ${value.held ? 'held' : 'not held'}`]);
  }
  return exitCodes.ok;
}

export async function runPrune({ actor, dryRun, ...options }: PruneOptions, io: Io): Promise<number> {
  const body = { actor: actor ?? defaultActor(io), ...(dryRun ? { dryRun } : {}) };
  const { value, raw } = await clientOf(options, io).ask('pruneEvidence', { body }, onceOf(options));
  const { pruned, held, problems, retentionDays } = value;
  if (options.json) writeJson(io.out, raw);
  else {
    const line = (what: string) => (one: (typeof pruned)[number]) =>
      `${what}: bundle ${one.position} of ${one.target} (${one.version ?? '?'}), which ended ${stamp(one.endedAtMs)} UTC`;
    writeLines(io.out, [
      ...pruned.map(line(dryRun ? 'would be pruned' : 'pruned')),
      ...held.map(line('held')),
      `${pruned.length} past ${retentionDays} days${dryRun ? ' would go' : ' gone'}, ${held.length} held`,
    ]);
    writeLines(io.err, problems);
  }
  return problems.length === 0 ? exitCodes.ok : exitCodes.failure;
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function shownPath(path: string): string {
  return path.startsWith('/') || path.startsWith('.') || path.endsWith('.tar') ? path : `./${path}`;
}
