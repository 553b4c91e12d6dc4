/** Logging in with a browser at a real OpenID provider: the way there and back, and every way to go wrong. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../../src/api/access/authenticator.ts';
import { createApp } from '../../../src/api/app.ts';
import { meSchema } from '../../../src/api/contract.ts';
import { tally } from '../../../src/domain/gates/approval.ts';
import { authSection } from '../../../src/providers/auth-settings.ts';
import { logInAt } from '../../support/openid/browser.ts';
import { type OpenIdProvider, startProvider } from '../../support/openid/process.ts';
import { fakeDeps, fakeRollouts } from '../../unit/api/fakes.ts';

const host = 'localhost:8080';
const callback = `http://${host}/auth/callback`;
let provider: OpenIdProvider;
let rollouts: ReturnType<typeof fakeRollouts>;
/** Two replicas that know nothing of each other. */
let app: FastifyInstance;
let other: FastifyInstance;

const key = (name: string) => ({ env: name });
const newKey = () => randomBytes(32).toString('base64');

function replica(keys: readonly string[] = ['OLD_KEY'], login: object = {}) {
  const auth = authSection.parse({
    oidc: [
      {
        issuer: provider.issuer,
        audience: 'sluice-api',
        nameClaim: 'email',
        prefix: 'corp:',
        login: {
          clientId: 'sluice',
          clientSecret: { env: 'CLIENT_SECRET' },
          scopes: ['openid', 'email', 'groups'],
          ...login,
        },
      },
    ],
    grants: [
      { role: 'operator', to: ['group:corp:sre'], environments: ['demo'] },
      { role: 'approver', to: ['corp:bob@example.com'] },
      { role: 'admin', to: ['corp:carl@example.com'] },
    ],
    sessions: { keys: keys.map(key), hours: 8 },
  });
  return createApp(fakeDeps(rollouts), createAccessControl(auth));
}

beforeAll(async () => {
  vi.stubEnv('OLD_KEY', newKey());
  vi.stubEnv('NEW_KEY', newKey());
  vi.stubEnv('CLIENT_SECRET', 'a client secret');
  rollouts = fakeRollouts({
    list: async () => ({ rollouts: [], next: null }),
    command: async () => ({ accepted: true, via: 'update', status: null }),
    start: async () => ({ workflowId: 'w', runId: 'r', created: true, workerSeen: true, warnings: [] }),
  });
  provider = await startProvider([callback]);
  [app, other] = await Promise.all([replica(), replica()]);
});
afterAll(async () => {
  await Promise.all([app.close(), other.close(), provider.stop()]);
  vi.unstubAllEnvs();
});
afterEach(() => {
  vi.useRealTimers();
  rollouts.calls.length = 0;
});

const cookies = (set: string | string[] | undefined) => [set ?? []].flat();
const valueIn = (set: string | string[] | undefined, name: string) =>
  cookies(set)
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0]
    ?.slice(name.length + 1) ?? '';

/** Begins a login; gives what the browser would keep, and where it is sent. */
async function begin(at: FastifyInstance = app, query = '') {
  const answer = await at.inject({ url: `/auth/login${query}`, headers: { host } });
  expect(answer.statusCode).toBe(303);
  const set = cookies(answer.headers['set-cookie']);
  return { url: String(answer.headers.location), set, cookie: valueIn(set, '__Host-sluice-login') };
}

/** Comes back from the provider; gives where it leads and the session, if there is one. */
async function comeBack(back: URL, cookie: string | null, at: FastifyInstance = app) {
  const answer = await at.inject({
    url: `${back.pathname}${back.search}`,
    headers: { host, ...(cookie === null ? {} : { cookie: `__Host-sluice-login=${cookie}` }) },
  });
  expect(answer.statusCode).toBe(303);
  const set = cookies(answer.headers['set-cookie']);
  return { location: String(answer.headers.location), set, session: valueIn(set, '__Host-sluice') };
}

async function logIn(account: string, query = ''): Promise<string> {
  const { url, cookie } = await begin(app, query);
  const { session } = await comeBack(await logInAt(url, account), cookie);
  expect(session).not.toBe('');
  return session;
}

const ask = (session: string, at: FastifyInstance = app, url = '/v1/me') =>
  at.inject({ url, headers: { host, cookie: `a=1; __Host-sluice=${session}; b=2` } });
