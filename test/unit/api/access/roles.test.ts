/** Every route for every role, in the caller's own environment and in another: allowed or refused as documented. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../../../../src/api/access/principal.ts';
import type { Sees } from '../../../../src/api/access/sight.ts';
import { createApp } from '../../../../src/api/app.ts';
import { noEvidence } from '../../../../src/api/evidence/none.ts';
import type { RouteTable } from '../../../../src/api/route-table.ts';
import type { RolloutService } from '../../../../src/api/service.ts';
import { everything, type Role, roles } from '../../../../src/domain/access/grants.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import {
  emergencyViewOf,
  failing,
  fakeDeps,
  fakeNotices,
  fakeRollouts,
  planOf,
  runId,
  viewOf,
} from '../fakes.ts';

type Column = Role | 'nobody';
const columns: readonly Column[] = ['nobody', ...roles];

interface Row {
  readonly method: 'GET' | 'POST';
  /** `ENV` stands for the environment. */
  readonly url: string;
  readonly body?: object;
  /** Who may, where their role is good. */
  readonly may: readonly Column[];
  /** Names no environment: a role in one of them is enough, or not. */
  readonly elsewhere?: 'as-here' | 'refused';
}

const all = columns;
const readers = roles;
const told = { reason: 'test', actor: 'somebody' };
const command = (name: string, may: readonly Role[]): Row => ({
  method: 'POST',
  url: `/v1/rollouts/ENV/shop/${name}`,
  body: told,
  may,
});
const aPlan = { version: 'v2', environment: 'ENV' };
const open = (url: string): Row => ({ method: 'GET', url, may: all, elsewhere: 'as-here' });
const rows: readonly Row[] = [
  { method: 'GET', url: '/healthz', may: all, elsewhere: 'as-here' },
  ...['/readyz', '/metrics', '/openapi.json', '/', '/ui', '/ui/x', '/auth/login', '/auth/callback'].map(open),
  { method: 'POST', url: '/auth/token', body: { token: 'x' }, may: all, elsewhere: 'as-here' },
  { method: 'POST', url: '/auth/logout', body: {}, may: all, elsewhere: 'as-here' },
  // Signed in their own way; without secrets nobody can.
  { method: 'POST', url: '/v1/rollouts/ENV/shop/events', body: {}, may: all, elsewhere: 'as-here' },
  { method: 'GET', url: '/approvals/x', may: all, elsewhere: 'as-here' },
  { method: 'POST', url: '/approvals/x', body: {}, may: all, elsewhere: 'as-here' },
  { method: 'POST', url: '/v1/validate', body: aPlan, may: readers },
  { method: 'POST', url: '/v1/metrics/check', body: { plan: aPlan }, may: readers },
  {
    method: 'POST',
    url: '/v1/backtests',
    body: { plan: aPlan, stable: 'v1', fromMs: 1_000, toMs: 600_000 },
    may: readers,
  },
  { method: 'GET', url: '/v1/me', may: all, elsewhere: 'as-here' },
  // Everybody's own, with a role or without.
  { method: 'GET', url: '/v1/sessions', may: readers, elsewhere: 'as-here' },
  {
    method: 'POST',
    url: '/v1/sessions/0123456789abcdef/revoke',
    body: {},
    may: readers,
    elsewhere: 'as-here',
  },
  { method: 'GET', url: '/v1/sessions?everybody=true', may: [] },
  { method: 'POST', url: '/v1/sessions/revoke', body: { name: 'ann' }, may: [] },
  { method: 'GET', url: '/v1/catalogue', may: readers, elsewhere: 'as-here' },
  { method: 'GET', url: '/v1/configuration', may: readers, elsewhere: 'as-here' },
  { method: 'GET', url: '/v1/rollouts?environment=ENV', may: readers },
  // Shows what its reader may see.
  { method: 'GET', url: '/v1/rollouts/events', may: readers, elsewhere: 'as-here' },
  { method: 'GET', url: '/v1/rollbacks?environment=ENV', may: readers },
  // Thinned to what their reader may see.
  ...['rollouts', 'rollbacks', 'incidents', 'approvals', 'evidence', 'emergency-rollbacks'].map(
    (list): Row => ({ method: 'GET', url: `/v1/${list}`, may: readers, elsewhere: 'as-here' }),
  ),
  ...['', '/events', '/series', '/audit', '/notices'].map(
    (end): Row => ({ method: 'GET', url: `/v1/rollouts/ENV/shop${end}`, may: readers }),
  ),
  { method: 'POST', url: '/v1/rollouts/ENV/shop/ack', body: told, may: ['operator', 'approver', 'admin'] },
  { method: 'GET', url: '/v1/incidents?environment=ENV', may: readers },
  { method: 'GET', url: '/v1/incidents/ENV/shop', may: readers },
  { method: 'GET', url: '/v1/incidents/ENV/shop/review', may: readers },
  { method: 'POST', url: '/v1/incidents/ENV/shop/close', body: told, may: ['operator', 'admin'] },
  {
    method: 'POST',
    url: '/v1/rollouts',
    body: { version: 'v2', environment: 'ENV' },
    may: ['operator', 'admin'],
  },
  ...['promote', 'pause', 'resume', 'override'].map((name) => command(name, ['operator', 'admin'])),
  ...['approve', 'reject', 'confirm'].map((name) => command(name, ['approver', 'admin'])),
  command('rollback', ['operator', 'approver', 'admin']),
  {
    method: 'POST',
    url: '/v1/emergency-stop',
    body: { ...told, scope: { environments: ['ENV'] } },
    may: ['operator', 'approver', 'admin'],
  },
  { method: 'POST', url: '/v1/emergency-stop', body: { ...told, scope: 'all' }, may: [] },
  { method: 'GET', url: '/v1/emergency-stop', may: readers, elsewhere: 'as-here' },
  { method: 'POST', url: '/v1/emergency-stop/release', body: told, may: [] },
  {
    method: 'POST',
    url: '/v1/emergency-rollbacks',
    body: { ...told, scope: 'ENV/*' },
    may: ['operator', 'approver', 'admin'],
  },
  {
    method: 'POST',
    url: '/v1/emergency-rollbacks',
    body: { ...told, scope: 'ENV/*', to: 'previous' },
    may: ['operator', 'approver', 'admin'],
  },
  // Which version users get is for whoever may start one.
  {
    method: 'POST',
    url: '/v1/emergency-rollbacks',
    body: { ...told, scope: 'ENV/*', to: 'v-new' },
    may: ['operator', 'admin'],
  },
  { method: 'POST', url: '/v1/emergency-rollbacks', body: { ...told, scope: 'all' }, may: [] },
  { method: 'GET', url: '/v1/emergency-rollbacks/ENV%2Fshop', may: readers },
  {
    method: 'POST',
    url: '/v1/emergency-rollbacks/ENV%2Fshop/release',
    body: told,
    may: ['operator', 'admin'],
  },
  { method: 'GET', url: '/v1/approvals?environment=ENV', may: readers },
  {
    method: 'POST',
    url: '/v1/rollouts/ENV/shop/approval-links',
    body: { actor: 'ann' },
    may: ['admin'],
  },
  { method: 'GET', url: '/v1/evidence?environment=ENV', may: readers },
  { method: 'POST', url: '/v1/evidence/prune', body: { actor: 'ann' }, may: [] },
  { method: 'GET', url: '/v1/rollouts/ENV/shop/evidence', may: readers },
  { method: 'POST', url: '/v1/rollouts/ENV/shop/evidence', body: {}, may: ['operator', 'admin'] },
  { method: 'GET', url: '/v1/rollouts/ENV/shop/evidence/archive', may: readers },
  { method: 'GET', url: '/v1/rollouts/ENV/shop/evidence/verification', may: readers },
  { method: 'POST', url: '/v1/rollouts/ENV/shop/evidence/hold', body: told, may: ['admin'] },
  { method: 'POST', url: '/v1/rollouts/ENV/shop/evidence/release', body: told, may: ['admin'] },
  { method: 'GET', url: '/v1/rollouts/ENV/shop/report', may: readers },
  { method: 'GET', url: '/v1/rollouts/ENV/shop/findings', may: readers },
  // Payloads are of any target, so they are for whoever may read everything.
  { method: 'POST', url: '/v1/codec/decode', body: { payloads: [] }, may: [] },
  { method: 'POST', url: '/v1/codec/encode', body: { payloads: [] }, may: [] },
];

