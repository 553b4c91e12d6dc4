/** The express lane and the emergency stop against real HAProxies and a real Temporal, with parts of it away. */

import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/activities/deps.ts';
import { unkept } from '../../src/activities/gates/keep.ts';
import { createApp } from '../../src/api/app.ts';
import {
  commandAnswerSchema,
  emergencyAnswerSchema,
  emergencyOpenedSchema,
  emergencyViewSchema,
  rolloutViewSchema,
} from '../../src/api/contract.ts';
import { noEvidence } from '../../src/api/evidence/none.ts';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../src/api/notice-service.ts';
import type { PlanReader } from '../../src/api/service.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import type { EmergencyStatus } from '../../src/domain/emergency/status.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { approvalLinks } from '../../src/providers/approval-links.ts';
import { parseConfig } from '../../src/providers/config.ts';
import { createRegistry, type ProviderRegistry } from '../../src/providers/registry.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { registerSearchAttributes } from '../../src/worker/attributes.ts';
import { temporalDirectory } from '../../src/worker/directory.ts';
import { temporalLiveness } from '../../src/worker/liveness.ts';
import { createWorkers } from '../../src/worker/workers.ts';
import { plainConfiguration } from '../support/configuration.ts';
import { startTemporal, type TestTemporal } from '../support/dev-server.ts';
import { exampleFindings } from '../support/findings.ts';
import { startHaproxy, type TestHaproxy } from '../support/haproxy.ts';
import { planFixture, stageFixture } from '../support/plan.ts';
import { installRuntime } from '../support/runtime.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const many = Array.from({ length: 19 }, (_, index) => `many-${index}`);
const storm = Array.from({ length: 49 }, (_, index) => `storm-${index}`);
/** Fifty that ask all the time would keep what they wait for from getting on. */
const manyAtOnce = { timeoutMs: 120_000, everyMs: 250 };
const targets = ['alone', 'unheard', 'later', ...many, ...storm].map((service) => `test/${service}`);

let server: TestTemporal;
let temporal: TestWorkflowEnvironment;
let main: TestHaproxy;
let edge: TestHaproxy;
let registry: ProviderRegistry;
let app: FastifyInstance;
let stopWorkers = async () => {};

const eventKeys = { secrets: async () => [], tokens: async () => [] };
const approvals = { links: approvalLinks({ secret: null }), url: null };
const plans: PlanReader = {
  parse: (input) => ({
    ok: true,
    plan: planFixture({
      traffic: { name: 'main', options: {} },
      stages: [stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
      lease: { ttlMs: 120_000, orphanGraceMs: 120_000 },
      ...(input as Partial<Plan>),
    }),
    warnings: [],
  }),
  parseText: () => ({ ok: false, problems: [], warnings: [] }),
};

beforeAll(async () => {
  installRuntime();
  [main, edge] = await Promise.all([
    startHaproxy({ targets }),
    startHaproxy({ targets: ['test/on-the-edge'] }),
  ]);
  server = await startTemporal();
  temporal = server.env;
  await registerSearchAttributes(temporal.connection, 'default');
  const instance = ({ socket, mapsDir }: TestHaproxy) => ({ type: 'haproxy', socket, mapsDir });
  registry = createRegistry(
    parseConfig({ traffic: { main: instance(main), edge: instance(edge) }, metrics: { memory: {} } }),
  );
  app = await appOver(temporal.client);
  await startWorkers();
}, 180_000);

afterAll(async () => {
  // First: what waits for a frozen one would not end in time.
  edge?.thaw();
  await app?.close();
  await stopWorkers();
  await registry?.close();
  await server?.stop();
  await Promise.all([main?.stop(), edge?.stop()]);
});

function appOver(client: Client): Promise<FastifyInstance> {
  const rollouts = createTemporalService({
    client,
    address: 'the test server',
    replay: async () => ({ ran: false, why: 'not asked for here' }),
    planes: createDataPlanes({ names: ['main', 'edge'], get: registry.traffic }),
  });
  const notices = createNoticeService({ client, address: 'the test server' });
  return createApp({
    rollouts,
    notices,
    evidence: noEvidence,
    report: async () => 'no report',
    findings: exampleFindings,
    plans,
    catalogue: () => ({}),
    configuration: plainConfiguration,
    metrics: registry.metrics,
    codec: null,
    eventKeys,
    approvals,
  });
}

async function startWorkers(): Promise<void> {
  const workers = await createWorkers({
    connection: temporal.nativeConnection,
    namespace: 'default',
    workflowBundle: workflowBundle(),
    deps: {
      providers: registry,
      gates: { find: registry.gate, keep: async (_about, report) => unkept(report) },
      clock: systemClock,
      liveness: temporalLiveness(temporal.client),
      directory: temporalDirectory(temporal.client),
    },
    onTimeline: () => {},
    shutdownGraceMs: 500,
  });
  const done = workers.run();
  stopWorkers = async () => {
    stopWorkers = async () => {};
    workers.shutdown();
    await done;
  };
}

function post(url: string, payload: object, to = app) {
  return to.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload });
}