const meOf = async (session: string, at: FastifyInstance = app) =>
  meSchema.parse((await ask(session, at)).json());

test('leads to the provider with all that makes the answer ours, and back to where one was', async () => {
  const { url, set, cookie } = await begin(app, '?return=%2Fui%2Frollouts%2Fdemo%2Fshop%3Frun%3D1');
  const { origin, searchParams } = new URL(url);
  expect(origin).toBe(provider.issuer);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    ...{ response_type: 'code', client_id: 'sluice', redirect_uri: callback, code_challenge_method: 'S256' },
    ...{ state: expect.any(String), nonce: expect.any(String), code_challenge: expect.any(String) },
  });
  expect(set[0]).toMatch(/; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/);
  const { location, session, ...back } = await comeBack(await logInAt(url, 'ann'), cookie);
  expect(location).toBe('/ui/rollouts/demo/shop?run=1');
  expect(back.set[0]).toMatch(/^__Host-sluice-login=; .*Max-Age=0/);
  expect(back.set[1]).toMatch(
    /^__Host-sluice=[\w.-]+; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Strict$/,
  );
  // Nothing that is kept can be read.
  for (const part of `${cookie}.${session}`.split('.')) {
    expect(Buffer.from(part, 'base64url').toString()).not.toMatch(/ann|sre|state|nonce|csrf/);
  }
});

test('every replica knows who has logged in, by what the provider says and the operator grants', async () => {
  const session = await logIn('ann');
  const me = await meOf(session);
  expect(me).toMatchObject({
    ...{ actor: 'corp:ann@example.com', verified: true, loginNeeded: false },
    grants: [{ role: 'operator', environments: ['demo'] }],
    session: { csrf: expect.stringMatching(/^[\w-]{22}$/) },
    ways: [{ kind: 'openid', name: new URL(provider.issuer).host }],
  });
  expect(await meOf(session, other)).toEqual(me);
});

test('a login begun at one replica ends at another', async () => {
  const { url, cookie } = await begin(app);
  const { session } = await comeBack(await logInAt(url, 'bob'), cookie, other);
  expect((await meOf(session)).actor).toBe('corp:bob@example.com');
});

describe('gives no session', () => {
  const refused = {
    session: '',
    location: expect.stringMatching(/^\/ui\/login\?failed=login-refused&return=/),
  };

  test.each([
    ['for another state', 'state', (text: string) => `${text.slice(1)}x`],
    ['for another code', 'code', (text: string) => `${text.slice(1)}x`],
    ['for the name of another provider', 'iss', () => 'https://evil.example'],
  ])('%s', async (_, name, change) => {
    const { url, cookie } = await begin();
    const back = await logInAt(url, 'ann');
    back.searchParams.set(name, change(back.searchParams.get(name) ?? ''));
    expect(await comeBack(back, cookie)).toMatchObject(refused);
  });

  test('for a code that somebody else has got, put into one’s own login', async () => {
    const [mine, theirs] = await Promise.all([begin(), begin()]);
    const [back, stolen] = await Promise.all([logInAt(mine.url, 'bob'), logInAt(theirs.url, 'ann')]);
    back.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await comeBack(back, mine.cookie)).toMatchObject(refused);
    expect(await comeBack(stolen, mine.cookie)).toMatchObject(refused);
  });

  test('a second time for the same code, nor in a browser that has begun nothing', async () => {
    const { url, cookie } = await begin();
    const back = await logInAt(url, 'ann');
    expect((await comeBack(back, cookie)).session).not.toBe('');
    expect(await comeBack(back, cookie)).toMatchObject(refused);
    expect(await comeBack(back, null)).toMatchObject(refused);
  });

  test('ten minutes later', async () => {
    const { url, cookie } = await begin();
    const back = await logInAt(url, 'ann');
    vi.useFakeTimers({ now: Date.now() + 10 * 60_000, toFake: ['Date'] });
    expect(await comeBack(back, cookie)).toMatchObject(refused);
  });

  test('to somebody whose address nobody has verified', async () => {
    const { url, cookie } = await begin();
    expect(await comeBack(await logInAt(url, 'eve'), cookie)).toMatchObject(refused);
  });

  test('where the provider says no', async () => {
    const { url, cookie } = await begin();
    const state = new URL(url).searchParams.get('state') ?? '';
    const back = new URL(
      `${callback}?${new URLSearchParams({ error: 'access_denied', state, iss: provider.issuer })}`,
    );
    expect(await comeBack(back, cookie)).toMatchObject(refused);
  });
});

