/** Who may sign: a key, or an identity that a certificate authority has vouched for; checked with Sigstore's own verifier. */
import { createPublicKey } from 'node:crypto';
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
export interface Unusable {
  readonly name: string;
  readonly problem: string;
}

/** Keys and roots are read afresh each time, so that a rotation needs no restart. */
export async function signerOf(
  name: string,
  given: Settings,
  trustedRoot: string | undefined,
): Promise<Signer | Unusable> {
  try {
    const root =
      trustedRoot === undefined
        ? undefined
        : TrustedRoot.fromJSON(JSON.parse(await readFile(trustedRoot, 'utf8')));
    if ('key' in given) {
      const pem = await readSecret(given.key);
      return pem === null
        ? { name, problem: `${placeOf(given.key)} is missing or empty` }
        : keyed(name, pem, given.logged, root);
    }
    if (root === undefined) return { name, problem: 'it needs the trustedRoot of this gate' };
    return keyless(name, given, root);
  } catch (error) {
    return { name, problem: messageOf(error) };
  }
}

function keyed(name: string, pem: string, logged: boolean, root: TrustedRoot | undefined): Signer | Unusable {
  const publicKey = createPublicKey(pem);
  if (logged && root === undefined) return { name, problem: 'it needs the trustedRoot of this gate' };
  const find = () => ({ publicKey, validFor: () => true });
  const trust = root === undefined ? { ...nothing, publicKey: find } : toTrustMaterial(root, find);
  const thresholds = { tlogThreshold: logged ? 1 : 0, ctlogThreshold: 0, timestampThreshold: 0 };
  return {
    name,
    verify({ bundle, payload }) {
      if (bundle.verificationMaterial.content.$case !== 'publicKey')
        throw new Error('it is not signed by a key');
      // A log that nobody asks for need not be one that is known here.
      const seen = logged ? bundle : withoutLog(bundle);
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
  root: TrustedRoot,
): Signer {
  const trust = toTrustMaterial(root);
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