/** The same start once more while Temporal, with so many at once, does not answer the API in time. */
async function begin(plan: Partial<Plan>): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const answer = await waitFor(
    `${plan.service} to begin`,
    async () => {
      const told = await app.inject({ method: 'POST', url: '/v1/rollouts', headers, payload: { plan } });
      return told.statusCode !== 503 && told;
    },
    manyAtOnce,
  );
  expect([200, 201]).toContain(answer.statusCode);
}

async function startWithTraffic(service: string, plan: Partial<Plan> = {}): Promise<void> {
  await begin({ service, ...plan });
  await waitFor(
    `${service} to take traffic`,
    async () => (await shareOf(service, plan.traffic?.name)) === 50,
    manyAtOnce,
  );
}

async function shareOf(service: string, traffic = 'main'): Promise<number> {
  const state = await registry.traffic(traffic).read({ id: `test/${service}`, options: {} });
  return effectivePercent(state, Date.now());
}

function ended(service: string) {
  return waitFor(
    `the end of ${service}`,
    async () => {
      const view = rolloutViewSchema.parse((await app.inject(`/v1/rollouts/test/${service}`)).json());
      return view.temporalStatus === 'COMPLETED' && view;
    },
    manyAtOnce,
  );
}

test('with no worker a rollback is safe when it is answered, and ends when a worker is back', async () => {
  await startWithTraffic('alone');
  expect((await main.request('test/alone', 100)).green).toBeGreaterThan(0);
  await stopWorkers();
  const answer = await post('/v1/rollouts/test/alone/rollback', { reason: 'users complain' });
  expect(answer.statusCode).toBe(202);
  expect(commandAnswerSchema.parse(answer.json())).toMatchObject({
    via: 'signal',
    express: { written: true },
  });
  expect(await main.request('test/alone', 100)).toEqual({ blue: 100, green: 0, failed: 0 });

  await startWorkers();
  const { outcome, status } = await ended('alone');
  expect(outcome).toBe('rolled-back');
  expect(status?.cause?.reason).toMatch(/users complain|a stop was found/);
}, 240_000);

test('with Temporal out of the API’s reach a rollback is safe, and the rollout finds the stop', async () => {
  await startWithTraffic('unheard');
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const blind = await appOver(new Client({ connection }));
  const answer = await post('/v1/rollouts/test/unheard/rollback', { reason: 'lost' }, blind);
  expect([answer.statusCode, answer.json().via]).toEqual([202, 'stop']);
  expect(await main.request('test/unheard', 100)).toEqual({ blue: 100, green: 0, failed: 0 });
  const { outcome, status } = await ended('unheard');
  expect([outcome, status?.cause?.kind]).toEqual(['rolled-back', 'stop']);

  const nobody = await post('/v1/rollouts/test/later/rollback', {}, blind);
  expect(nobody.statusCode).toBe(503);
  expect(await registry.traffic('main').read({ id: 'test/later', options: {} })).toMatchObject({
    stopped: false,
  });
  await blind.close();
  await connection.close();
}, 240_000);

test('an emergency stop of 20 rollouts: one data plane out of reach is named and holds up no other', async () => {
  await Promise.all([
    ...many.map((service) => startWithTraffic(service)),
    startWithTraffic('on-the-edge', { traffic: { name: 'edge', options: {} } }),
  ]);
  await edge.freeze();
  const body = { scope: 'all', reason: 'fire', actor: 'ada' };
  const answering = post('/v1/emergency-stop', body);
  await waitFor(
    'all others to read 0',
    async () => {
      const shares = await Promise.all(many.map((service) => shareOf(service)));
      return shares.every((share) => share === 0);
    },
    manyAtOnce,
  );
  const answer = await answering;
  expect(answer.statusCode).toBe(200);
  const { restored, notRestored, told, notTold } = emergencyAnswerSchema.parse(answer.json());
  const reached = restored.map(({ target }) => target);
  expect(reached).toEqual(expect.arrayContaining(['*', ...many.map((service) => `test/${service}`)]));
  expect(notRestored.map(({ target, traffic }) => [target, traffic])).toEqual([
    ['*', 'edge'],
    ['test/on-the-edge', 'edge'],
  ]);
  // A watch may find the stop first; then there is nobody left to tell.
  expect([told > 0, notTold]).toEqual([true, []]);

  edge.thaw();
  for (const service of [...many, 'on-the-edge'])
    expect(await ended(service)).toMatchObject({ outcome: 'rolled-back' });

  const refused = await post('/v1/rollouts', { plan: { service: 'later' } });
  expect([refused.statusCode, refused.json().code]).toEqual([409, 'emergency-stopped']);
  const released = await post('/v1/emergency-stop/release', { actor: 'ada' });
  // Whether the stop came through to the one that was frozen is anybody's guess.
  expect(released.json()).toMatchObject({ released: ['main', 'edge'], notReleased: [] });
  await startWithTraffic('later');
  await post('/v1/rollouts/test/later/rollback', {});
  await ended('later');
}, 480_000);