test('a provider that does not know Sluice, or is away, is told as that', async () => {
  vi.stubEnv('WRONG', 'another secret');
  const wrong = await replica(['OLD_KEY'], { clientSecret: { env: 'WRONG' } });
  const { url, cookie } = await begin(wrong);
  expect(await comeBack(await logInAt(url, 'ann'), cookie, wrong)).toMatchObject({
    session: '',
    location: expect.stringMatching('failed=auth-unavailable'),
  });
  const away = await startProvider([callback]);
  await away.stop();
  const auth = authSection.parse({
    oidc: [{ issuer: away.issuer, audience: 'x', login: { clientId: 'sluice' } }],
    sessions: { keys: [key('OLD_KEY')] },
  });
  const alone = await createApp(fakeDeps(rollouts), createAccessControl(auth));
  const answer = await alone.inject({ url: '/auth/login', headers: { host } });
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'auth-unavailable']);
  await Promise.all([wrong.close(), alone.close()]);
});

describe('a session', () => {
  test('is over after its hours, without any replica remembering it', async () => {
    const session = await logIn('ann');
    const { session: kept } = await meOf(session);
    vi.useFakeTimers({ now: (kept?.untilMs ?? 0) - 1_000, toFake: ['Date'] });
    expect((await meOf(session)).actor).toBe('corp:ann@example.com');
    vi.setSystemTime(kept?.untilMs ?? 0);
    expect(await meOf(session)).toMatchObject({ actor: null, loginNeeded: true, session: null });
    expect((await ask(session, app, '/v1/rollouts?environment=demo')).statusCode).toBe(401);
  });

  test('lives through a change of keys, and ends with the key that sealed it', async () => {
    const session = await logIn('ann');
    const [both, fresh] = await Promise.all([replica(['NEW_KEY', 'OLD_KEY']), replica(['NEW_KEY'])]);
    expect((await meOf(session, both)).actor).toBe('corp:ann@example.com');
    expect((await meOf(session, fresh)).actor).toBeNull();
    const { url, cookie } = await begin(both);
    const { session: newer } = await comeBack(await logInAt(url, 'bob'), cookie, both);
    expect((await meOf(newer, fresh)).actor).toBe('corp:bob@example.com');
    await Promise.all([both.close(), fresh.close()]);
  });

  test('that was changed, or was made for the login alone, is none', async () => {
    const session = await logIn('ann');
    const { cookie } = await begin();
    const parts = session.split('.');
    for (const [at, part] of parts.entries()) {
      if (part === '') continue;
      const changed = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
      expect((await meOf(parts.with(at, changed).join('.'))).actor, `part ${at}`).toBeNull();
    }
    expect((await meOf(cookie)).actor).toBeNull();
    expect((await ask('nonsense', app, '/v1/rollouts')).statusCode).toBe(401);
  });

  async function act(session: string, url: string, payload: object) {
    const csrf = (await meOf(session)).session?.csrf ?? '';
    const headers = {
      ...{ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      ...{ cookie: `__Host-sluice=${session}`, 'x-csrf-token': csrf },
    };
    return (await app.inject({ method: 'POST', url, headers, payload })).statusCode;
  }

  test('acts by its verified name, so that nobody approves what they have started', async () => {
    const session = await logIn('carl');
    const other = 'corp:bob@example.com';
    expect(await act(session, '/v1/rollouts', { plan: { version: 'v2' }, actor: other })).toBe(201);
    expect(await act(session, '/v1/rollouts/demo/shop/approve', { actor: other })).toBe(200);
    const [start, approve] = rollouts.calls.map(({ args: [first, second] }) => second ?? first);
    const author = 'corp:carl@example.com';
    expect([start, approve]).toMatchObject([{ actor: author }, { actor: author, name: 'approve' }]);
    const rule = { count: 1, people: null, notAuthor: true, validForMs: 60_000, delegations: [] };
    const approvals = [author, other].map((actor) => ({
      actor,
      reason: '',
      atMs: 1,
      place: 'start' as const,
    }));
    expect(tally(rule, { approvals, place: 'start', author, nowMs: 2 })).toMatchObject({
      counted: [other],
      ignored: [{ actor: author, why: 'whoever starts a rollout cannot approve it' }],
    });
  });
});
