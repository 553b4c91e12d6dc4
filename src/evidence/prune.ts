/**
 * Deletes the files of bundles whose time is over and that nobody holds. Manifests stay, so that the chain can be
 * checked.
 */
import type { PruneAnswer } from '../api/contract.ts';
import { messageOf, SluiceError } from '../domain/errors.ts';
import { type Place, placeOf, prunedKey, prunedRoot, runFolder } from '../domain/evidence/layout.ts';
import type { Manifest, Tombstone } from '../domain/evidence/types.ts';
import { type Archive, dayMs, holdsOf, manifestAt, placesIn, tombstoneOf } from './archive.ts';
import { forgetRequests } from './requests.ts';
import { seal, type Unsealed } from './seal.ts';

/** So long after a bundle was pruned it is looked whether a run that died has left some of its files. */
const leftoversForMs = 7 * dayMs;
/** Nothing is half written for longer, unless whoever wrote it has died. */
const unfinishedForMs = dayMs;

interface PruneOptions {
  readonly by: string;
  readonly nowMs: number;
  /** What is due, and which old requests are forgotten, goes by this moment. Default: `nowMs`. */
  readonly dueAtMs?: number;
  readonly dryRun?: boolean;
  /**
   * What it has pruned already counts as pruned by it, when it died half-way and comes again. Default: it comes once.
   */
  readonly request?: string;
}

export async function prune(archive: Archive, options: PruneOptions): Promise<PruneAnswer> {
  const { retentionDays } = archive;
  const before = new Set((await archive.store.list(prunedRoot)).map(idOfKey));
  const answer: PruneAnswer = {
    retentionDays,
    dryRun: options.dryRun === true,
    pruned: [],
    held: [],
    problems: [],
  };
  for (const place of await placesIn(archive)) {
    try {
      if (before.has(idOf(place))) await finish(archive, place, options, answer);
      else await consider(archive, place, options, answer);
    } catch (error) {
      answer.problems.push(`bundle ${place.position} of ${place.target}: ${messageOf(error)}`);
    }
  }
  if (!options.dryRun) await tidyUp(archive, options, answer);
  return answer;
}

async function tidyUp(
  archive: Archive,
  { nowMs, dueAtMs = nowMs }: PruneOptions,
  { problems }: PruneAnswer,
): Promise<void> {
  const tried = (what: string, work: Promise<void> | undefined) =>
    work?.catch((error: unknown) => void problems.push(`${what}: ${messageOf(error)}`));
  await tried('what was left half written', archive.store.tidy?.(nowMs - unfinishedForMs));
  // A request that goes on must not forget itself, as its answer is put beside it.
  await tried('what was kept of old requests', forgetRequests(archive, dueAtMs));
}

async function consider(
  archive: Archive,
  place: Place,
  options: PruneOptions,
  answer: PruneAnswer,
): Promise<void> {
  const { dueAtMs = options.nowMs, dryRun } = options;
  const found = await manifestAt(archive, place);
  if (found === null) {
    answer.problems.push(`bundle ${place.position} of ${place.target}: its manifest is damaged`);
    return;
  }
  if (found.body.endedAtMs + archive.retentionDays * dayMs > dueAtMs) return;
  const told = toldOf(found.body);
  if (await isHeld(archive, found.body)) answer.held.push(told);
  else if (dryRun || (await bury(archive, found, options))) answer.pruned.push(told);
  else answer.held.push(told);
}

function toldOf({ target, position, runId, version, endedAtMs }: Manifest): PruneAnswer['pruned'][number] {
  return { target, position, runId, version, endedAtMs };
}

/** False: somebody set a hold at the same moment, which comes first. */
async function bury(
  archive: Archive,
  { body, sha256 }: Unsealed<Manifest>,
  { by, nowMs, request }: PruneOptions,
): Promise<boolean> {
  const { target, runId, position, files } = body;
  const tombstone: Tombstone = {
    ...{ target, runId, position, sha256 },
    ...{ files: files.length, retentionDays: archive.retentionDays, by, atMs: nowMs },
    ...(request === undefined ? {} : { request }),
  };
  // First the stone: files that are gone without one would look like a crime.
  await archive.store.put(prunedKey(target, position), seal(tombstone, await archive.signer()));
  if (await isHeld(archive, body)) {
    await archive.store.delete(prunedKey(target, position));
    return false;
  }
  await removeFiles(archive, body);
  return true;
}

async function finish(
  archive: Archive,
  place: Place,
  { nowMs, dryRun, request }: PruneOptions,
  answer: PruneAnswer,
): Promise<void> {
  if (dryRun) return;
  const found = await manifestAt(archive, place);
  if (found === null) return;
  const { target, runId } = found.body;
  const tombstone = await tombstoneOf(archive, found.body);
  if (tombstone?.sha256 !== found.sha256) {
    if ((await archive.store.list(runFolder(target, runId))).length === 0) return;
    throw new SluiceError('evidence-damaged', 'its tombstone is not one that counts, so its files stay');
  }
  const own = request !== undefined && tombstone.request === request;
  if (own) answer.pruned.push(toldOf(found.body));
  const over = !own && nowMs - tombstone.atMs >= leftoversForMs;
  if (over || (await isHeld(archive, found.body))) return;
  await removeFiles(archive, found.body);
}

/** Gates left their raw reports under the run that was under way then. */
async function removeFiles({ store }: Archive, { target, runId, runs }: Manifest): Promise<void> {
  for (const run of new Set([runId, ...runs])) {
    for (const key of await store.list(runFolder(target, run))) await store.delete(key);
  }
}

async function isHeld(archive: Archive, bundle: Manifest): Promise<boolean> {
  return (await holdsOf(archive, bundle)).at(-1)?.action === 'hold';
}

function idOf({ target, position }: Place): string {
  return `${target}#${position}`;
}

function idOfKey(key: string): string {
  const place = placeOf(key);
  return place === null ? key : idOf(place);
}
