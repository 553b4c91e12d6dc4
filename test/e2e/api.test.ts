/** The API against a real Temporal server and real workers: start, steer, follow, list, audit, and outages. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppOptions, createApp } from '../../src/api/app.ts';
import {
  auditSchema,
  pageSchema,
  rollbackPageSchema,
  rolloutViewSchema,
  startedSchema,
} from '../../src/api/contract.ts';
import { noEvidence } from '../../src/api/evidence/none.ts';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../src/api/notice-service.ts';
import { signatureHeader, signatureOf } from '../../src/api/outside/signature.ts';
import type { PlanReader } from '../../src/api/service.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { createReplay } from '../../src/audit/replay.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { approvalLinks } from '../../src/providers/approval-links.ts';
import { plainConfiguration } from '../support/configuration.ts';
import { exampleFindings } from '../support/findings.ts';
import { planFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

let env: RolloutEnv;
let app: FastifyInstance;
let folder: string;

const unkept = { evidence: noEvidence, report: async () => 'no report', findings: exampleFindings };
/** Plans of the fixture, with the body's fields put over it. */
const secret = 'a secret of the operator';
const eventKeys = { secrets: async () => [secret], tokens: async () => [] };
const approvals = { links: approvalLinks({ secret: null }), url: null };
const plans: PlanReader = {
  parse: (input) => ({ ok: true, plan: planFixture(input as Partial<Plan>), warnings: [] }),
  parseText: (text) => ({ ok: true, plan: planFixture(JSON.parse(text)), warnings: [] }),
};

beforeAll(async () => {
  env = await RolloutEnv.create();
  folder = await mkdtemp(join(tmpdir(), 'sluice-api-'));
  app = await appWith(workflowBundle().codePath);
});

afterAll(async () => {
  await app?.close();
  await env?.close();
  await rm(folder, { recursive: true, force: true });
});

async function appWith(bundlePath: string, options: AppOptions = {}): Promise<FastifyInstance> {
  const rollouts = createTemporalService({
    client: env.client,
    address: 'the test server',
    replay: createReplay(bundlePath),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
    supersedeWaitMs: 60_000,
  });
  return await createApp(
    {
      rollouts,
      ...unkept,
      notices: createNoticeService({ client: env.client, address: 'the test server' }),
      plans,
      catalogue: () => ({}),
      configuration: plainConfiguration,
      metrics: () => env.metrics,
      codec: null,
      eventKeys,
      approvals,
    },
    { pollMs: 100, ...options },
  );
}

function start(plan: Partial<Plan>, key?: string, to = app) {
  return to.inject({
    method: 'POST',
    url: '/v1/rollouts',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    payload: { plan, actor: 'ada', reason: 'release day' },
  });
}

/** Asked again, as the same command, while a worker that is there is too busy to answer within the API's time. */
async function command(service: string, name: string, payload: object = {}, key: string = randomUUID()) {
  return await waitFor(`${name} of ${service} to be answered`, async () => {
    const answer = await commandOnce(service, name, payload, key);
    return answer.json().code !== 'worker-absent' && answer;
  });
}

function commandOnce(service: string, name: string, payload: object, key: string) {
  return app.inject({
    method: 'POST',
    url: `/v1/rollouts/test/${service}/${name}`,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    payload,
  });
}

/** Posts an event, signed with the operator's secret. */
function post(service: string, event: object) {
  const payload = JSON.stringify(event);
  const signature = signatureOf(payload, secret, Math.floor(Date.now() / 1000));
  return app.inject({
    method: 'POST',
    url: `/v1/rollouts/test/${service}/events`,
    headers: { 'content-type': 'application/json', [signatureHeader]: signature },
    payload,
  });
}

async function view(service: string, run?: string) {
  const url = `/v1/rollouts/test/${service}${run === undefined ? '' : `?run=${run}`}`;
  // As it is now, whoever looked a moment ago.
  const answer = await app.inject({ url, headers: { 'cache-control': 'max-age=0' } });
  return rolloutViewSchema.parse(answer.json());
}

function phase(service: string, ...wanted: string[]) {
  return waitFor(`${service} to be ${wanted}`, async () => {
    const seen = await view(service);
    return wanted.includes(seen.phase ?? '') && seen;
  });
}

