/** An OpenID provider that gives whatever ID token a test wants, to see what is believed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

/** It would sign, or not sign, with anything. */
const algorithms = ['ES256', 'RS256', 'HS256', 'none'];
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** What is wrong with the token; by default nothing. */
export interface Lie {
  readonly claims?: Record<string, unknown>;
  readonly signedWith?: 'other key' | 'unknown key' | 'client secret' | 'nothing';
}

export interface LyingProvider {
  readonly issuer: string;
  /** What the next token is to be. */
  lie: Lie;
  close(): void;
}

export const clientSecret = 'a client secret of thirty-two characters';

export async function startLyingProvider(): Promise<LyingProvider> {
  const [keys, others] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
  const world = { issuer: '', lie: {} as Lie };
  const server = createServer((request, response) => {
    const { issuer } = world;
    const path = request.url?.split('?')[0];
    const answer = async () => {
      if (path === '/keys') return { keys: [jwk] };
      if (path === '/token') {
        return { access_token: 'x', token_type: 'bearer', id_token: await tokenOf(world, keys, others) };
      }
      const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
      return {
        issuer,
        jwks_uri: `${issuer}/keys`,
        ...endpoints,
        id_token_signing_alg_values_supported: algorithms,
      };
    };
    response.setHeader('content-type', 'application/json');
    void answer().then((document) => response.end(JSON.stringify(document)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(world, { close: () => void server.close() });
}

function tokenOf(
  { issuer, lie }: { issuer: string; lie: Lie },
  keys: Pair,
  others: Pair,
): Promise<string> | string {
  const now = Math.floor(Date.now() / 1000);
  const usual: JWTPayload = { iss: issuer, aud: 'sluice', sub: 'ann', iat: now, exp: now + 60 };
  const claims = { ...usual, ...lie.claims };
  switch (lie.signedWith) {
    case 'nothing':
      return new UnsecuredJWT(claims).encode();
    case 'client secret':
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(clientSecret));
    case 'unknown key':
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'two' }).sign(others.privateKey);
    case 'other key':
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(others.privateKey);
    default:
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(keys.privateKey);
  }
}
