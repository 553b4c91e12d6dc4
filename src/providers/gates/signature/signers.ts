/**
 * Who may sign: a key, or an identity that a certificate authority has vouched for; checked with Sigstore's own
 * verifier.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { z } from 'zod';
import { messageOf } from '../../../domain/errors.ts';
import { fits } from '../../../domain/gates/pattern.ts';
import { placeOf, readSecret, secretSource } from '../../secret.ts';
import type { Candidate } from './candidate.ts';

const keySigner = z.strictObject({
  key: secretSource.describe('Where to read the public key, as PEM.'),
  logged: z.boolean().default(false).describe('It must be in a transparency log of the trusted root.'),
});

const keylessSigner = z.strictObject({
  issuer: z
    .url()
    .describe('Who has vouched for the identity, such as https://token.actions.githubusercontent.com.'),
  subject: z
    .string()
    .min(2)
    .max(500)
    .describe('The identity: an address or e-mail; `*` at the end means all that begin so.'),
  logged: z
    .boolean()
    .default(true)
    .describe(
      'Signature and certificate must be in transparency logs of the trusted root; a timestamp is needed anyway.',
    ),
});

export const signerSchema = z.union([keySigner, keylessSigner]);
type Settings = z.output<typeof signerSchema>;

export interface Signer {
  readonly name: string;
  /** Who it was, in words. Throws if it was not this signer. */
  verify(candidate: Candidate): string;
}

/** A signer that cannot be asked; people see to it. */
interface Unusable {
  readonly name: string;
  readonly problem: string;
}

/** Keys and roots are read afresh each time, so that a rotation needs no restart. */
export async function signerOf(
  name: string,
  given: Settings,
  trustedRoot: string | undefined,
): Promise<Signer | Unusable> {
  const root = given.logged || !('key' in given) ? await rootAt(trustedRoot) : null;
  if (root !== null && 'problem' in root) return { name, problem: root.problem };
  if (!('key' in given)) return root === null ? { name, problem: noRoot } : keyless(name, given, root.trust);
  const pem = await readSecret(given.key);
  if (pem === null) return { name, problem: `${placeOf(given.key)} is missing or empty` };
  try {
    return keyed(name, createPublicKey(pem), root?.trust ?? null);
  } catch {
    return { name, problem: `${placeOf(given.key)} holds no public key in PEM` };
  }
}

const noRoot = 'it needs the trustedRoot of this gate';

async function rootAt(
  path: string | undefined,
): Promise<{ readonly trust: TrustMaterial } | { readonly problem: string }> {
  if (path === undefined) return { problem: noRoot };
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(await readFile(path, 'utf8')));
    // Whatever else a document says would read as a root that trusts nobody.
    if (!root.mediaType.includes('.sigstore.trustedroot'))
      throw new Error(`it is of type ${root.mediaType || 'none'}`);
    return { trust: toTrustMaterial(root) };
  } catch (error) {
    return { problem: `${path} is no trusted root: ${messageOf(error)}` };
  }
}

/** `root`: it must be in a log of it; null: in none. */
function keyed(name: string, publicKey: KeyObject, root: TrustMaterial | null): Signer {
  const find = () => ({ publicKey, validFor: () => true });
  const trust = { ...(root ?? nothing), publicKey: find };
  const thresholds = { tlogThreshold: root === null ? 0 : 1, ctlogThreshold: 0, timestampThreshold: 0 };
  return {
    name,
    verify({ bundle, payload }) {
      if (bundle.verificationMaterial.content.$case !== 'publicKey')
        throw new Error('it is not signed by a key');
      // A log that nobody asks for need not be one that is known here.
      const seen = root === null ? withoutLog(bundle) : bundle;
      new Verifier(trust, thresholds).verify(toSignedEntity(seen, payload ?? undefined));
      return `the key ${name}`;
    },
  };
}

const nothing: Omit<TrustMaterial, 'publicKey'> = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
};

function withoutLog(bundle: Bundle): Bundle {
  const { verificationMaterial: material } = bundle;
  return {
    ...bundle,
    verificationMaterial: { ...material, tlogEntries: [], timestampVerificationData: undefined },
  };
}

function keyless(
  name: string,
  { issuer, subject, logged }: z.output<typeof keylessSigner>,
  trust: TrustMaterial,
): Signer {
  const logs = logged ? 1 : 0;
  const thresholds = { tlogThreshold: logs, ctlogThreshold: logs, timestampThreshold: 1 };
  return {
    name,
    verify({ bundle, payload }) {
      if (bundle.verificationMaterial.content.$case === 'publicKey') throw new Error('it has no certificate');
      const { identity } = new Verifier(trust, thresholds).verify(
        toSignedEntity(bundle, payload ?? undefined),
      );
      const [who, by] = [identity?.subjectAlternativeName, identity?.extensions?.issuer];
      if (by !== issuer) throw new Error(`it is vouched for by ${by ?? 'nobody'}`);
      if (who === undefined || !fits(subject, who)) throw new Error(`it is signed by ${who ?? 'nobody'}`);
      return `${who} (${name})`;
    },
  };
}