test('starts once per Idempotency-Key, names what is running, and refuses a second rollout', async () => {
  const first = await start({ service: 'once' }, 'key-1');
  expect(first.statusCode).toBe(201);
  const begun = startedSchema.parse(first.json());
  expect(begun).toMatchObject({ target: 'test/once', created: true, workerSeen: true });

  const again = await start({ service: 'once' }, 'key-1');
  expect(again.statusCode).toBe(200);
  expect(again.json()).toMatchObject({ created: false, runId: begun.runId });

  const other = await start({ service: 'once', version: 'v3' }, 'key-1');
  expect(other.statusCode).toBe(422);
  expect(other.json().code).toBe('idempotency-mismatch');

  await phase('once', 'soaking');
  const second = await start({ service: 'once', version: 'v3' }, 'key-2');
  expect(second.statusCode).toBe(409);
  expect(second.json()).toMatchObject({
    code: 'rollout-running',
    details: { workflowId: 'rollout/test/once', runId: begun.runId, version: 'v2', phase: 'soaking' },
  });
  await command('once', 'rollback', { reason: 'enough' });
  await phase('once', 'rolled-back');

  // The old key still names the old rollout, also after it has ended.
  const late = await start({ service: 'once' }, 'key-1');
  expect(late.json()).toMatchObject({ created: false, runId: begun.runId });
});

test('two starts at the same moment with one key make one rollout', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => start({ service: 'race' }, 'same')));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 201]);
  expect(new Set(answers.map((answer) => answer.json().runId)).size).toBe(1);
  await command('race', 'rollback');
});

test('a flood of starts: each is accepted or told when to come, none is lost, none is doubled', async () => {
  const bounded = await appWith(workflowBundle().codePath, {
    starts: { perSecond: 5, burst: 5, inFlight: 100 },
  });
  const services = Array.from({ length: 12 }, (_, number) => `flood-${number}`);
  // Each comes twice at once, as from a client that has lost patience.
  const flood = () => services.flatMap((service) => [service, service].map((name) => begin(name)));
  const begin = async (service: string) => ({
    service,
    answer: await start({ service }, `key-of-${service}`, bounded),
  });
  const begun = new Map<string, Set<unknown>>();
  const take = (answers: Awaited<ReturnType<typeof begin>>[]) =>
    answers.flatMap(({ service, answer }) => {
      if (answer.statusCode === 429) {
        expect(answer.json().code).toBe('starts-busy');
        return [{ service, seconds: Number(answer.headers['retry-after']) }];
      }
      expect([200, 201]).toContain(answer.statusCode);
      begun.set(service, (begun.get(service) ?? new Set()).add(answer.json().runId));
      return [];
    });
  const comeBack = async ({ service, seconds }: { service: string; seconds: number }) => {
    await sleep(seconds * 1_000);
    return await begin(service);
  };
  let told = take(await Promise.all(flood()));
  expect(told.length).toBeGreaterThan(0);
  // A place is kept for some seconds only: who comes later than that, from a busy machine, is told another time.
  for (let round = 0; round < 10 && told.length > 0; round += 1) {
    told = take(await Promise.all(told.map(comeBack)));
  }
  await bounded.close();

  expect([...begun.keys()].sort()).toEqual(services.toSorted());
  for (const runs of begun.values()) expect(runs.size).toBe(1);
  const known = await waitFor('all to be in the list', async () => {
    const list = pageSchema.parse((await app.inject('/v1/rollouts?search=flood-&limit=200')).json());
    return list.rollouts.length >= services.length && list.rollouts;
  });
  expect(known.map(({ service }) => service).sort()).toEqual(services.toSorted());
  await Promise.all(services.map((service) => command(service, 'rollback')));
});