/** A row for it, whatever stands for its parameters. */
const hasRow = ({ method, pattern }: RouteTable['entries'][number]) =>
  rows.some((row) => {
    const path = row.url.replace('ENV', 'dev').split('?')[0] ?? '';
    return row.method === method && pattern.test(path);
  });

let app: FastifyInstance;
let rollouts: ReturnType<typeof fakeRollouts>;
/** What other services than the rollouts' were asked for. */
const askedBeside: Sees[] = [];
beforeAll(async () => {
  rollouts = fakeRollouts(answers);
  const deps = fakeDeps(rollouts, {
    ...noEvidence,
    list: async (query, sees = null) => {
      askedBeside.push(sees);
      return await noEvidence.list(query);
    },
  });
  app = await createApp(
    {
      ...deps,
      metrics: () => {
        throw new SluiceError('provider-unknown', 'reached');
      },
      notices: fakeNotices({
        of: failing('notices-not-found', 'reached'),
        acknowledge: failing('notices-not-found', 'reached'),
        incidents: async (_query, sees = null) => {
          askedBeside.push(sees);
          return await failing('temporal-unavailable', 'reached')();
        },
        incident: failing('incident-not-found', 'reached'),
        close: failing('incident-not-found', 'reached'),
      }),
      plans: {
        ...deps.plans,
        parse: (plan) => ({ ok: true, plan: planOf(environmentOf(plan)), warnings: [] }),
      },
    },
    // A folder that is there is all that matters of the dashboard here.
    { authenticate, dashboard: import.meta.dirname },
  );
});
afterAll(() => app.close());

