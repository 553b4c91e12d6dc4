/** Tokens of an OpenID provider whose keys are fetched over HTTP: what is good, and every way to be wrong. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccessControl } from '../../../../src/api/access/authenticator.ts';
import { authSection } from '../../../../src/providers/auth-settings.ts';

const audience = 'sluice';
let issuer: string;
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let keys: Keys;
let others: Keys;
let jwk: Awaited<ReturnType<typeof exportJWK>>;
/** What the provider says are its keys, and how often it was asked. */
let published: object[] = [];
let fetched = 0;
let close: () => void;

beforeAll(async () => {
  [keys, others] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
  published = [jwk];
  const server = createServer((request, response) => {
    const discovery = { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json');
    if (request.url === '/keys') fetched += 1;
    response.end(JSON.stringify(request.url === '/keys' ? { keys: published } : discovery));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => server.close();
});
afterAll(() => close());

interface Making {
  readonly claims?: Record<string, unknown>;
  readonly key?: Keys['privateKey'] | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
}

function bearer({ claims = {}, key = keys.privateKey, alg = 'ES256', kid = 'one' }: Making = {}) {
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: issuer, aud: audience, sub: 'ann', groups: ['sre'], iat: now, exp: now + 60 };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, kid }).sign(key);
}

function authenticate(token: string, changes: object = {}) {
  const auth = authSection.parse({
    oidc: [{ issuer, audience, prefix: 'corp:', ...changes }],
    grants: [
      { role: 'operator', to: ['group:corp:sre'], environments: ['prod'] },
      { role: 'admin', to: ['corp:root'] },
    ],
  });
  return createAccessControl(auth)
    .authenticate(`Bearer ${token}`)
    .catch((error: { code?: string }) => error.code);
}

test('a good token names its owner, with what the operator grants to the groups', async () => {
  expect(await authenticate(await bearer())).toMatchObject({
    name: 'corp:ann',
    verified: true,
    grants: [{ role: 'operator', environments: ['prod'], services: ['*'] }],
  });
});

test('a pipeline is known by the claims that its issuer must set', async () => {
  const claims = { sub: 'repo:acme/shop:ref:refs/heads/main', repository_owner: 'acme' };
  const settings = { require: { repository_owner: 'acme' } };
  expect(await authenticate(await bearer({ claims }), settings)).toMatchObject({
    name: `corp:${claims.sub}`,
  });
  const foreign = await bearer({ claims: { ...claims, repository_owner: 'mallory' } });
  expect(await authenticate(foreign, settings)).toBe('unauthenticated');
});

describe('of GitHub’s pipelines', () => {
  /** As its issuer shapes them. */
  const job = {
    sub: 'repo:acme/shop:ref:refs/heads/main',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    sha: 'd3b07384d113edec49eaa6238ad5ff00d3b07384',
    repository: 'acme/shop',
    repository_id: '74',
    repository_owner: 'acme',
    repository_owner_id: '65',
    repository_visibility: 'private',
    actor: 'octocat',
    actor_id: '12',
    event_name: 'push',
    workflow: 'release',
    job_workflow_ref: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
    run_id: '1234567',
    run_attempt: '1',
    runner_environment: 'github-hosted',
  };
  const main = { role: 'operator', to: [`github:${job.sub}`], environments: ['prod'], services: ['shop'] };

  async function grantsOf(claims: Record<string, unknown>) {
    const auth = authSection.parse({
      oidc: [{ issuer, audience, prefix: 'github:', require: { repository_owner_id: '65' } }],
      grants: [main, { role: 'admin', to: ['octocat', 'github:octocat', 'group:acme', 'group:github:acme'] }],
    });
    const token = await bearer({ claims: { groups: undefined, ...job, ...claims } });
    return createAccessControl(auth)
      .authenticate(`Bearer ${token}`)
      .then(
        ({ name, grants }) => ({ name, roles: grants.map(({ role }) => role) }),
        (error: { code?: string }) => error.code,
      );
  }

  test('the main branch has the role that its repository and branch were given', async () => {
    expect(await grantsOf({})).toEqual({ name: `github:${job.sub}`, roles: ['operator'] });
  });

  test.each([
    ['another branch', { sub: 'repo:acme/shop:ref:refs/heads/main-2', ref: 'refs/heads/main-2' }],
    ['a tag of that name', { sub: 'repo:acme/shop:ref:refs/tags/main' }],
    ['a pull request', { sub: 'repo:acme/shop:pull_request', event_name: 'pull_request' }],
    ['another repository of the owner', { sub: 'repo:acme/shop-2:ref:refs/heads/main' }],
  ])('%s has none', async (_, claims) => {
    expect(await grantsOf(claims)).toMatchObject({ roles: [] });
  });

  test.each([
    ['somebody else, who has taken the owner’s former name', { repository_owner_id: '66' }],
    ['no owner', { repository_owner_id: undefined }],
    ['another audience', { aud: 'sts.amazonaws.com' }],
  ])('%s is refused', async (_, claims) => {
    expect(await grantsOf(claims)).toBe('unauthenticated');
  });
});

