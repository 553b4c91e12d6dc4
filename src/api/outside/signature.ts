/** Whether a posted event comes from somebody who knows a secret, and was signed only now. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '../../domain/errors.ts';

export const signatureHeader = 'x-sluice-signature';

/** A delivery that was signed longer ago, or in the future by as much, may be a recorded one. */
const toleranceMs = 5 * 60_000;

/** `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`; several v1 while a sender changes its secret. */
export function signatureOf(body: string | Buffer, secret: string, seconds: number): string {
  return `t=${seconds},v1=${macOf(body, secret, String(seconds)).toString('hex')}`;
}

/**
 * When the body was signed, epoch milliseconds. Throws `signature-invalid` and `signature-expired`. Time and secrets
 * are both looked at only after the signature was found good, so that a wrong one learns nothing.
 */
export function verifySignature(
  header: string,
  body: Buffer,
  secrets: readonly string[],
  nowMs: number,
): number {
  const fields = header.split(',').map((part) => part.trim());
  const time = /^t=(\d{1,12})$/.exec(fields.find((field) => field.startsWith('t=')) ?? '')?.[1];
  const given = fields.flatMap((field) => /^v1=([0-9a-f]{64})$/.exec(field)?.[1] ?? []).slice(0, 5);
  if (time === undefined || given.length === 0) {
    throw invalid('The signature must have the form t=<unix seconds>,v1=<hex>.');
  }
  const macs = given.map((hex) => Buffer.from(hex, 'hex'));
  // Every pair is compared, so that the time tells nothing of which one fits.
  const fits = secrets.flatMap((secret) =>
    macs.filter((mac) => timingSafeEqual(mac, macOf(body, secret, time))),
  );
  if (fits.length === 0) throw invalid('The signature does not fit the body.');
  const signedAtMs = Number(time) * 1000;
  if (Math.abs(nowMs - signedAtMs) <= toleranceMs) return signedAtMs;
  throw new SluiceError(
    'signature-expired',
    'The event was signed more than 5 minutes ago, or in the future.',
  );
}

/** Throws `signature-invalid`. Hashes are compared, since the lengths of secrets must not show either. */
export function verifyToken(given: string, tokens: readonly string[]): void {
  const digest = (text: string) => createHmac('sha256', 'token').update(text).digest();
  const fits = tokens.filter((token) => timingSafeEqual(digest(token), digest(given)));
  if (fits.length === 0) throw invalid('The bearer token is not one that the operator configured.');
}

function macOf(body: string | Buffer, secret: string, time: string): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}

function invalid(message: string): SluiceError {
  return new SluiceError('signature-invalid', message);
}
