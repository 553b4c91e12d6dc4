/** What a test cluster is reached with: certificates, tokens and kubeconfig files in its folder. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../certificates.ts';

export interface Credentials {
  readonly certificates: Certificates;
  /** The authority's certificate, base64 of PEM, as a kubeconfig has it. */
  readonly caData: string;
  readonly adminToken: string;
  /** For `--token-auth-file`. */
  readonly tokensFile: string;
  /** Signs the tokens of service accounts. */
  readonly signingKey: string;
}

export async function makeCredentials(folder: string): Promise<Credentials> {
  const certificates = await makeCertificates(folder);
  const adminToken = randomBytes(24).toString('hex');
  const tokensFile = join(folder, 'tokens.csv');
  writeFileSync(tokensFile, `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 });
  const signingKey = join(folder, 'service-accounts.key');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Of the two forms, the one that the API server takes for a public key too.
  writeFileSync(signingKey, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const caData = readFileSync(certificates.ca).toString('base64');
  return { certificates, caData, adminToken, tokensFile, signingKey };
}

/** A kubeconfig with one context, whose name is `test`. */
export function kubeconfigOf(serverUrl: string, caData: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: serverUrl, 'certificate-authority-data': caData } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}