describe('a token is refused', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each<[string, () => Promise<string>]>([
    ['when it has expired', () => bearer({ claims: { exp: now - 60 } })],
    ['when it is not good yet', () => bearer({ claims: { nbf: now + 600 } })],
    ['when it never expires', () => bearer({ claims: { exp: undefined } })],
    ['for another audience', () => bearer({ claims: { aud: 'grafana' } })],
    ['of another issuer', () => bearer({ claims: { iss: 'https://mallory.example' } })],
    ['by another key', () => bearer({ key: others.privateKey })],
    ['by a key that the issuer does not have', () => bearer({ kid: 'two' })],
    [
      'with a key made of the public one',
      () => bearer({ alg: 'HS256', key: new TextEncoder().encode(JSON.stringify(jwk)) }),
    ],
    [
      'without a signature',
      async () =>
        new UnsecuredJWT({ iss: issuer, aud: audience, sub: 'ann', exp: now + 60, iat: now }).encode(),
    ],
    ['without a name', () => bearer({ claims: { sub: undefined } })],
    [
      'with a changed payload',
      async () =>
        (await bearer()).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify({ iss: issuer, aud: audience, sub: 'root', iat: now, exp: now + 60 })).toString('base64url')}.`,
        ),
    ],
    ['that is none', async () => 'abc.def.ghi'],
  ])('%s', async (_, make) => {
    expect(await authenticate(await make())).toBe('unauthenticated');
  });

  test('with an address as its name that nobody has verified', async () => {
    const claims = { email: 'root@example.com' };
    expect(await authenticate(await bearer({ claims }), { nameClaim: 'email' })).toBe('unauthenticated');
    const verified = await bearer({ claims: { ...claims, email_verified: true } });
    expect(await authenticate(verified, { nameClaim: 'email' })).toMatchObject({
      name: 'corp:root@example.com',
    });
  });
});

test.each(['group:corp:sre', 'token:ci', 'other:bob'])('nobody is called %s but who is', async (sub) => {
  const auth = authSection.parse({
    oidc: [
      { issuer, audience },
      { issuer: 'https://other.example', audience, prefix: 'other:' },
    ],
    grants: [{ role: 'admin', to: ['group:corp:sre', 'token:ci', 'other:bob', 'group:other:root'] }],
  });
  const outcome = createAccessControl(auth).authenticate;
  await expect(outcome(`Bearer ${await bearer({ claims: { sub } })}`)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  const grouped = await outcome(`Bearer ${await bearer({ claims: { groups: ['other:root'] } })}`);
  expect(grouped.grants).toEqual([]);
});

test('keys come over TLS', () => {
  const reading = authSection.safeParse({ oidc: [{ issuer: 'http://login.example.com', audience }] });
  expect(reading.error?.issues[0]?.path).toEqual(['oidc', 0, 'issuer']);
});

test('an issuer whose keys cannot be had is told as that, and lets nobody in', async () => {
  expect(await authenticate(await bearer(), { jwksUrl: 'http://127.0.0.1:9/keys' })).toBe('auth-unavailable');
});

test('a key that the provider has just begun to sign with is known, though its keys were fetched a moment ago', async () => {
  const { authenticate: ask } = createAccessControl(
    authSection.parse({ oidc: [{ issuer, audience, prefix: 'corp:' }] }),
  );
  await ask(`Bearer ${await bearer()}`);
  published = [jwk, { ...(await exportJWK(others.publicKey)), kid: 'two', alg: 'ES256' }];
  const before = fetched;
  const token = await bearer({ key: others.privateKey, kid: 'two' });
  const junk = await bearer({ key: others.privateKey, kid: 'three' });
  const asked = [token, ...Array.from({ length: 20 }, () => junk)].map((one) =>
    ask(`Bearer ${one}`).then(
      ({ name }) => name,
      (error: { code?: string }) => error.code,
    ),
  );
  const [who, ...refused] = await Promise.all(asked);
  expect([who, new Set(refused)]).toEqual(['corp:ann', new Set(['unauthenticated'])]);
  expect(fetched - before).toBe(1);
  published = [jwk];
});
