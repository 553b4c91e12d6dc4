/** How often an issuer is asked for its keys, whatever keys tokens name. */
import { errors, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IssuerKeys } from '../../../../src/api/access/issuer-keys.ts';

const pair = await generateKeyPair('ES256');
const keyNamed = async (kid: string): Promise<JWK> => ({
  ...(await exportJWK(pair.publicKey)),
  kid,
  alg: 'ES256',
});
let published: JWK[];
let isAway: boolean;
const asked: number[] = [];
const time = { ms: 0 };

beforeEach(async () => {
  published = [await keyNamed('one')];
  isAway = false;
  asked.length = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    asked.push(time.ms);
    if (isAway) throw new TypeError('fetch failed');
    return Response.json({ keys: published });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function knownKeys() {
  const sleep = async (ms: number) => {
    time.ms += ms;
  };
  const clock = { now: () => time.ms, sleep };
  const keys = new IssuerKeys(async () => new URL('https://login.example.com/keys'), clock);
  return async (kid: string) => {
    const token = await new SignJWT().setProtectedHeader({ alg: 'ES256', kid }).sign(pair.privateKey);
    const [header = '', payload = '', signature = ''] = token.split('.');
    return await Promise.resolve(
      keys.get({ alg: 'ES256', kid }, { protected: header, payload, signature }),
    ).then(
      () => 'known',
      (error: unknown) => (error instanceof errors.JWKSNoMatchingKey ? 'unknown' : 'away'),
    );
  };
}

test('a stranger who goes on naming keys that there are not has the issuer asked ever less often', async () => {
  const look = knownKeys();
  expect(await look('one')).toBe('known');
  for (const endMs = time.ms + 5 * 60_000; time.ms < endMs; time.ms += 100) {
    expect(await look(`made up ${time.ms}`)).toBe('unknown');
  }
  const gaps = asked.slice(1).map((ms, at) => Math.round((ms - (asked[at] ?? 0)) / 1_000));
  expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 30]);
  expect(Math.min(...gaps.slice(5))).toBeGreaterThanOrEqual(29);
  // Meanwhile a new key takes no longer than that, and then its like are known at once again.
  published = [...published, await keyNamed('two')];
  time.ms += 30_000;
  expect([await look('two'), await look('one')]).toEqual(['known', 'known']);
  published = [await keyNamed('three')];
  expect(await look('three')).toBe('known');
});

test('a new key is known at once when nobody has named one that there is not for a while', async () => {
  const look = knownKeys();
  for (let count = 0; count < 10; count++) await look('made up');
  time.ms += 10 * 60_000;
  await look('made up');
  published = [await keyNamed('two')];
  const before = time.ms;
  expect(await look('two')).toBe('known');
  expect(time.ms - before).toBeLessThanOrEqual(1_000);
});

test('an issuer that is away is asked once a second, and known again when it is back', async () => {
  const look = knownKeys();
  isAway = true;
  for (let count = 0; count < 60; count++) expect(await look('one')).toBe('away');
  const gaps = asked.slice(1).map((ms, at) => ms - (asked[at] ?? 0));
  expect(new Set(gaps)).toEqual(new Set([1_000]));
  isAway = false;
  expect(await look('one')).toBe('known');
});
