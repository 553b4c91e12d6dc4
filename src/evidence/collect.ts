/**
 * Writes the bundle of a rollout that has ended: its files first, then its place in the chain, which makes it a bundle.
 */
import { manifestSchema } from '../api/contract.ts';
import { eventsOf, timeOf } from '../audit/history.ts';
import { SluiceError } from '../domain/errors.ts';
import { chainKey, runFolder } from '../domain/evidence/layout.ts';
import { type BundleRef, type Manifest, manifestFormat } from '../domain/evidence/types.ts';
import { type Archive, findPlace, placesIn } from './archive.ts';
import { type Content, contentOf, type RolloutRecord } from './content.ts';
import { seal, sha256Of, unseal } from './seal.ts';

interface CollectOptions {
  readonly versions: unknown;
  readonly nowMs: () => number;
}

interface Collected {
  readonly position: number;
  /** False: it was there before. */
  readonly created: boolean;
}

/** So often another rollout of the target may be quicker. */
const maxRaces = 20;

/** Safe to repeat, and to do in two places at once. Errors: `evidence-unavailable`, `evidence-key`. */
export async function collect(
  archive: Archive,
  rollout: RolloutRecord,
  { versions, nowMs }: CollectOptions,
): Promise<Collected> {
  const target = `${rollout.environment}/${rollout.service}`;
  const last = eventsOf(rollout.runs).at(-1);
  const find = () => findPlace(archive, target, rollout.runId, last ? timeOf(last) : 0);
  const before = await find();
  if (before !== null) return { position: before.position, created: false };
  const signer = await archive.signer();
  const content = await contentOf(rollout, { versions, report: (key) => archive.store.get(key) });
  await putFiles(archive, target, rollout.runId, content);
  for (let race = 0; race < maxRaces; race++) {
    const head = await headOf(archive, target);
    // Another collector may have come first while the content was made.
    const other = await find();
    if (other !== null) return { position: other.position, created: false };
    const position = (head.ref?.position ?? 0) + 1;
    const manifest = manifestOf(content, head, { position, collectedAtMs: nowMs() });
    const sealed = seal(manifest, signer);
    if (await archive.store.put(chainKey(target, position), sealed)) return { position, created: true };
  }
  throw new SluiceError(
    'evidence-unavailable',
    `Others were quicker ${maxRaces} times in the chain of ${target}.`,
  );
}

async function putFiles(
  { store }: Archive,
  target: string,
  runId: string,
  { files }: Content,
): Promise<void> {
  // What is there by that name has that content: the name is its hash.
  for (const { content } of files.values()) {
    await store.put(`${runFolder(target, runId)}${sha256Of(content)}`, content);
  }
}

interface Head {
  readonly ref: BundleRef | null;
  readonly notes: readonly string[];
}

/** A damaged manifest ends no chain: what follows it names the hash of what lay there, and says so. */
async function headOf(archive: Archive, target: string): Promise<Head> {
  const place = (await placesIn(archive, target)).at(-1);
  const sealed = place && (await archive.store.get(chainKey(target, place.position)));
  if (!place || !sealed) return { ref: null, notes: [] };
  const { position } = place;
  const reading = unseal(sealed, manifestSchema);
  if (!('problem' in reading)) return { ref: { position, sha256: reading.sha256 }, notes: [] };
  const note = `the manifest of bundle ${position} ${reading.problem}, so that this one cannot vouch for it`;
  return { ref: { position, sha256: sha256Of(sealed) }, notes: [note] };
}

function manifestOf(
  { facts, files }: Content,
  head: Head,
  place: Pick<Manifest, 'position' | 'collectedAtMs'>,
): Manifest {
  const named = [...files].map(([path, { mediaType, content }]) => ({
    path,
    mediaType,
    bytes: content.byteLength,
    sha256: sha256Of(content),
  }));
  return {
    format: manifestFormat,
    ...facts,
    ...place,
    previous: head.ref,
    files: named.sort((a, b) => (a.path < b.path ? -1 : 1)),
    missing: [...facts.missing, ...head.notes],
  };
}
