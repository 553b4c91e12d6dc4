/** `sluice evidence verify`: through the API, or without one for bundles in folders and archives. */
import { readFile } from 'node:fs/promises';
import type { Verification } from '../../api/contract.ts';
import { createReplay } from '../../audit/replay.ts';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/evidence/types.ts';
import { readFingerprint } from '../../evidence/keys.ts';
import type { Unsealed } from '../../evidence/seal.ts';
import { checkBundle, linksWrong } from '../../evidence/verify.ts';
import { bundlePath } from '../../worker/bundle-path.ts';
import { badInput } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { writeJson, writeLines } from '../text.ts';
import { type CommonOptions, clientOf } from '../verb.ts';
import { bundleAt, isPath, targetNamed } from './path.ts';
import { verificationLines } from './text.ts';

export interface VerifyOptions extends CommonOptions {
  readonly what: readonly string[];
  readonly run?: string;
  /** Files with public keys. */
  readonly key?: readonly string[];
}

interface Verified {
  readonly what: string;
  readonly found: Verification;
}

export async function runVerify(options: VerifyOptions, io: Io): Promise<number> {
  const local = options.what.filter(isPath);
  if (local.length > 0 && local.length < options.what.length)
    throw badInput('Bundles on disk and rollouts were named together.', 'Verify one kind at a time.');
  const verified = local.length > 0 ? await offline(options) : await online(options, io);
  if (options.json)
    writeJson(io.out, verified.length === 1 ? verified[0]?.found : verified.map(({ found }) => found));
  else
    writeLines(
      io.out,
      verified.flatMap(({ what, found }) => verificationLines(found, what)),
    );
  return verified.every(({ found }) => found.ok) ? exitCodes.ok : exitCodes.failure;
}

async function online({ what, run, key, ...options }: VerifyOptions, io: Io): Promise<Verified[]> {
  if (key) throw badInput('--key is for bundles on disk.', 'The API has its own trusted keys.');
  const client = clientOf(options, io);
  const verified: Verified[] = [];
  for (const one of what) {
    const { value: found } = await client.ask('verifyEvidence', { ...targetNamed(one), run });
    verified.push({ what: one, found });
  }
  return verified;
}

async function offline({ what, key: keys = [] }: VerifyOptions): Promise<Verified[]> {
  const trusted = new Set(await Promise.all(keys.map(keyIdIn)));
  // Reading histories takes half of Temporal's client, which no other verb needs.
  const { concluded } = await import('../../evidence/inspect.ts');
  const { createBundleReplay } = await import('../../evidence/replay.ts');
  const replay = createBundleReplay(bundlePath, createReplay(bundlePath));
  const verified: (Verified & { manifest: Unsealed<Manifest> | null })[] = [];
  for (const path of what) {
    const files = await bundleAt(path);
    const checked = checkBundle(files ?? new Map(), trusted);
    const found = files === null ? { ...checked, problems: [damagedArchive] } : checked;
    verified.push({
      what: path,
      manifest: checked.manifest,
      found: await concluded(found, files ?? new Map(), replay),
    });
  }
  return linked(verified);
}

const damagedArchive = 'the archive is not, byte for byte, as it was written';

/** Bundles of one target that were given together must follow each other. */
function linked(verified: readonly (Verified & { manifest: Unsealed<Manifest> | null })[]): Verified[] {
  const known = verified.flatMap(({ manifest }) => manifest ?? []);
  return verified.map(({ what, found, manifest }) => {
    if (manifest === null) return { what, found };
    const { target, position, previous } = manifest.body;
    const before = known.find(({ body }) => body.target === target && body.position === position - 1);
    if (before === undefined) {
      const note = previous ? [`it continues bundle ${previous.position}, which was not given`] : [];
      return { what, found: { ...found, notes: [...found.notes, ...note] } };
    }
    const problems = [...found.problems, ...linksWrong([before, manifest])];
    return { what, found: { ...found, problems, ok: found.ok && problems.length === 0 } };
  });
}

async function keyIdIn(file: string): Promise<string> {
  try {
    await readFile(file);
    return await readFingerprint({ file });
  } catch (error) {
    const why = error instanceof SluiceError ? error.message : messageOf(error);
    throw badInput(
      `The key ${file} cannot be used: ${why}`,
      'Give a file with an Ed25519 public key as PEM.',
    );
  }
}
