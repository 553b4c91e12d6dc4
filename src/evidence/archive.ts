/** The bundles in a store: each target's in one chain, found by their rollout, with their holds and tombstones. */
import {
  type Bundle,
  holdStepSchema,
  type ListedBundle,
  manifestSchema,
  tombstoneSchema,
} from '../api/contract.ts';
import { SluiceError } from '../domain/errors.ts';
import {
  chainFolder,
  chainKey,
  chainRoot,
  holdFolder,
  type Place,
  placeOf,
  prunedKey,
  runFolder,
} from '../domain/evidence/layout.ts';
import type { HoldStep, Manifest, Tombstone } from '../domain/evidence/types.ts';
import type { TargetId } from '../domain/plan/types.ts';
import type { EvidenceStore } from '../providers/evidence/types.ts';
import type { Signer, TrustedKeys } from './keys.ts';
import { type Unsealed, unseal } from './seal.ts';
import { type Files, manifestFile } from './verify.ts';

export interface Archive {
  readonly store: EvidenceStore;
  readonly retentionDays: number;
  /** Null: nothing is signed. Errors: `evidence-key`. */
  signer(): Promise<Signer | null>;
  /** Errors: `evidence-key`. */
  trusted(): Promise<TrustedKeys>;
}

/** A clock that runs so much ahead of another's may date a bundle before the end of its rollout. */
const skewMs = 3_600_000;
export const dayMs = 86_400_000;

/** Of all targets, or of one. */
export async function placesIn({ store }: Archive, target?: TargetId): Promise<Place[]> {
  const keys = await store.list(target === undefined ? chainRoot : chainFolder(target));
  return keys.flatMap((key) => placeOf(key) ?? []).sort((a, b) => a.position - b.position);
}

/** Null: nothing is there, or what is there is no manifest, which a verification says more of. */
export async function manifestAt(archive: Archive, place: Place): Promise<Unsealed<Manifest> | null> {
  const sealed = await archive.store.get(chainKey(place.target, place.position));
  const reading = sealed === null ? null : unseal(sealed, manifestSchema);
  return reading === null || 'problem' in reading ? null : reading;
}

/** The place of a rollout's bundle. `endedAtMs`: older bundles are not looked through, as they cannot be of it. */
export async function findPlace(
  archive: Archive,
  target: TargetId,
  runId: string,
  endedAtMs = 0,
): Promise<Place | null> {
  for (const place of (await placesIn(archive, target)).reverse()) {
    const found = await manifestAt(archive, place);
    if (found?.body.runId === runId) return place;
    if (found !== null && found.body.collectedAtMs < endedAtMs - skewMs) return null;
  }
  return null;
}

/** The bundle of a rollout, or the target's latest. Errors: `evidence-not-found`. */
export async function placeFor(archive: Archive, target: TargetId, runId?: string): Promise<Place> {
  const place =
    runId === undefined ? (await placesIn(archive, target)).at(-1) : await findPlace(archive, target, runId);
  if (place) return place;
  const which = runId === undefined ? '' : ` for run ${runId}`;
  throw new SluiceError('evidence-not-found', `There is no bundle of ${target}${which}.`);
}

/** Errors: `evidence-damaged` if its manifest is none. */
export async function bundleAt(archive: Archive, place: Place): Promise<Bundle> {
  const found = await manifestAt(archive, place);
  if (found === null) {
    const detail = `The manifest of bundle ${place.position} of ${place.target} is damaged.`;
    throw new SluiceError('evidence-damaged', detail);
  }
  return await bundleOf(archive, found, await holdsOf(archive, found.body));
}

/**
 * As in a list, in which damaged holds of one bundle must not hide the others. It counts as held: what is doubtful is
 * kept.
 */
export async function listedAt(archive: Archive, found: Unsealed<Manifest>): Promise<ListedBundle> {
  try {
    const bundle = await bundleOf(archive, found, await holdsOf(archive, found.body));
    return { ...bundle, problem: null };
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'evidence-damaged')) throw error;
    return { ...(await bundleOf(archive, found, [])), held: true, problem: error.message };
  }
}

async function bundleOf(
  archive: Archive,
  { body, sha256, signedBy }: Unsealed<Manifest>,
  holds: HoldStep[],
): Promise<Bundle> {
  const pruned = await tombstoneOf(archive, body);
  return {
    manifest: body,
    sha256,
    signedBy,
    holds,
    held: holds.at(-1)?.action === 'hold',
    pruned: pruned?.sha256 === sha256 ? pruned : null,
  };
}

/**
 * The steps that count. Where signatures are asked for, a release without a trusted one lifts nothing; a hold without
 * one holds all the same, as what is doubtful is kept. Errors: `evidence-damaged`, `evidence-key`.
 */
export async function holdsOf(
  archive: Archive,
  { target, runId }: Pick<Manifest, 'target' | 'runId'>,
): Promise<HoldStep[]> {
  const steps: HoldStep[] = [];
  for (const key of await archive.store.list(holdFolder(target, runId))) {
    const sealed = await archive.store.get(key);
    if (sealed === null) continue;
    const reading = unseal(sealed, holdStepSchema);
    if ('problem' in reading)
      throw new SluiceError('evidence-damaged', `A hold of ${target} ${reading.problem}.`);
    const { body } = reading;
    if (body.target !== target || body.runId !== runId)
      throw new SluiceError('evidence-damaged', `A hold of ${target} is of another rollout.`);
    if (body.action === 'hold' || (await isTrusted(archive, reading))) steps.push(body);
  }
  return steps;
}

/**
 * Null as well if what is there is not of this bundle, not signed as it should be, or dated before the bundle's time
 * was over.
 */
export async function tombstoneOf(
  archive: Archive,
  { target, position, runId, endedAtMs }: Pick<Manifest, 'target' | 'position' | 'runId' | 'endedAtMs'>,
): Promise<Tombstone | null> {
  const sealed = await archive.store.get(prunedKey(target, position));
  const reading = sealed === null ? null : unseal(sealed, tombstoneSchema);
  if (reading === null || 'problem' in reading) return null;
  const { body } = reading;
  const fits = body.target === target && body.position === position && body.runId === runId;
  const wasDue = body.atMs >= endedAtMs + body.retentionDays * dayMs;
  return fits && wasDue && (await isTrusted(archive, reading)) ? body : null;
}

async function isTrusted(archive: Archive, { fingerprint }: Pick<Unsealed<unknown>, 'fingerprint'>) {
  const trusted = await archive.trusted();
  return trusted.size === 0 || (fingerprint !== null && trusted.has(fingerprint));
}

/** Everything that is there of a bundle, by path, as it would lie in a folder. */
export async function filesAt(archive: Archive, place: Place): Promise<Files> {
  const { store } = archive;
  const sealed = await store.get(chainKey(place.target, place.position));
  const files = new Map<string, Uint8Array>(sealed === null ? [] : [[manifestFile, sealed]]);
  const manifest = (await manifestAt(archive, place))?.body;
  for (const { path, sha256 } of manifest?.files ?? []) {
    const content = await store.get(`${runFolder(place.target, manifest?.runId ?? '')}${sha256}`);
    if (content !== null) files.set(path, content);
  }
  return files;
}