test('an emergency rollback of 50 rollouts: one data plane out of reach is reported with an incident and holds up no other', async () => {
  await Promise.all([
    ...storm.map((service) => startWithTraffic(service)),
    startWithTraffic('on-the-edge', { traffic: { name: 'edge', options: {} } }),
  ]);
  await edge.freeze();
  const opening = post('/v1/emergency-rollbacks', { scope: 'all', reason: 'fire', actor: 'ada' });
  await waitFor(
    'all others to read 0',
    async () => {
      const shares = await Promise.all(storm.map((service) => shareOf(service)));
      return shares.every((share) => share === 0);
    },
    manyAtOnce,
  );
  const answer = await opening;
  expect(answer.statusCode).toBe(201);
  const { stop } = emergencyOpenedSchema.parse(answer.json());
  expect(stop.restored).toContainEqual(expect.objectContaining({ target: '*', traffic: 'main' }));
  expect(stop.notRestored.map(({ target, traffic }) => [target, traffic])).toEqual([
    ['*', 'edge'],
    ['test/on-the-edge', 'edge'],
  ]);
  expect(await main.request('test/storm-7', 100)).toEqual({ blue: 100, green: 0, failed: 0 });

  // What ended a moment before may be in the account as well, so the names are asked for and not their number.
  const cutIn = (all: EmergencyStatus['targets']) => all.find(({ target }) => target === 'test/on-the-edge');
  // That the 50th is not restored is known when an attempt has failed, which may be after all others are verified.
  const most = await emergencyWhen(
    '49 to be verified, and the other one to be known',
    ({ targets: all, incident }) =>
      storm.every((service) => verifiedIn(all).includes(`test/${service}`)) &&
      cutIn(all)?.progress === 'not-restored' &&
      incident.summary.includes('not restored'),
  );
  const cut = cutIn(most.targets);
  expect(cut).toMatchObject({ progress: 'not-restored', traffic: 'edge', told: true });
  expect(cut?.reason).toContain('data plane "edge"');
  expect(most).toMatchObject({ phase: 'restoring', incident: { severity: 1, state: 'open' } });
  expect(most.incident.summary).toContain('not restored: test/on-the-edge (data plane "edge"');

  const refused = await post('/v1/rollouts', { plan: { service: 'later' } });
  expect([refused.statusCode, refused.json().code]).toEqual([409, 'emergency-open']);
  edge.thaw();
  const whole = await emergencyWhen('all to be verified', ({ phase }) => phase === 'restored');
  expect(verifiedIn(whole.targets)).toContain('test/on-the-edge');
  expect(verifiedIn(whole.targets)).toHaveLength(whole.targets.length);
  expect(await ended('on-the-edge')).toMatchObject({ outcome: 'rolled-back' });

  const release = await post('/v1/emergency-rollbacks/all/release', { actor: 'ada', reason: 'it is out' });
  expect(release.statusCode).toBe(200);
  expect((await emergencyNow())?.incident.state).toBe('closed');
  // Until every data plane is released nothing may begin.
  await waitFor('the emergency to be over', async () => !(await emergencyView()).open);
  await startWithTraffic('later');
  await post('/v1/rollouts/test/later/rollback', {});
  await ended('later');
}, 480_000);

async function emergencyView() {
  return emergencyViewSchema.parse((await app.inject('/v1/emergency-rollbacks/all')).json());
}

async function emergencyNow() {
  return (await emergencyView()).status;
}

function emergencyWhen(what: string, fits: (status: EmergencyStatus) => boolean): Promise<EmergencyStatus> {
  const probe = async () => {
    const status = await emergencyNow();
    return status && fits(status) ? status : null;
  };
  return waitFor(what, probe, { timeoutMs: 120_000, everyMs: 250 });
}

function verifiedIn(all: EmergencyStatus['targets']): string[] {
  return all.filter(({ progress }) => progress === 'verified').map(({ target }) => target);
}