test('shows the workflow’s account and the live heartbeat, and steers', async () => {
  await start({ service: 'steer' });
  await phase('steer', 'soaking');
  const live = await waitFor('a heartbeat', async () => (await view('steer')).live);
  expect(live).toMatchObject({ stage: 0, askedPercent: 10 });

  const paused = await command('steer', 'pause', { actor: 'bob' }, 'chg-1');
  expect(paused.statusCode).toBe(200);
  expect(paused.json()).toMatchObject({ accepted: true, via: 'update', status: { paused: true } });
  const twice = await command('steer', 'pause', { actor: 'bob' }, 'chg-1');
  expect(twice.statusCode).toBe(200);

  const refused = await command('steer', 'pause');
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({ code: 'command-refused' });
  expect(refused.json().detail).toContain('paused already');
  expect((await command('steer', 'approve')).statusCode).toBe(409);
  expect((await command('steer', 'resume')).statusCode).toBe(200);

  const back = await command('steer', 'rollback', { actor: 'bob', reason: 'users complain' });
  // By an update, unless nobody answers that in time: then by whatever the rollout is sure to find.
  expect(back.json()).toMatchObject({ accepted: true, express: { written: true } });
  const ended = await waitFor('the end', async () => {
    const seen = await view('steer');
    return seen.temporalStatus === 'COMPLETED' && seen;
  });
  expect(ended).toMatchObject({ outcome: 'rolled-back', workerAnswered: true, live: null });
  expect(ended.status?.cause).toMatchObject({ reason: 'users complain', actor: 'bob' });
  const rollbacks = await waitFor('the record in the history', async () => {
    const answer = await app.inject('/v1/rollbacks?environment=test&service=steer&since=1h&trigger=command');
    const page = rollbackPageSchema.parse(answer.json());
    return page.rollbacks[0]?.ended === true && page;
  });
  expect(rollbacks.rollbacks).toMatchObject([{ record: { actor: 'bob', reason: 'users complain' } }]);
  expect(rollbacks.statistics).toMatchObject({ count: 1, byTrigger: { command: 1 }, inTime: 1 });
  const late = await command('steer', 'rollback');
  expect(late.statusCode).toBe(409);
  expect(late.json().detail).toContain('rolled-back');
});

test('answers 404 for what never was', async () => {
  expect((await app.inject('/v1/rollouts/test/nothing')).statusCode).toBe(404);
  expect((await command('nothing', 'pause')).statusCode).toBe(404);
  expect((await command('nothing', 'rollback')).statusCode).toBe(404);
  expect((await app.inject('/v1/rollouts/test/nothing/audit')).statusCode).toBe(404);
  expect((await app.inject('/v1/rollouts/test/nothing/events')).statusCode).toBe(404);
  const run = '0190b8a4-7c1d-7000-8000-000000000001';
  expect((await app.inject(`/v1/rollouts/test/steer?run=${run}`)).statusCode).toBe(404);
});

test('an event that is signed turns the rollout round with a stop first, once, and ends with it', async () => {
  await start({ service: 'told' });
  await phase('told', 'soaking');
  const late = post('told', { id: 'e-0', type: 'custom', title: 'deployed elsewhere', source: 'ci' });
  expect((await late).json()).toMatchObject({ action: 'note', why: null, duplicate: false });
  const other = { id: 'e-1', type: 'security', title: 'old hole', source: 'scanner', version: 'v1' };
  expect((await post('told', other)).json()).toMatchObject({ action: 'note', why: 'it is about version v1' });
  expect((await view('told')).phase).toBe('soaking');

  const finding = { id: 'e-2', type: 'security', title: 'CVE-2030-1', source: 'scanner', version: 'v2' };
  const first = await post('told', finding);
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({ action: 'rollback', duplicate: false, express: { written: true } });
  const again = await post('told', finding);
  if (again.statusCode === 200) expect(again.json()).toMatchObject({ duplicate: true, action: 'note' });

  const ended = await phase('told', 'rolled-back');
  expect(ended.status?.timeline.filter(({ kind }) => kind === 'event')).toHaveLength(3);
  expect(['event', 'stop']).toContain(ended.status?.cause?.kind);
  expect((await post('told', finding)).json()).toMatchObject({ status: 410, code: 'rollout-ended' });
  expect((await post('nobody', finding)).json()).toMatchObject({ status: 404, code: 'rollout-not-found' });
  const history = JSON.stringify(await env.client.workflow.getHandle('rollout/test/told').fetchHistory());
  expect(history).not.toContain(secret);
});

test('lesson 21: a newer version supersedes: the running rollout goes back first, then the new one starts', async () => {
  const first = startedSchema.parse((await start({ service: 'newer' })).json());
  await phase('newer', 'soaking');
  const second = await start({ service: 'newer', version: 'v3', onConflict: 'supersede' }, 'key-v3');
  expect(second.statusCode).toBe(201);
  const before = await view('newer', first.runId);
  expect(before).toMatchObject({
    outcome: 'rolled-back',
    status: { cause: { reason: 'superseded by v3', actor: 'ada' } },
  });
  expect((await view('newer')).runId).toBe(second.json().runId);
  expect(
    (await start({ service: 'newer', version: 'v3', onConflict: 'supersede' }, 'key-v3')).statusCode,
  ).toBe(200);
  await command('newer', 'rollback');
});

