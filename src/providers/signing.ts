/** Signs what Sluice posts, as events to Sluice are signed: HMAC-SHA256 over `<t>.<body>`, t in seconds. */
import { createHmac } from 'node:crypto';
import { placeOf, readSecret, type SecretSource } from './secret.ts';

type Signed = { readonly headers: Readonly<Record<string, string>> } | { readonly problem: string };

/** The header that a receiver checks; none without a secret. The problem, in words, if the secret cannot be read. */
export async function signed(source: SecretSource | undefined, body: string): Promise<Signed> {
  if (source === undefined) return { headers: {} };
  const secret = await readSecret(source);
  if (secret === null) {
    return { problem: `the secret for signatures cannot be read: ${placeOf(source)} is missing or empty` };
  }
  const at = Math.floor(Date.now() / 1000);
  const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { headers: { 'x-sluice-signature': `t=${at},v1=${mac}` } };
}
