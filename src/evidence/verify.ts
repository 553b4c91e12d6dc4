/**
 * Says whether a bundle is what it was: every file there, none added, no byte changed, and signed by whom it should be.
 */

import { manifestSchema, type Verification } from '../api/contract.ts';
import type { BundleFile, Manifest } from '../domain/evidence/types.ts';
import { shortId, type TrustedKeys } from './keys.ts';
import { sha256Of, type Unsealed, unseal } from './seal.ts';

/** The name of the sealed manifest in a bundle. */
export const manifestFile = 'manifest.json';

export type Files = ReadonlyMap<string, Uint8Array>;

/** What is known of a bundle before its history has been replayed. */
export type Checked = Omit<Verification, 'ok' | 'replay'> & { readonly manifest: Unsealed<Manifest> | null };

export function checkBundle(files: Files, trusted: TrustedKeys): Checked {
  const sealed = files.get(manifestFile);
  const reading = sealed === undefined ? { problem: 'is missing' } : unseal(sealed, manifestSchema);
  if ('problem' in reading) {
    const problems = [`${manifestFile} ${reading.problem}`];
    return { ...unknown, problems, notes: [], files: files.size, manifest: null };
  }
  const { body, signedBy, fingerprint } = reading;
  const signature = fingerprint === null ? 'none' : trusted.has(fingerprint) ? 'trusted' : 'unknown-key';
  const { target, position, runId } = body;
  return {
    target,
    position,
    runId,
    problems: [...filesWrong(body, files), ...signatureWrong(signature, signedBy, trusted)],
    notes: [...signatureNotes(signature, signedBy, trusted), ...body.missing],
    files: body.files.length,
    signature,
    signedBy,
    manifest: reading,
  };
}

const unknown = { target: null, position: null, runId: null, signature: 'none', signedBy: null } as const;

function filesWrong({ files: named }: Manifest, files: Files): string[] {
  const paths = new Set(named.map(({ path }) => path));
  const added = [...files.keys()].filter((path) => path !== manifestFile && !paths.has(path));
  return [
    ...named.flatMap((file) => fileWrong(file, files.get(file.path))),
    ...added.map((path) => `${path} was added`),
  ];
}

function fileWrong({ path, bytes, sha256 }: BundleFile, content: Uint8Array | undefined): string[] {
  if (content === undefined) return [`${path} is missing`];
  if (content.byteLength !== bytes) return [`${path} has ${content.byteLength} bytes, and had ${bytes}`];
  const named = /^reports\/(.*)$/.exec(path)?.[1];
  if (named !== undefined && named !== sha256) return [`${path} is not the report that its name says`];
  return sha256Of(content) === sha256 ? [] : [`${path} was changed: its hash is not that of the manifest`];
}

function signatureWrong(
  signature: Verification['signature'],
  signedBy: string | null,
  trusted: TrustedKeys,
): string[] {
  if (trusted.size === 0 || signature === 'trusted') return [];
  const known = [...trusted].map(shortId).join(', ');
  if (signature === 'none') return [`it is not signed, and should be by one of the keys ${known}`];
  return [`it is signed by the key ${signedBy}, and should be by one of ${known}`];
}

function signatureNotes(
  signature: Verification['signature'],
  signedBy: string | null,
  trusted: TrustedKeys,
): string[] {
  if (signature === 'none' && trusted.size === 0)
    return ['it is not signed: whoever could write to the store could have made it anew'];
  if (signature === 'unknown-key' && trusted.size === 0)
    return [
      `it is signed by the key ${signedBy}; whose that is was not checked, since no public key was given`,
    ];
  return [];
}

/** Whether bundles that follow each other do. In order of their positions; gaps are for the caller to judge. */
export function linksWrong(bundles: readonly Pick<Unsealed<Manifest>, 'body' | 'sha256'>[]): string[] {
  return bundles.slice(1).flatMap(({ body: { position, previous } }, index) => {
    const before = bundles[index];
    if (before === undefined || before.body.position !== position - 1) return [];
    if (previous?.position === position - 1 && previous.sha256 === before.sha256) return [];
    return [`bundle ${position} does not continue bundle ${position - 1}: it names another manifest`];
  });
}
