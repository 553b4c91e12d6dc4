/** Signatures as Sigstore bundles, whatever form they were found in; nothing is believed of them here. */
import { createHash } from 'node:crypto';
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { z } from 'zod';
import { messageOf } from '../../../domain/errors.ts';
import { type Claim, readPayload, readStatement } from '../../../domain/gates/claim.ts';
import { parsedJson } from '../../../domain/parsed-json.ts';

export interface Candidate {
  /** Where it was found, for people. */
  readonly from: string;
  readonly bundle: Bundle;
  /** What was signed, if the bundle does not hold it. */
  readonly payload: Buffer | null;
  readonly claim: Claim;
  /** Word by word. */
  readonly raw: string;
}

export type Reading = Candidate | { readonly from: string; readonly problem: string };

/** A bundle, as cosign writes it and `gh attestation download`, which puts one on each line. */
export function readBundles(from: string, text: string): readonly Reading[] {
  const whole = parsedJson(text);
  if (whole !== null) return [fromBundle(from, whole, text)];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => fromBundle(`${from}, line ${at + 1}`, parsedJson(line), line));
}

function fromBundle(from: string, value: unknown, raw: string): Reading {
  try {
    const bundle = bundleFromJSON(value);
    if (bundle.content.$case !== 'dsseEnvelope')
      return { from, problem: 'it signs a file, and says nothing of an image' };
    const { payloadType, payload } = bundle.content.dsseEnvelope;
    const claim = readStatement(payloadType, payload.toString('utf8'));
    return claim === null ? unread(from) : { from, bundle, payload: null, claim, raw };
  } catch (error) {
    return { from, problem: `it is no Sigstore bundle: ${messageOf(error)}` };
  }
}

/** What stands beside a signature or attestation under a tag. */
export type Annotations = Readonly<Record<string, string>>;

/** A signature in a layer: the payload is the layer, the rest are annotations. */
export function fromPayload(from: string, text: string, annotations: Annotations): Reading {
  const claim = readPayload(text);
  const signature = annotations['dev.cosignproject.cosign/signature'];
  if (claim === null || signature === undefined) return unread(from);
  const payload = Buffer.from(text, 'utf8');
  const digest = createHash('sha256').update(payload).digest('base64');
  return assembled(from, claim, payload, annotations, {
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature },
  });
}

const envelope = z.object({ payloadType: z.string(), payload: z.string() });

/** An attestation in a layer: the layer is the envelope. */
export function fromEnvelope(from: string, text: string, annotations: Annotations): Reading {
  const { data } = envelope.safeParse(parsedJson(text));
  const claim = data && readStatement(data.payloadType, Buffer.from(data.payload, 'base64').toString('utf8'));
  return claim ? assembled(from, claim, null, annotations, { dsseEnvelope: parsedJson(text) }) : unread(from);
}

function unread(from: string): Reading {
  return { from, problem: 'it is no signature or statement of an image that can be read' };
}

function assembled(
  from: string,
  claim: Claim,
  payload: Buffer | null,
  annotations: Annotations,
  content: object,
): Reading {
  try {
    const mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
    const whole = { mediaType, verificationMaterial: materialOf(annotations), ...content };
    return { from, bundle: bundleFromJSON(whole), payload, claim, raw: JSON.stringify(whole) };
  } catch (error) {
    return { from, problem: `it cannot be read: ${messageOf(error)}` };
  }
}

const logEntry = z.object({
  SignedEntryTimestamp: z.string(),
  Payload: z.object({
    body: z.string(),
    integratedTime: z.number(),
    logIndex: z.number(),
    logID: z.string(),
  }),
});
const body = z.object({ kind: z.string(), apiVersion: z.string() });
const stamp = z.object({ SignedRFC3161Timestamp: z.string() });

/** Throws if an annotation is there and cannot be read. */
function materialOf(annotations: Annotations): object {
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  const log = annotations['dev.sigstore.cosign/bundle'];
  const time = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  const rfc3161Timestamps =
    time === undefined ? [] : [{ signedTimestamp: stamp.parse(JSON.parse(time)).SignedRFC3161Timestamp }];
  return {
    ...(certificate === undefined
      ? { publicKey: { hint: '' } }
      : { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] } }),
    tlogEntries: log === undefined ? [] : [entryOf(log)],
    timestampVerificationData: { rfc3161Timestamps },
  };
}

function entryOf(text: string): object {
  const { SignedEntryTimestamp, Payload } = logEntry.parse(JSON.parse(text));
  const { kind, apiVersion: version } = body.parse(
    JSON.parse(Buffer.from(Payload.body, 'base64').toString('utf8')),
  );
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

function derOf(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}
