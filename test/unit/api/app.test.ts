/** The HTTP layer by injection: routes, bodies, refusals and what is never shown. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import {
  commandAnswerSchema,
  problemSchema,
  rolloutViewSchema,
  startedSchema,
  validationSchema,
} from '../../../src/api/contract.ts';
import type { RolloutService } from '../../../src/api/service.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { failing, fakeDeps, fakeRollouts, runId, statusOf, viewOf } from './fakes.ts';

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(overrides: Partial<RolloutService> = {}) {
  const rollouts = fakeRollouts(overrides);
  app = await createApp(fakeDeps(rollouts));
  return { app, rollouts };
}

const started = { workflowId: 'rollout/demo/shop', runId, created: true, workerSeen: true, warnings: [] };
const startOk = { start: async () => started };
const json = { 'content-type': 'application/json' };
const target = '/v1/rollouts/demo/shop';

test('logs one line for each request, when it has been answered', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  app = await createApp(fakeDeps(fakeRollouts({})), { logger });
  await app.inject('/v1/nowhere');
  expect(lines).toMatchObject([
    { msg: 'request completed', req: { method: 'GET', url: '/v1/nowhere' }, res: { statusCode: 404 } },
  ]);
  expect(lines[0]).toHaveProperty('responseTime');
});

test('starts a rollout from a plan in JSON and says where it is', async () => {
  const { app, rollouts } = await serve(startOk);
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: { ...json, 'idempotency-key': 'k1' },
    payload: { version: 'v2' },
  });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.location).toBe(`${target}?run=${runId}`);
  expect(startedSchema.parse(answer.json())).toMatchObject({
    target: 'demo/shop',
    created: true,
    version: 'v2',
  });
  expect(rollouts.calls[0]?.args[0]).toMatchObject({ actor: 'api', reason: '', idempotencyKey: 'k1' });
});

test.each(['application/yaml', 'text/yaml'])('starts a rollout from a plan in %s', async (type) => {
  const { app, rollouts } = await serve(startOk);
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: { 'content-type': type },
    payload: 'version: v9\n',
  });
  expect(answer.statusCode).toBe(201);
  expect(rollouts.calls[0]?.args[0]).toMatchObject({ plan: { version: 'v9' }, idempotencyKey: null });
});

test.each([{ version: 'v5' }, 'version: v5'])('takes actor and reason from an envelope', async (plan) => {
  const { app, rollouts } = await serve(startOk);
  const payload = { plan, actor: 'ada', reason: 'release day' };
  await app.inject({ method: 'POST', url: '/v1/rollouts', headers: json, payload });
  expect(rollouts.calls[0]?.args[0]).toMatchObject({
    plan: { version: 'v5' },
    actor: 'ada',
    reason: 'release day',
  });
});

test('answers 200 when the same request had started the rollout before', async () => {
  const { app } = await serve({ start: async () => ({ ...started, created: false }) });
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: json,
    payload: { version: 'v2' },
  });
  expect(answer.statusCode).toBe(200);
});

test('refuses a bad plan with every problem and starts nothing', async () => {
  const { app, rollouts } = await serve();
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: json,
    payload: { version: 1 },
  });
  expect(answer.statusCode).toBe(422);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(problemSchema.parse(answer.json())).toMatchObject({
    type: '/docs/errors#plan-invalid',
    code: 'plan-invalid',
    problems: [{ path: 'version', message: 'must be a text' }],
  });
  expect(rollouts.calls).toEqual([]);
});

test('refuses unknown fields of the envelope by name', async () => {
  const { app } = await serve();
  const payload = { plan: { version: 'v1' }, who: 'ada' };
  const answer = await app.inject({ method: 'POST', url: '/v1/rollouts', headers: json, payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().problems).toEqual([{ path: 'who', message: 'is not known here' }]);
});

test('names the rollout that is in the way', async () => {
  const details = { workflowId: 'rollout/demo/shop', runId, version: 'v1', phase: 'soaking' };
  const start = async () => {
    throw new SluiceError('rollout-running', 'A rollout is running.', { details });
  };
  const { app } = await serve({ start });
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: json,
    payload: { version: 'v2' },
  });
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toMatchObject({ code: 'rollout-running', details });
});

test('validates with problems and warnings and answers 200 either way', async () => {
  const { app } = await serve();
  const post = (payload: object) =>
    app.inject({ method: 'POST', url: '/v1/validate', headers: json, payload });
  const bad = await post({ version: 3 });
  expect(bad.statusCode).toBe(200);
  expect(validationSchema.parse(bad.json())).toMatchObject({ ok: false, problems: [{ path: 'version' }] });
  const good = validationSchema.parse((await post({ version: 'v3' })).json());
  expect(good).toMatchObject({ ok: true, plan: { version: 'v3' }, warnings: [{ path: 'stages[0].soak' }] });
});

test('validates against policies and dependencies, strictly where it is asked for', async () => {
  const recommendations = [{ path: 'guards', message: 'name what must stay true' }];
  const problem = { path: 'stages', message: 'has 1', kind: 'policy', policy: 'production' } as const;
  const asked: unknown[] = [];
  const { app } = await serve({
    examine: async ({ plan, warnings = [], strict }) => {
      asked.push({ warnings, strict });
      return { plan, problems: [problem], warnings, recommendations };
    },
  });
  const payload = { plan: { version: 'v3' }, strict: true };
  const answer = await app.inject({ method: 'POST', url: '/v1/validate', headers: json, payload });
  expect(validationSchema.parse(answer.json())).toEqual({
    ok: false,
    problems: [problem],
    warnings: [{ path: 'stages[0].soak', message: 'no soak' }],
    recommendations,
  });
  expect(asked).toEqual([{ warnings: [{ path: 'stages[0].soak', message: 'no soak' }], strict: true }]);
});

test('lists with parsed filters', async () => {
  const { app, rollouts } = await serve({ list: async () => ({ rollouts: [], next: null }) });
  const answer = await app.inject('/v1/rollouts?environment=demo&running=true&limit=5');
  expect(answer.json()).toEqual({ rollouts: [], next: null });
  expect(rollouts.calls[0]?.args[0]).toEqual({ environment: 'demo', running: 'true', limit: 5 });
});

test.each([
  ['/v1/rollouts?limit=0', 'query.limit'],
  ['/v1/rollouts?limit=201', 'query.limit'],
  ['/v1/rollouts?phase=sleeping', 'query.phase'],
  ['/v1/rollouts?colour=red', 'query.colour'],
  ['/v1/rollouts?service=a%22%20OR%20%22b', 'query.service'],
  [`${target}?run=latest`, 'query.run'],
  ['/v1/rollouts/demo/a%2Fb', 'path.service'],
  [`${target}/audit?runs=1`, 'query.runs'],
  ['/healthz?x=1', 'query.x'],
])('refuses %s and names the parameter', async (url, path) => {
  const { app, rollouts } = await serve();
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().problems[0].path).toBe(path);
  expect(rollouts.calls).toEqual([]);
});

test('shows a rollout, and one run of it', async () => {
  const { app, rollouts } = await serve({ get: async () => viewOf() });
  const answer = await app.inject(`${target}?run=${runId}`);
  expect(rolloutViewSchema.parse(answer.json()).status?.phase).toBe('soaking');
  expect(rollouts.calls[0]?.args[0]).toEqual({ environment: 'demo', service: 'shop', runId });
});

test.each(['promote', 'pause', 'resume', 'rollback', 'approve', 'reject'])(
  'passes %s on',
  async (command) => {
    const answered = { accepted: true, via: 'update', status: statusOf() } as const;
    const { app, rollouts } = await serve({ command: async () => answered });
    const answer = await app.inject({
      method: 'POST',
      url: `${target}/${command}`,
      headers: { ...json, 'idempotency-key': 'chg-1' },
      payload: { actor: 'ada', reason: 'because' },
    });
    expect(answer.statusCode).toBe(200);
    expect(rollouts.calls[0]?.args[1]).toEqual({
      name: command,
      actor: 'ada',
      reason: 'because',
      requestId: 'chg-1',
    });
  },
);

test('a rollback that expects something is refused before anything is stopped', async () => {
  const { app } = await serve({});
  const payload = { expect: { stage: 0 } };
  const answer = await app.inject({ method: 'POST', url: `${target}/rollback`, headers: json, payload });
  expect(answer.json()).toMatchObject({ code: 'request-invalid', problems: [{ path: 'expect' }] });
});

test.each([
  ['\u0000x', '\ufffdx'],
  ['lla\u202e', 'lla\ufffd'],
  ['\u2067', '\ufffd'],
  ['a\u001b[2J', 'a\ufffd[2J'],
])('makes visible what nobody would see in %j, so that people read what was written', async (sent, kept) => {
  const answered = { accepted: true, via: 'update', status: statusOf() } as const;
  const { app, rollouts } = await serve({ command: async () => answered });
  const payload = { actor: sent, reason: `so\n${sent}` };
  const answer = await app.inject({ method: 'POST', url: `${target}/rollback`, headers: json, payload });
  expect(answer.statusCode).toBe(200);
  expect(rollouts.calls[0]?.args[1]).toMatchObject({ actor: kept, reason: `so\n${kept}` });
});

test('takes a reason of several lines, in any script', async () => {
  const answered = { accepted: true, via: 'update', status: statusOf() } as const;
  const { app, rollouts } = await serve({ command: async () => answered });
  const payload = { actor: 'שרה', reason: 'slow\r\n\tfor the whole hour' };
  await app.inject({ method: 'POST', url: `${target}/pause`, headers: json, payload });
  expect(rollouts.calls[0]?.args[1]).toMatchObject(payload);
});

test('answers 202 when a rollback was left as a signal', async () => {
  const { app } = await serve({ command: async () => ({ accepted: true, via: 'signal', status: null }) });
  const answer = await app.inject({ method: 'POST', url: `${target}/rollback`, headers: json });
  expect(answer.statusCode).toBe(202);
});

test('answers 202 when only the stop in the data plane was written', async () => {
  const express = { written: true, tookMs: 3 } as const;
  const { app } = await serve({
    command: async () => ({ accepted: true, via: 'stop', status: null, express }),
  });
  const answer = await app.inject({ method: 'POST', url: `${target}/rollback`, headers: json, payload: {} });
  expect(answer.statusCode).toBe(202);
  expect(commandAnswerSchema.parse(answer.json()).express).toEqual(express);
});

test.each(['all', { environments: ['demo'] }, { targets: ['demo/shop'] }])(
  'stops the scope %j in an emergency',
  async (scope) => {
    const done = { restored: [], notRestored: [], told: 0, notTold: [], listProblem: null };
    const { app, rollouts } = await serve({ emergencyStop: async () => done });
    const payload = { scope, reason: ' fire ', actor: 'ada' };
    const answer = await app.inject({ method: 'POST', url: '/v1/emergency-stop', headers: json, payload });
    expect([answer.statusCode, answer.json()]).toEqual([200, done]);
    expect(rollouts.calls[0]?.args[0]).toEqual({ scope, reason: 'fire', actor: 'ada' });
  },
);

test.each([
  {},
  { scope: 'all', reason: 'fire' },
  { scope: 'all', reason: '', actor: 'ada' },
  { scope: {}, reason: 'fire', actor: 'ada' },
  { scope: { targets: [] }, reason: 'fire', actor: 'ada' },
  { scope: { targets: ['shop'] }, reason: 'fire', actor: 'ada' },
  { scope: { targets: ['a/b/c'] }, reason: 'fire', actor: 'ada' },
  { scope: 'everything', reason: 'fire', actor: 'ada' },
])('refuses the emergency stop %j', async (payload) => {
  const { app, rollouts } = await serve();
  const answer = await app.inject({ method: 'POST', url: '/v1/emergency-stop', headers: json, payload });
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'request-invalid']);
  expect(rollouts.calls).toEqual([]);
});

test('releases a stop of everything', async () => {
  const done = { released: ['haproxy'], notReleased: [] };
  const { app } = await serve({ release: async () => done });
  const answer = await app.inject({ method: 'POST', url: '/v1/emergency-stop/release', headers: json });
  expect([answer.statusCode, answer.json()]).toEqual([200, done]);
});

test('says why a command was refused', async () => {
  const { app } = await serve({ command: failing('command-refused', 'The rollout refused: it has ended.') });
  const answer = await app.inject({ method: 'POST', url: `${target}/pause`, headers: json, payload: {} });
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toMatchObject({
    code: 'command-refused',
    detail: 'The rollout refused: it has ended.',
  });
});

test('refuses unknown fields and wrong types of a command', async () => {
  const { app } = await serve();
  const payload = { full: 'yes', why: 'x' };
  const answer = await app.inject({ method: 'POST', url: `${target}/promote`, headers: json, payload });
  expect(answer.statusCode).toBe(400);
  expect(
    answer
      .json()
      .problems.map(({ path }: { path: string }) => path)
      .sort(),
  ).toEqual(['body.full', 'body.why']);
});

test.each([
  ['GET', '/v1/nothing', 404, 'not-found', undefined],
  ['POST', `${target}/explode`, 404, 'not-found', undefined],
  ['POST', `${target}/audit`, 405, 'method-not-allowed', 'GET, HEAD'],
  ['DELETE', '/v1/rollouts', 405, 'method-not-allowed', 'GET, HEAD, POST'],
  ['PUT', `${target}/pause`, 405, 'method-not-allowed', 'POST'],
] as const)('%s %s is answered with %i', async (method, url, status, code, allow) => {
  const { app } = await serve();
  const answer = await app.inject({ method, url, headers: json, payload: {} });
  expect(answer.statusCode).toBe(status);
  expect(answer.json().code).toBe(code);
  expect(answer.headers.allow).toBe(allow);
});

test.each([
  ['application/x-www-form-urlencoded', 'version=v2'],
  ['text/plain', '{"version":"v2"}'],
  ['multipart/form-data; boundary=x', '--x--'],
])('refuses a body of type %s', async (type, payload) => {
  const { app } = await serve();
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: { 'content-type': type },
    payload,
  });
  expect(answer.statusCode).toBe(415);
  expect(answer.json().code).toBe('media-type-unsupported');
});

test('refuses a body without a type, and YAML where no plan is expected', async () => {
  const { app } = await serve();
  const untyped = await app.inject({ method: 'POST', url: `${target}/pause` });
  expect(untyped.statusCode).toBe(415);
  const headers = { 'content-type': 'application/yaml' };
  const yaml = await app.inject({ method: 'POST', url: `${target}/pause`, headers, payload: 'reason: x' });
  expect(yaml.statusCode).toBe(415);
});

test('refuses broken JSON and bodies beyond 256 KiB without a stack trace', async () => {
  const { app } = await serve();
  const broken = await app.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: json,
    payload: '{"version":',
  });
  expect(broken.statusCode).toBe(400);
  expect(broken.json().code).toBe('request-invalid');
  const payload = JSON.stringify({ version: 'x'.repeat(256 * 1024) });
  const large = await app.inject({ method: 'POST', url: '/v1/rollouts', headers: json, payload });
  expect(large.statusCode).toBe(413);
  expect(`${broken.body}${large.body}`).not.toMatch(/\.[jt]s:\d/);
});

test.each(['evil.example', '10.0.0.1:8080', 'localhost.evil.example'])(
  'refuses the host "%s"',
  async (host) => {
    const { app, rollouts } = await serve({ list: async () => ({ rollouts: [], next: null }) });
    const answer = await app.inject({ url: '/v1/rollouts', headers: { host } });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().code).toBe('host-refused');
    expect(rollouts.calls).toEqual([]);
  },
);

test.each(['localhost', '127.0.0.1:8080', '[::1]:8080', '127.8.9.1'])('serves the host %s', async (host) => {
  const { app } = await serve();
  expect((await app.inject({ url: '/healthz', headers: { host } })).statusCode).toBe(200);
});

test.each([
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1:9999' },
  { 'sec-fetch-site': 'cross-site' },
])('refuses a write from another origin: %o', async (headers) => {
  const { app, rollouts } = await serve();
  const host = '127.0.0.1:8080';
  const answer = await app.inject({
    method: 'POST',
    url: `${target}/rollback`,
    headers: { ...json, host, ...headers },
    payload: {},
  });
  expect(answer.statusCode).toBe(403);
  expect(answer.json().code).toBe('origin-refused');
  expect(rollouts.calls).toEqual([]);
});

test('accepts a write from a page of its own', async () => {
  const { app } = await serve({ command: async () => ({ accepted: true, via: 'update', status: null }) });
  const headers = {
    ...json,
    host: 'localhost:8080',
    origin: 'http://localhost:8080',
    'sec-fetch-site': 'same-origin',
  };
  const answer = await app.inject({ method: 'POST', url: `${target}/pause`, headers, payload: {} });
  expect(answer.statusCode).toBe(200);
});

test('hides what is unexpected and gives the request id instead', async () => {
  const get = async () => {
    throw new Error('password=hunter2 at /somewhere/secret.ts');
  };
  const { app } = await serve({ get });
  const answer = await app.inject(target);
  expect(answer.statusCode).toBe(500);
  expect(problemSchema.parse(answer.json())).toMatchObject({ code: 'internal' });
  expect(answer.body).not.toContain('hunter2');
});

test('tells when to try again what is retryable', async () => {
  const { app } = await serve({ get: failing('temporal-unavailable', 'Temporal is away.') });
  const answer = await app.inject(target);
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBeDefined();
});

test('describes every route in OpenAPI and explains every error code', async () => {
  const { app } = await serve();
  const document = (await app.inject('/openapi.json')).json();
  expect(Object.keys(document.paths).sort()).toEqual([
    '/auth/logout',
    '/auth/token',
    '/healthz',
    '/readyz',
    '/v1/approvals',
    '/v1/backtests',
    '/v1/catalogue',
    '/v1/codec/decode',
    '/v1/codec/encode',
    '/v1/configuration',
    '/v1/emergency-rollbacks',
    '/v1/emergency-rollbacks/{id}',
    '/v1/emergency-rollbacks/{id}/release',
    '/v1/emergency-stop',
    '/v1/emergency-stop/release',
    '/v1/evidence',
    '/v1/evidence/prune',
    '/v1/incidents',
    '/v1/incidents/{environment}/{service}',
    '/v1/incidents/{environment}/{service}/close',
    '/v1/incidents/{environment}/{service}/review',
    '/v1/me',
    '/v1/metrics/check',
    '/v1/rollbacks',
    '/v1/rollouts',
    '/v1/rollouts/events',
    '/v1/rollouts/{environment}/{service}',
    '/v1/rollouts/{environment}/{service}/ack',
    '/v1/rollouts/{environment}/{service}/approval-links',
    '/v1/rollouts/{environment}/{service}/audit',
    '/v1/rollouts/{environment}/{service}/events',
    '/v1/rollouts/{environment}/{service}/evidence',
    '/v1/rollouts/{environment}/{service}/evidence/archive',
    '/v1/rollouts/{environment}/{service}/evidence/hold',
    '/v1/rollouts/{environment}/{service}/evidence/release',
    '/v1/rollouts/{environment}/{service}/evidence/verification',
    '/v1/rollouts/{environment}/{service}/findings',
    '/v1/rollouts/{environment}/{service}/notices',
    '/v1/rollouts/{environment}/{service}/report',
    '/v1/rollouts/{environment}/{service}/series',
    '/v1/rollouts/{environment}/{service}/{command}',
    '/v1/sessions',
    '/v1/sessions/revoke',
    '/v1/sessions/{session}/revoke',
    '/v1/validate',
  ]);
  expect(document.components.schemas.RolloutStatus.properties.phase).toBeDefined();
  expect((await app.inject('/docs/errors')).body).toContain('id="rollout-running"');
  expect((await app.inject('/docs')).statusCode).toBeLessThan(400);
});

test('counts requests by route, not by path', async () => {
  const { app } = await serve({ get: failing('rollout-not-found', 'No rollout.') });
  await app.inject('/v1/rollouts/a/b');
  await app.inject('/v1/rollouts/c/d');
  await app.inject('/no/such/path');
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain(
    'sluice_http_requests_total{method="GET",route="/v1/rollouts/:environment/:service",status="404"} 2',
  );
  expect(metrics).toContain('route="none",status="404"} 1');
  expect(metrics).toContain('process_cpu_seconds_total');
});

test('is ready only when Temporal answers', async () => {
  const readiness = {
    ready: false,
    temporal: { ok: false, address: '127.0.0.1:7233', detail: 'away' },
    worker: { seen: false, detail: 'unknown' },
  };
  const { app } = await serve({ readiness: async () => readiness });
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual(readiness);
});

test('is ready without a worker, since a canary can be stopped all the same', async () => {
  const readiness = {
    ready: true,
    temporal: { ok: true, address: '127.0.0.1:7233', detail: 'answers' },
    worker: { seen: false, detail: 'no worker has polled' },
  };
  const { app } = await serve({ readiness: async () => readiness });
  expect((await app.inject('/readyz')).statusCode).toBe(200);
});

test('serves the catalogue', async () => {
  const { app } = await serve();
  expect((await app.inject('/v1/catalogue')).json()).toEqual({ traffic: ['memory'] });
});