test('lists by filters and pages with a cursor', async () => {
  for (const service of ['page-1', 'page-2', 'page-3']) await start({ service, version: 'v77' });
  const list = async (query: string) => pageSchema.parse((await app.inject(`/v1/rollouts?${query}`)).json());
  await waitFor('visibility', async () => (await list('version=v77')).rollouts.length === 3);
  const one = await list('version=v77&limit=2');
  expect(one.rollouts).toHaveLength(2);
  const two = await list(`version=v77&limit=2&cursor=${one.next}`);
  const names = [...one.rollouts, ...two.rollouts].map(({ service }) => service);
  expect(names.sort()).toEqual(['page-1', 'page-2', 'page-3']);
  expect((await list('service=page-2')).rollouts[0]).toMatchObject({ target: 'test/page-2', version: 'v77' });
  expect((await app.inject(`/v1/rollouts?version=v78&cursor=${one.next}`)).statusCode).toBe(400);
  for (const service of ['page-1', 'page-2', 'page-3']) await command(service, 'rollback');
  await waitFor(
    'the outcome',
    async () => (await list('version=v77&outcome=rolled-back&running=false')).rollouts.length === 3,
  );
  expect((await list('version=v77&running=true')).rollouts).toEqual([]);
});

test('streams a rollout to its end', async () => {
  await start({ service: 'stream' });
  const stream = app.inject('/v1/rollouts/test/stream/events');
  await phase('stream', 'soaking');
  await command('stream', 'rollback', { reason: 'seen enough' });
  const { body } = await stream;
  const views = [...body.matchAll(/^event: status\ndata: (.*)$/gm)].map((match) =>
    rolloutViewSchema.parse(JSON.parse(match[1] ?? '')),
  );
  expect(views.at(-1)).toMatchObject({ outcome: 'rolled-back', temporalStatus: 'COMPLETED' });
  expect(body).toMatch(/event: end\ndata: \{\}\n\n$/);
});

test('audits who did what with the recorded identity, the evidence and an agreeing replay', async () => {
  await start({ service: 'audited' });
  await phase('audited', 'soaking');
  await waitFor('a look', async () => ((await view('audited')).live?.verdicts.length ?? 0) > 0);
  await command('audited', 'pause', { actor: 'bob' });
  const handle = env.client.workflow.getHandle('rollout/test/audited');
  await handle.signal('rollback', { reason: 'from the command line' });
  await phase('audited', 'rolled-back');
  await handle.result();
  const audit = auditSchema.parse((await app.inject('/v1/rollouts/test/audited/audit')).json());
  expect(audit.actions.map(({ via, name, actor, reason }) => [via, name, actor, reason])).toEqual([
    ['start', 'start', 'ada', 'release day'],
    ['update', 'pause', 'bob', null],
    ['signal', 'rollback', null, 'from the command line'],
  ]);
  for (const { identity } of audit.actions) expect(identity).toBeTruthy();
  expect(audit.watches[0]).toMatchObject({ stage: 0, name: '10%', mode: 'soak' });
  expect(audit.watches[0]?.verdicts[0]).toMatchObject({ check: 'success-rate', kind: 'pass', canary: 100 });
  expect(audit.writes.map(({ activity, askedPercent }) => [activity, askedPercent])).toEqual([
    ['shift', 10],
    ['restore', 0],
  ]);
  expect(audit.writes[0]?.readBack).toMatchObject({ readWeightPercent: 10 });
  expect(audit.replay).toMatchObject({ agreed: true });
  expect(audit.timeline.map(({ kind }) => kind)).toContain('restored');
});

test('audits a rollout that is under way', async () => {
  await start({ service: 'under-way' });
  await phase('under-way', 'soaking');
  const audit = auditSchema.parse((await app.inject('/v1/rollouts/test/under-way/audit')).json());
  expect(audit).toMatchObject({ temporalStatus: 'RUNNING', endedAtMs: null, replay: { agreed: true } });
  await command('under-way', 'rollback');
});