/** In this test a bearer token is the name of a role, which is good in `dev`. */
async function authenticate(authorization: string | undefined): Promise<Principal> {
  if (authorization === 'Bearer chief') return { name: 'the chief', verified: true, grants: everything };
  if (authorization === 'Bearer of-shop') {
    return {
      name: 'shop',
      verified: true,
      grants: [{ role: 'viewer', environments: ['dev'], services: ['shop'] }],
    };
  }
  const role = roles.find((one) => authorization === `Bearer ${one}`);
  if (role === undefined) throw new SluiceError('unauthenticated', 'nobody');
  return { name: `the ${role}`, verified: true, grants: [{ role, environments: ['dev'], services: ['*'] }] };
}

const stopped = { restored: [], notRestored: [], told: 0, notTold: [], listProblem: null };
const answers: Partial<RolloutService> = {
  start: async () => ({ workflowId: 'w', runId, created: true, workerSeen: true, warnings: [] }),
  list: async () => ({ rollouts: [], next: null }),
  // An end, so that its stream of events ends.
  get: async () => viewOf({ phase: 'promoted', outcome: 'promoted' }),
  series: failing('rollout-not-found', 'reached'),
  audit: failing('rollout-not-found', 'reached'),
  readiness: failing('temporal-unavailable', 'reached'),
  running: failing('temporal-unavailable', 'reached'),
  command: async () => ({ accepted: true, via: 'update', status: null }),
  emergencyStop: async () => stopped,
  stopOfAll: async () => ({ stops: [], orders: [] }),
  release: async () => ({ released: [], notReleased: [] }),
  openEmergency: async () => ({
    ...{ id: 'x', workflowId: 'w', runId, created: true, workerSeen: true, stop: stopped },
    links: { self: '/' },
  }),
  emergencies: async () => ({
    emergencies: ['all', 'dev/*', 'dev/shop', 'prod/*'].map((word) => ({
      ...emergencyViewOf(),
      scope: [word],
    })),
    next: null,
  }),
  emergency: async (id) => ({ ...emergencyViewOf(), scope: [id] }),
  releaseEmergency: async () => ({ accepted: true, via: 'update', status: null }),
  rollbacks: failing('rollout-not-found', 'reached'),
};

function environmentOf(plan: unknown): { environment: string } {
  const named = typeof plan === 'object' && plan !== null && 'environment' in plan ? plan.environment : '';
  return { environment: String(named) };
}

async function reached({ method, url, body }: Row, column: Column, environment: string): Promise<boolean> {
  const answer = await app.inject({
    method,
    url: url.replace('ENV', environment),
    ...(column === 'nobody' ? {} : { headers: { authorization: `Bearer ${column}` } }),
    ...(body ? { payload: JSON.parse(JSON.stringify(body).replaceAll('ENV', environment)) } : {}),
    // Some are streams without an end.
    payloadAsStream: true,
  });
  answer.stream().destroy();
  const { statusCode } = answer;
  if (statusCode !== 401 && statusCode !== 403) expect(statusCode).not.toBe(500);
  else expect(statusCode).toBe(column === 'nobody' ? 401 : 403);
  return statusCode !== 401 && statusCode !== 403;
}

describe.each(rows)('$method $url', (row) => {
  test.each(columns)('for %s', async (column) => {
    expect(await reached(row, column, 'dev')).toBe(row.may.includes(column));
    expect(await reached(row, column, 'prod')).toBe(row.elsewhere === 'as-here' && row.may.includes(column));
  });
});

