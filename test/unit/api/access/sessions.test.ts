/** Sessions of browsers that can be ended one by one, by every replica that shares the folder in which they stand. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../../../src/api/access/authenticator.ts';
import { cookieGone, loginCookie, sessionCookie } from '../../../../src/api/access/cookies.ts';
import { SessionBook } from '../../../../src/api/access/session-book.ts';
import { makeToken } from '../../../../src/api/access/tokens.ts';
import { createApp } from '../../../../src/api/app.ts';
import { meSchema, revokedSchema, sessionListSchema } from '../../../../src/api/contract.ts';
import type { Role } from '../../../../src/domain/access/grants.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { authSection } from '../../../../src/providers/auth-settings.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';

const host = 'localhost:8080';
const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const hourMs = 3_600_000;
const tokenOf = (name: string, role: Role, environments = ['*']) =>
  makeToken(name, [{ role, environments, services: ['*'] }], Date.now(), 24 * hourMs);
const [ann, bob, root, local] = [
  tokenOf('ann', 'viewer'),
  tokenOf('bob', 'operator'),
  tokenOf('root', 'admin'),
  tokenOf('local', 'admin', ['dev']),
];

let folder: string;
let apps: FastifyInstance[];
let one: FastifyInstance;
let other: FastifyInstance;

async function replica(sessions: object = { folder: join(folder, 'sessions') }): Promise<FastifyInstance> {
  const auth = authSection.parse({
    tokens: join(folder, 'tokens.yaml'),
    sessions: { keys: [{ env: 'SESSION_KEY' }], ...sessions },
  });
  const app = await createApp(fakeDeps(fakeRollouts()), createAccessControl(auth));
  apps.push(app);
  return app;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-sessions-'));
  const tokens = [ann, bob, root, local].map(({ entry }) => entry);
  await writeFile(join(folder, 'tokens.yaml'), JSON.stringify({ tokens }));
  vi.stubEnv('SESSION_KEY', randomBytes(32).toString('base64'));
  apps = [];
  [one, other] = [await replica(), await replica()];
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await Promise.all(apps.map((app) => app.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody in a browser. */
async function logIn({ token }: { readonly token: string }, at = one) {
  const answer = await at.inject({
    method: 'POST',
    url: '/auth/token',
    headers: { ...own, 'user-agent': firefox },
    payload: { token },
  });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const me = async (app = one) =>
    meSchema.parse((await app.inject({ url: '/v1/me', headers: { host, cookie } })).json());
  const { session } = await me(at);
  const post = (url: string, payload = {}, { app = one, key = '' } = {}) => {
    const once = key === '' ? {} : { 'idempotency-key': key };
    const headers = { ...own, ...once, cookie, 'x-csrf-token': session?.csrf ?? '' };
    return app.inject({ method: 'POST', url, headers, payload });
  };
  return { cookie, me, post, id: session?.id ?? '' };
}

const listOf = async (cookie: string, query = '') =>
  sessionListSchema.parse(
    (await one.inject({ url: `/v1/sessions${query}`, headers: { host, cookie } })).json(),
  );
const askedBy = async (cookie: string, query = '') =>
  (await one.inject({ url: `/v1/sessions${query}`, headers: { host, cookie } })).statusCode;

test('everybody sees their own, the latest first: since when, from which browser, and which one asks', async () => {
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 1_000);
  const first = await logIn(ann, other);
  vi.restoreAllMocks();
  const second = await logIn(ann);
  await logIn(bob);
  const { sessions } = await listOf(second.cookie);
  expect(sessions).toMatchObject([
    { id: second.id, name: 'token:ann', browser: 'Firefox 145 on Linux', current: true },
    { id: first.id, name: 'token:ann', current: false },
  ]);
  for (const { beganMs, untilMs } of sessions) expect(untilMs - beganMs).toBe(8 * hourMs);
});

test('one that is ended is over at every replica at once, after a restart too; others go on', async () => {
  const [lost, kept] = [await logIn(ann), await logIn(ann, other)];
  expect((await kept.post(`/v1/sessions/${lost.id}/revoke`)).json()).toEqual({ revoked: 1 });
  for (const app of [one, other, await replica()]) {
    expect((await lost.me(app)).actor).toBeNull();
    expect((await kept.me(app)).actor).toBe('token:ann');
  }
  const again = await kept.post(`/v1/sessions/${lost.id}/revoke`);
  expect([again.statusCode, again.json().code]).toEqual([404, 'session-not-found']);
});