test('says that a replay through other code does not agree', async () => {
  await start({ service: 'changed' });
  await phase('changed', 'soaking');
  await command('changed', 'rollback');
  await phase('changed', 'rolled-back');
  const code = await readFile(workflowBundle().codePath, 'utf8');
  const bundlePath = join(folder, 'other.js');
  await writeFile(bundlePath, code.replaceAll('bringing all traffic', 'sending all traffic'));
  const other = await appWith(bundlePath);
  const { replay } = auditSchema.parse((await other.inject('/v1/rollouts/test/changed/audit')).json());
  await other.close();
  expect(replay).toMatchObject({
    agreed: false,
    detail: expect.stringContaining('bringing all traffic'),
  });
});

test('tells how a terminated rollout ended', async () => {
  await start({ service: 'killed' });
  await phase('killed', 'soaking');
  await env.client.workflow.getHandle('rollout/test/killed').terminate('by hand');
  const seen = await view('killed');
  expect(seen).toMatchObject({ temporalStatus: 'TERMINATED', outcome: null });
  const audit = auditSchema.parse((await app.inject('/v1/rollouts/test/killed/audit')).json());
  expect(audit.actions.at(-1)).toMatchObject({ via: 'terminate', reason: 'by hand' });
  const killed = await waitFor('visibility', async () => {
    const page = rollbackPageSchema.parse((await app.inject('/v1/rollbacks?service=killed')).json());
    return page.cutShort[0];
  });
  expect(killed).toMatchObject({ target: 'test/killed', version: 'v2', temporalStatus: 'TERMINATED' });
  expect((await start({ service: 'killed', version: 'v3' })).statusCode).toBe(201);
  await command('killed', 'rollback');
});

test('without a worker: a rollback is left as a signal, other commands say that nobody answered', async () => {
  await start({ service: 'alone' });
  await phase('alone', 'soaking');
  await env.stopWorkers();
  try {
    const seen = await view('alone');
    expect(seen).toMatchObject({ workerAnswered: false, status: null, phase: 'soaking', version: 'v2' });
    const pause = await commandOnce('alone', 'pause', {}, randomUUID());
    expect(pause.statusCode).toBe(503);
    expect(pause.json().code).toBe('worker-absent');
    const back = await command('alone', 'rollback', { actor: 'bob', reason: 'no worker' });
    expect(back.statusCode).toBe(202);
    const express = { written: true, tookMs: expect.any(Number) };
    expect(back.json()).toEqual({ accepted: true, via: 'signal', status: null, express });
  } finally {
    await env.startWorkers();
  }
  const ended = await phase('alone', 'rolled-back');
  expect(ended.status?.cause).toMatchObject({ reason: 'no worker', actor: 'bob' });
});

test('is ready while Temporal answers', async () => {
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ ready: true, temporal: { ok: true }, worker: { seen: true } });
});

test('without Temporal: says so everywhere, and hides nothing behind an internal error', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const client = new Client({ connection });
  const rollouts = createTemporalService({
    client,
    address: '127.0.0.1:1',
    replay: createReplay(''),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
  });
  const blind = await createApp({
    rollouts,
    ...unkept,
    notices: createNoticeService({ client, address: '127.0.0.1:1' }),
    plans,
    catalogue: () => ({}),
    configuration: plainConfiguration,
    metrics: () => env.metrics,
    codec: null,
    eventKeys,
    approvals,
  });
  const headers = { 'content-type': 'application/json' };
  const answers = await Promise.all([
    blind.inject('/v1/rollouts'),
    blind.inject('/v1/rollouts/test/shop'),
    blind.inject('/v1/rollouts/test/shop/audit'),
    blind.inject({ method: 'POST', url: '/v1/rollouts', headers, payload: {} }),
    blind.inject({ method: 'POST', url: '/v1/rollouts/test/shop/rollback', headers, payload: {} }),
    blind.inject({ method: 'POST', url: '/v1/rollouts/test/shop/pause', headers, payload: {} }),
  ]);
  expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual(
    Array(6).fill([503, 'temporal-unavailable']),
  );
  const ready = await blind.inject('/readyz');
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toMatchObject({ ready: false, temporal: { ok: false, address: '127.0.0.1:1' } });
  expect((await blind.inject('/healthz')).statusCode).toBe(200);
  await blind.close();
  await connection.close();
});
