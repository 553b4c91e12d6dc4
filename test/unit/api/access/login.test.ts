/** What is believed of a provider's answer, sessions by API tokens, and what a session may not do. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAccessControl } from '../../../../src/api/access/authenticator.ts';
import { makeToken } from '../../../../src/api/access/tokens.ts';
import { createApp } from '../../../../src/api/app.ts';
import { meSchema } from '../../../../src/api/contract.ts';
import { budgetsOf } from '../../../../src/api/limits/budgets.ts';
import { returnPathOf } from '../../../../src/domain/access/return-path.ts';
import { type AuthConfig, authSection } from '../../../../src/providers/auth-settings.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';
import { clientSecret, type Lie, type LyingProvider, startLyingProvider } from './lying-provider.ts';

const host = 'localhost:8080';
const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
const dayMs = 86_400_000;
let provider: LyingProvider;
let rollouts: ReturnType<typeof fakeRollouts>;
let app: FastifyInstance;
let folder: string;
let auth: AuthConfig;
let token: string;
const logged: string[] = [];
const { token: made, entry } = makeToken(
  'laptop',
  [{ role: 'operator', environments: ['demo'], services: ['*'] }],
  Date.now(),
  dayMs,
);

const keep = (tokens: readonly unknown[]) =>
  writeFile(join(folder, 'tokens.yaml'), JSON.stringify({ tokens }));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-login-'));
  token = made;
  await keep([entry]);
  vi.stubEnv('SESSION_KEY', randomBytes(32).toString('base64'));
  vi.stubEnv('CLIENT_SECRET', clientSecret);
  provider = await startLyingProvider();
  rollouts = fakeRollouts({ command: async () => ({ accepted: true, via: 'update', status: null }) });
  auth = authSection.parse({
    tokens: join(folder, 'tokens.yaml'),
    oidc: [
      {
        issuer: provider.issuer,
        audience: 'bearers',
        login: { clientId: 'sluice', clientSecret: { env: 'CLIENT_SECRET' } },
      },
    ],
    sessions: { keys: [{ env: 'SESSION_KEY' }] },
  });
  const stream = { write: (line: string) => void logged.push(line) };
  const origins = ['https://portal.example.com'];
  app = await createApp(fakeDeps(rollouts), {
    ...createAccessControl(auth),
    logger: pino({ level: 'trace' }, stream),
    origins,
    // A folder that is there is all that matters of the dashboard here.
    dashboard: import.meta.dirname,
  });
});
afterAll(async () => {
  await app.close();
  provider.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  rollouts.calls.length = 0;
});

const setBy = (answer: { headers: { 'set-cookie'?: string | string[] | undefined } }, name: string) =>
  [answer.headers['set-cookie'] ?? []]
    .flat()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0] ?? '';

describe('of a provider’s answer', () => {
  async function outcome(lie: Lie, nonce?: string): Promise<string> {
    const begun = await app.inject({ url: '/auth/login', headers: { host } });
    const asked = new URL(String(begun.headers.location)).searchParams;
    provider.lie = { ...lie, claims: { nonce: nonce ?? asked.get('nonce'), ...lie.claims } };
    const query = new URLSearchParams({ code: 'c0de-of-a-moment', state: asked.get('state') ?? '' });
    const back = await app.inject({
      url: `/auth/callback?${query}`,
      headers: { host, cookie: setBy(begun, '__Host-sluice-login') },
    });
    return setBy(back, '__Host-sluice') === '' ? String(back.headers.location) : 'let in';
  }
  const now = Math.floor(Date.now() / 1000);

  test('what is right lets in', async () => {
    expect(await outcome({})).toBe('let in');
  });

  test.each<[string, Lie, string?]>([
    ['another nonce', {}, 'of another login'],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'grafana' } }],
    ['the audience of bearers', { claims: { aud: 'bearers' } }],
    ['two audiences, for the other one', { claims: { aud: ['sluice', 'grafana'], azp: 'grafana' } }],
    ['another issuer', { claims: { iss: 'https://other.example' } }],
    ['an end that is over', { claims: { exp: now - 60, iat: now - 120 } }],
    ['no end', { claims: { exp: undefined } }],
    ['no name', { claims: { sub: undefined } }],
    ['a name that is not its to give', { claims: { sub: 'token:laptop' } }],
    ['no signature', { signedWith: 'nothing' }],
    ['a signature by another key', { signedWith: 'other key' }],
    ['a signature by a key of another provider', { signedWith: 'unknown key' }],
    ['a signature that Sluice could make itself', { signedWith: 'client secret' }],
  ])('%s lets nobody in', async (_, lie, nonce) => {
    expect(await outcome(lie, nonce)).toContain('/ui/login?failed=login-refused');
  });

  test('nothing secret stands in the log', async () => {
    await outcome({ signedWith: 'nothing' });
    await outcome({});
    const text = logged.join('');
    expect(text).toContain('logged in');
    expect(text).not.toMatch(/c0de-of-a-moment|client secret of thirty|state=|nonce=|__Host-/);
  });
});

const logIn = (payload: object, headers: object = own) =>
  app.inject({ method: 'POST', url: '/auth/token', headers: { ...headers }, payload });
const meOf = async (cookie: string) =>
  meSchema.parse((await app.inject({ url: '/v1/me', headers: { host, cookie } })).json());

describe('an API token', () => {
  test('becomes a session, which says no more of it than its name', async () => {
    const answer = await logIn({ token });
    expect(answer.json()).toMatchObject({ actor: 'token:laptop' });
    const cookie = setBy(answer, '__Host-sluice');
    expect(cookie).not.toContain(token.slice(20));
    expect(await meOf(cookie)).toMatchObject({
      actor: 'token:laptop',
      ways: [{ kind: 'openid' }, { kind: 'token', href: '/auth/token' }],
    });
  });

  test.each(['nonsense', `${made.slice(0, -1)}${made.endsWith('A') ? 'E' : 'A'}`])(
    'that is not good becomes none',
    async (wrong) => {
      const answer = await logIn({ token: wrong });
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated']);
      expect(setBy(answer, '__Host-sluice')).toBe('');
    },
  );

  test('of somebody else is not put into a browser by another page', async () => {
    const foreign = { host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await logIn({ token }, foreign)).statusCode).toBe(403);
  });

  test('that is revoked, or over, ends its sessions', async () => {
    const cookie = setBy(await logIn({ token }), '__Host-sluice');
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse(entry.expires));
    expect((await meOf(cookie)).actor).toBeNull();
    vi.restoreAllMocks();
    await keep([]);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_001);
    expect((await meOf(cookie)).actor).toBeNull();
    await keep([entry]);
  });
});

describe('a session changes something', () => {
  async function pause(headers: object, bearer = false) {
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_000);
    const cookie = setBy(await logIn({ token }), '__Host-sluice');
    const csrf = (await meOf(cookie)).session?.csrf ?? '';
    const said = JSON.parse(JSON.stringify(headers).replace('CSRF', csrf));
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/rollouts/demo/shop/pause',
      headers: { ...(bearer ? { authorization: `Bearer ${token}` } : { cookie }), ...said },
      payload: {},
    });
    return answer.statusCode === 200 ? 'done' : String(answer.json().code);
  }
  const right = { ...own, 'x-csrf-token': 'CSRF' };
  const { origin, 'sec-fetch-site': site, ...bare } = right;

  test('for a page of ours that says what only it can know', async () => {
    expect(await pause(right)).toBe('done');
    expect(await pause({ ...bare, origin }), 'a browser that says no more').toBe('done');
  });

  test.each([
    ['without the header', own],
    ['with another’s header', { ...own, 'x-csrf-token': 'A'.repeat(22) }],
    ['from nobody knows where', bare],
    ['from a bookmark', { ...bare, 'sec-fetch-site': 'none' }],
    [
      'from a listed page of another origin',
      { ...right, origin: 'https://portal.example.com', 'sec-fetch-site': 'cross-site' },
    ],
    ['from a listed page in an old browser', { ...bare, origin: 'https://portal.example.com' }],
  ])('never %s', async (_, headers) => {
    expect(await pause(headers)).toBe('csrf-refused');
    expect(rollouts.calls).toEqual([]);
  });

  test.each([
    ['of another site', { ...right, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { ...right, origin: 'http://other.localhost:8080', 'sec-fetch-site': 'same-site' }],
  ])('never for a page %s', async (_, headers) => {
    expect(await pause(headers)).toBe('origin-refused');
  });

  test('and a bearer token does without, also beside a session', async () => {
    expect(await pause({ host }, true)).toBe('done');
  });
});

test('logging out takes the session from the browser, for pages of ours alone', async () => {
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  const cookie = setBy(await logIn({ token }), '__Host-sluice');
  const out = (headers: object) =>
    app.inject({ method: 'POST', url: '/auth/logout', headers: { ...own, cookie, ...headers }, payload: {} });
  expect((await out({})).statusCode).toBe(403);
  const csrf = (await meOf(cookie)).session?.csrf ?? '';
  const { headers } = await out({ 'x-csrf-token': csrf });
  expect([headers['set-cookie']].flat().every((line) => line?.includes('Max-Age=0'))).toBe(true);
  // What nobody has is no reason to be refused.
  expect((await out({ cookie: '' })).statusCode).toBe(200);
});

test('refused logins are counted, stand in the log as any refusal, and are bounded as wrong tokens are', async () => {
  const lines: string[] = [];
  const strict = await createApp(fakeDeps(rollouts), {
    ...createAccessControl(auth),
    budgets: budgetsOf(),
    logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  });
  const back = async () =>
    (await strict.inject({ url: '/auth/callback?code=c0de-of-a-moment&state=x', headers: { host } }))
      .statusCode;
  // So that nothing refills meanwhile.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  const statuses = [];
  for (let time = 0; time < 32; time += 1) statuses.push(await back());
  expect(statuses).toEqual([...Array(30).fill(303), 429, 429]);
  const { body } = await strict.inject('/metrics');
  expect(body).toContain('sluice_http_problems_total{code="login-refused"} 30');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    refused: 'login-refused',
    method: 'GET',
    path: '/auth/callback',
    principal: 'anybody',
    address: '127.0.0.1',
    msg: 'No login is under way in this browser.',
  });
  expect(lines.join('')).not.toContain('c0de-of-a-moment');
  await strict.close();
});

test('whoever opens a document without a session is led to where one logs in, and from there back', async () => {
  const url = '/v1/rollouts/demo/shop/report?format=html';
  const open = (headers: object) => app.inject({ url, headers: { host, ...headers } });
  const visit = await open({ 'sec-fetch-mode': 'navigate' });
  expect(visit.statusCode).toBe(303);
  const location = new URL(String(visit.headers.location), `http://${host}`);
  expect([location.pathname, location.searchParams.get('return')]).toEqual(['/ui/login', url]);
  expect((await open({ 'sec-fetch-mode': 'cors' })).statusCode).toBe(401);
});

test('without keys for sessions nobody logs in, and nobody is told more than that', async () => {
  const auth = authSection.parse({
    tokens: join(folder, 'tokens.yaml'),
    sessions: { keys: [{ env: 'NOT_SET' }] },
  });
  const bare = await createApp(fakeDeps(rollouts), createAccessControl(auth));
  const answer = await bare.inject({ method: 'POST', url: '/auth/token', headers: own, payload: { token } });
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'auth-unavailable']);
  await bare.close();
  const none = await createApp(fakeDeps(rollouts), createAccessControl(authSection.parse({ tokens: 'x' })));
  for (const url of ['/auth/login', '/auth/callback?code=1']) {
    expect((await none.inject({ url, headers: { host } })).json().code).toBe('login-unconfigured');
  }
  await none.close();
});

test.each([
  [undefined, '/ui/'],
  ['/ui/rollouts/demo/shop?run=1#top', '/ui/rollouts/demo/shop?run=1#top'],
  ['/v1/rollouts/demo/shop/report?format=html', '/v1/rollouts/demo/shop/report?format=html'],
  ['https://evil.example/ui/', '/ui/'],
  ['//evil.example/ui/', '/ui/'],
  ['/\\evil.example', '/ui/'],
  ['/ui/../../evil', '/ui/'],
  ['/ui/..//evil.example', '/ui/'],
  ['/ui/%2e%2e//evil.example', '/ui/'],
  ['/ui/\t..//evil.example', '/ui/'],
  ['/auth/logout', '/ui/'],
  ['javascript:alert(1)', '/ui/'],
  [`/ui/${'x'.repeat(2_000)}`, '/ui/'],
])('a login leads from %j to %s', (wanted, path) => {
  expect(returnPathOf(wanted)).toBe(path);
});

test.each([
  [
    { oidc: [{ issuer: 'https://a.example', audience: 'x', login: { clientId: 'y' } }] },
    'needs sessions.keys',
  ],
  [
    {
      oidc: [{ issuer: 'https://a.example', audience: 'x', login: { clientId: 'y', scopes: ['email'] } }],
      sessions: { keys: [{ env: 'K' }] },
    },
    'must name openid',
  ],
  [{ sessions: { keys: [] } }, ''],
  [{ sessions: { keys: [{ env: 'K' }], hours: 48 } }, ''],
])('settings that could not work are refused: %j', (settings, why) => {
  expect(authSection.safeParse(settings).error?.issues[0]?.message).toContain(why);
});
