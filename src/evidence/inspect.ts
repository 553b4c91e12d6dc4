/** Verifies a bundle where it is kept: its files, its signature, the whole chain of its target, and the replay. */
import { manifestSchema, type Verification } from '../api/contract.ts';
import { chainKey, type Place } from '../domain/evidence/layout.ts';
import type { Manifest } from '../domain/evidence/types.ts';
import { type Archive, filesAt, placesIn, tombstoneOf } from './archive.ts';
import type { BundleReplay } from './replay.ts';
import { type Unsealed, unseal } from './seal.ts';
import { type Checked, checkBundle, type Files, linksWrong } from './verify.ts';

export async function inspect(archive: Archive, place: Place, replay: BundleReplay): Promise<Verification> {
  const [files, trusted] = await Promise.all([filesAt(archive, place), archive.trusted()]);
  const { manifest, ...checked } = checkBundle(files, trusted);
  const pruned = manifest && (await tombstoneOf(archive, manifest.body));
  const chain = await chainWrong(archive, place);
  const misplaced = manifest === null ? [] : placeWrong(manifest.body, place);
  if (pruned !== null && manifest !== null && pruned.sha256 === manifest.sha256) {
    const when = new Date(pruned.atMs).toISOString();
    const note = `its ${pruned.files} files were deleted at ${when}, after ${pruned.retentionDays} days; its manifest was checked`;
    const problems = [...checked.problems.filter((problem) => !isMissing(problem)), ...chain, ...misplaced];
    return { ...checked, problems, notes: [...checked.notes, note], ok: problems.length === 0, replay: null };
  }
  return await concluded(
    { ...checked, manifest, problems: [...checked.problems, ...chain, ...misplaced] },
    files,
    replay,
  );
}

/** With the replay, where the files are sound enough for one. */
export async function concluded(
  { manifest, ...checked }: Checked,
  files: Files,
  replay: BundleReplay,
): Promise<Verification> {
  if (manifest === null || checked.problems.length > 0) return { ...checked, ok: false, replay: null };
  const { sound, told } = await replay(files, manifest.body);
  return { ...checked, ok: sound, replay: told };
}

function isMissing(problem: string): boolean {
  return problem.endsWith(' is missing');
}

function placeWrong({ target, position }: Manifest, place: Place): string[] {
  if (target === place.target && position === place.position) return [];
  return [
    `it lies where bundle ${place.position} of ${place.target} should, and is bundle ${position} of ${target}`,
  ];
}

/**
 * Every manifest of the target, from its first bundle on: none missing, each in its place and naming the one before.
 */
async function chainWrong(archive: Archive, asked: Place): Promise<string[]> {
  const { target } = asked;
  const places = await placesIn(archive, target);
  const problems: string[] = [];
  const found: Unsealed<Manifest>[] = [];
  for (const [index, { position }] of places.entries()) {
    if (position !== (places[index - 1]?.position ?? 0) + 1)
      problems.push(`bundles before ${position} are missing`);
    const sealed = await archive.store.get(chainKey(target, position));
    const reading = sealed === null ? { problem: 'is missing' } : unseal(sealed, manifestSchema);
    if ('problem' in reading) problems.push(`the manifest of bundle ${position} ${reading.problem}`);
    else {
      found.push(reading);
      problems.push(...exchanged(reading.body, { target, position }, asked));
    }
  }
  return [...problems, ...linksWrong(found)];
}

function exchanged(body: Manifest, place: Place, asked: Place): string[] {
  const here = `bundle ${place.position}`;
  if (body.target !== place.target || body.position !== place.position) {
    // Of the one that was asked for it is said already.
    const known = place.position === asked.position;
    return known ? [] : [`${here} was exchanged: it is bundle ${body.position} of ${body.target}`];
  }
  return place.position === 1 && body.previous !== null ? [`${here} names one before it`] : [];
}