test('whoever logs out ends the session, also for whoever has a copy of its cookie', async () => {
  const { cookie, me, post } = await logIn(ann);
  expect((await post('/auth/logout')).statusCode).toBe(200);
  expect((await me(other)).actor).toBeNull();
  expect(await askedBy(cookie)).toBe(401);
});

test('whoever logs out is logged out of this browser, and told when the session could not be ended', async () => {
  const { me, post } = await logIn(ann);
  const full = new SluiceError('auth-unavailable', 'The sessions cannot be read or kept: it is read-only');
  vi.spyOn(SessionBook.prototype, 'end').mockRejectedValueOnce(full);
  const answer = await post('/auth/logout');
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'auth-unavailable']);
  expect(answer.headers['set-cookie']).toEqual([cookieGone(sessionCookie), cookieGone(loginCookie)]);
  expect((await me()).actor).toBe('token:ann');
});

test('others’ are hidden from all but an admin of everything, who can end them', async () => {
  const [anns, bobs, chief, partly] = [
    await logIn(ann),
    await logIn(bob),
    await logIn(root),
    await logIn(local),
  ];
  for (const { cookie, post } of [bobs, partly]) {
    expect(await askedBy(cookie, '?name=token:ann')).toBe(403);
    expect(await askedBy(cookie, '?everybody=true')).toBe(403);
    expect((await post('/v1/sessions/revoke', { name: 'token:ann' })).statusCode).toBe(403);
    expect((await post(`/v1/sessions/${anns.id}/revoke`)).json().code).toBe('session-not-found');
  }
  await logIn(ann, other);
  expect((await listOf(chief.cookie, '?name=token:ann')).sessions).toHaveLength(2);
  expect((await listOf(chief.cookie, '?everybody=true')).sessions).toHaveLength(5);
  expect((await chief.post(`/v1/sessions/${bobs.id}/revoke`)).statusCode).toBe(200);
  const ended = await chief.post('/v1/sessions/revoke', { name: 'token:ann' });
  expect(revokedSchema.parse(ended.json())).toEqual({ revoked: 2 });
  expect([(await anns.me()).actor, (await bobs.me()).actor, (await partly.me()).actor]).toEqual([
    null,
    null,
    'token:local',
  ]);
});

test('whoever asks again under the same key ends the same ones, at any replica, and is answered as at first', async () => {
  const [lost, kept, chief] = [await logIn(ann), await logIn(ann), await logIn(root)];
  const ending = `/v1/sessions/${lost.id}/revoke`;
  for (const app of [one, other]) {
    expect((await kept.post(ending, {}, { app, key: 'k1' })).json()).toEqual({ revoked: 1 });
  }
  // A key is of whoever chose it.
  expect((await chief.post(ending, {}, { key: 'k1' })).json().code).toBe('session-not-found');
  const anns = { name: 'token:ann' };
  expect((await chief.post('/v1/sessions/revoke', anns, { key: 'k1' })).json()).toEqual({ revoked: 1 });
  const since = await logIn(ann);
  const again = await chief.post('/v1/sessions/revoke', anns, { app: other, key: 'k1' });
  expect(again.json()).toEqual({ revoked: 1 });
  expect([(await kept.me()).actor, (await since.me()).actor]).toEqual([null, 'token:ann']);
  const bobs = await chief.post('/v1/sessions/revoke', { name: 'token:bob' }, { key: 'k1' });
  expect([bobs.statusCode, bobs.json().code]).toEqual([422, 'idempotency-mismatch']);
});

test('one whose end was kept and then failed ends when it is asked for again', async () => {
  const [lost, kept] = [await logIn(ann), await logIn(ann)];
  const ending = `/v1/sessions/${lost.id}/revoke`;
  vi.spyOn(SessionBook.prototype, 'end').mockRejectedValueOnce(new SluiceError('auth-unavailable', 'full'));
  expect((await kept.post(ending, {}, { key: 'k1' })).statusCode).toBe(503);
  expect((await lost.me()).actor).toBe('token:ann');
  expect((await kept.post(ending, {}, { key: 'k1' })).json()).toEqual({ revoked: 1 });
  expect((await lost.me()).actor).toBeNull();
});