test('no route is left out', () => {
  const missing = app.routeTable.entries.filter(
    (entry) => entry.method !== 'HEAD' && !entry.url.startsWith('/docs') && !hasRow(entry),
  );
  expect(missing.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
});

test('whoever was verified need not say who they are', async () => {
  const headers = { authorization: 'Bearer operator' };
  for (const [url, body] of [
    ['/v1/emergency-stop', { scope: { targets: ['dev/shop'] }, reason: 'fire' }],
    ['/v1/emergency-rollbacks', { scope: 'dev/shop', reason: 'fire' }],
    ['/v1/emergency-rollbacks/dev%2Fshop/release', { reason: 'over' }],
    ['/v1/rollouts/dev/shop/pause', {}],
  ] as const) {
    rollouts.calls.length = 0;
    const answer = await app.inject({ method: 'POST', url, headers, payload: body });
    expect([url, answer.statusCode < 300]).toEqual([url, true]);
    expect(JSON.stringify(rollouts.calls)).toContain('"actor":"the operator"');
  }
});

test('whoever was verified acts by that name, whatever the request says', async () => {
  const headers = { authorization: 'Bearer operator' };
  for (const url of ['/v1/rollouts', '/v1/rollouts/dev/shop/pause']) {
    rollouts.calls.length = 0;
    const payload = url.endsWith('pause') ? told : { plan: { environment: 'dev' }, actor: 'ann' };
    expect((await app.inject({ method: 'POST', url, headers, payload })).statusCode).toBeLessThan(300);
    const [call] = rollouts.calls;
    expect(call?.args).toContainEqual(expect.objectContaining({ actor: 'the operator' }));
  }
});

test('lists are asked for what their reader may see, and for all where that is everything', async () => {
  for (const list of ['rollouts', 'rollbacks', 'incidents', 'approvals', 'evidence', 'emergency-rollbacks']) {
    const askedFor = async (role: string) => {
      rollouts.calls.length = 0;
      askedBeside.length = 0;
      await app.inject({ url: `/v1/${list}`, headers: { authorization: `Bearer ${role}` } });
      const asked = [...rollouts.calls.map(sightIn), ...askedBeside];
      expect(asked.length, list).toBeGreaterThan(0);
      return asked;
    };
    for (const sees of await askedFor('viewer')) {
      const seen = ['dev', 'prod', '*'].map((environment) => sees?.({ environment, service: 'shop' }));
      expect(seen, list).toEqual([true, false, false]);
      expect(sees?.environments, list).toEqual(['dev']);
    }
    for (const sees of await askedFor('chief')) expect(sees, list).toBeNull();
  }
});

test('whoever has a role for one service only is shown its part of a list, of one environment too', async () => {
  const headers = { authorization: 'Bearer of-shop' };
  for (const url of ['/v1/rollouts', '/v1/rollouts?environment=dev', '/v1/rollouts?service=shop']) {
    expect((await app.inject({ url, headers })).statusCode, url).toBe(200);
    const sees = sightIn(rollouts.calls.at(-1));
    expect(['shop', 'till'].map((service) => sees?.({ environment: 'dev', service }))).toEqual([true, false]);
  }
  for (const url of ['/v1/rollouts?service=till', '/v1/rollouts?environment=prod']) {
    expect((await app.inject({ url, headers })).json(), url).toMatchObject({ code: 'access-refused' });
  }
});

function sightIn(call: { readonly args: readonly unknown[] } | undefined): Sees {
  return call?.args[1] as Sees;
}

test('a refusal says in plain words what is not allowed, where, and which roles would do', async () => {
  const headers = { authorization: 'Bearer viewer' };
  const refused = await app.inject({
    method: 'POST',
    url: '/v1/rollouts/dev/shop/pause',
    headers,
    payload: told,
  });
  expect(refused.json()).toMatchObject({
    code: 'access-refused',
    detail: expect.stringMatching(
      / has no role that allows acting on rollouts in dev\/shop; it takes operator or admin\.$/,
    ),
    details: { permission: 'steer' },
  });
});

test('a link that somebody was given is checked by its own page, which asks for no token', async () => {
  const page = await app.inject({ url: '/approvals/not-good' });
  expect(page.statusCode).not.toBe(401);
  expect(page.headers['content-type']).toContain('text/html');
});

test('a route that says nothing of itself is for administrators, and for readers where it only reads', async () => {
  const bare = await createApp(fakeDeps(fakeRollouts()), { authenticate });
  bare.post('/v1/new', async () => 'done');
  bare.get('/v1/new', async () => 'seen');
  const status = async (method: 'GET' | 'POST', role: string) => {
    const headers = { authorization: `Bearer ${role}` };
    const query = method === 'GET' ? '?environment=dev' : '';
    const payload = method === 'POST' ? { payload: {} } : {};
    return (await bare.inject({ method, url: `/v1/new${query}`, headers, ...payload })).statusCode;
  };
  expect(await status('POST', 'operator')).toBe(403);
  expect(await status('GET', 'viewer')).toBe(200);
  await bare.close();
});