test('keys are forgotten after a day, and those that ended nothing are not kept', async () => {
  const endings = join(folder, 'sessions', 'endings');
  const chief = await logIn(root);
  const bobs = { name: 'token:bob' };
  expect((await chief.post('/v1/sessions/revoke', bobs, { key: 'k1' })).json()).toEqual({ revoked: 0 });
  await logIn(bob);
  expect((await chief.post('/v1/sessions/revoke', bobs, { key: 'k1' })).json()).toEqual({ revoked: 1 });
  const [kept = ''] = await readdir(endings);
  const dayAgo = new Date(Date.now() - 25 * hourMs);
  await utimes(join(endings, kept), dayAgo, dayAgo);
  await logIn(bob);
  await chief.post('/v1/sessions/revoke', bobs, { key: 'k2' });
  expect(await readdir(endings)).toEqual([expect.not.stringContaining(kept)]);
});

test('a bearer token sees and ends the sessions of its name', async () => {
  const { me } = await logIn(ann);
  const headers = { host, authorization: `Bearer ${ann.token}` };
  const list = await one.inject({ url: '/v1/sessions', headers });
  expect(sessionListSchema.parse(list.json()).sessions).toMatchObject([{ current: false }]);
  await one.inject({
    method: 'POST',
    url: '/v1/sessions/revoke',
    headers,
    payload: { name: 'token:ann' },
  });
  expect((await me()).actor).toBeNull();
});

test('a page of another site ends nobody’s', async () => {
  const { cookie, id, me } = await logIn(ann);
  const answer = await one.inject({
    method: 'POST',
    url: `/v1/sessions/${id}/revoke`,
    headers: { ...own, cookie },
    payload: {},
  });
  expect(answer.json().code).toBe('csrf-refused');
  expect((await me()).actor).toBe('token:ann');
});

test('those that have ended by themselves are forgotten', async () => {
  await logIn(ann);
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 9 * hourMs);
  const { cookie, id } = await logIn(bob);
  expect((await listOf(cookie)).sessions).toHaveLength(1);
  expect(await readdir(join(folder, 'sessions'))).toEqual([id]);
});

test('nobody has more than 20: the oldest ends', async () => {
  const first = await logIn(ann);
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_000);
  for (let more = 0; more < 19; more++) await logIn(ann);
  expect((await first.me()).actor).toBe('token:ann');
  const last = await logIn(ann);
  expect((await first.me()).actor).toBeNull();
  expect((await listOf(last.cookie)).sessions).toHaveLength(20);
});

test('a long list comes page after page, each session once', async () => {
  for (const who of [ann, ann, bob, bob, root]) await logIn(who);
  const { cookie } = await logIn(root);
  const seen: string[] = [];
  let cursor = '';
  do {
    const { sessions, next } = await listOf(cookie, `?everybody=true&limit=4${cursor}`);
    seen.push(...sessions.map(({ id }) => id));
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  expect(await askedBy(cookie, '?everybody=true&cursor=x')).toBe(400);
});

test('what cannot be kept lets nobody in, and a damaged file is no session', async () => {
  const { me, id } = await logIn(ann);
  await writeFile(join(folder, 'sessions', id), '{"id":');
  expect((await me()).actor).toBeNull();
  const full = await replica({ folder: join(folder, 'tokens.yaml') });
  const answer = await full.inject({
    method: 'POST',
    url: '/auth/token',
    headers: own,
    payload: { token: ann.token },
  });
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'auth-unavailable']);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('without a folder nobody can list or end them, and they say so', async () => {
  const bare = await replica({});
  const { cookie, me } = await logIn(ann, bare);
  expect((await me(bare)).session?.id).toBeNull();
  const answer = await bare.inject({ url: '/v1/sessions', headers: { host, cookie } });
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'sessions-unconfigured']);
  // Once there is a folder, what does not stand in it is over.
  expect((await me(one)).actor).toBeNull();
});
