/**
 * A canary for secrets: tokens of a gate, a hook, a metrics source and notifiers are planted, every receiver quotes
 * what it was sent in its answers, some of them fail, and after a whole rollout none of the tokens stands anywhere.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepIn } from '../../src/activities/gates/keep.ts';
import { createApp } from '../../src/api/app.ts';
import { createEvidenceService } from '../../src/api/evidence/service.ts';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../src/api/notice-service.ts';
import type { EvidenceService } from '../../src/api/service.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { createReplay } from '../../src/audit/replay.ts';
import { incidentIdOf } from '../../src/domain/incident/types.ts';
import { noticesIdOf } from '../../src/domain/notify/names.ts';
import { createBundleReplay } from '../../src/evidence/replay.ts';
import { parseConfig } from '../../src/providers/config.ts';
import { createMemoryStore } from '../../src/providers/evidence/memory.ts';
import { createRegistry, type ProviderRegistry } from '../../src/providers/registry.ts';
import { endable, listening } from '../contract/health/servers.ts';
import { signingArchive, testKey } from '../support/evidence.ts';
import { gateFixture, planFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';
import { fakeDeps } from '../unit/api/fakes.ts';

const planted = {
  CANARY_GATE: 'cnry-gate-7f3a91',
  CANARY_HOOK: 'Bearer cnry-hook-51c0de',
  CANARY_METRICS: 'Bearer cnry-metrics-aa41',
  CANARY_WEBHOOK: 'cnry-signing-9e77',
  CANARY_SLACK: 'xoxb-cnry-slack-33d1',
  CANARY_PAGER: 'cnry-pager-key-10ff',
  CANARY_GITHUB: 'ghp_cnryGithub8812',
  CANARY_TEAMS: '',
};
const secrets = [
  'cnry-gate',
  'cnry-hook',
  'cnry-metrics',
  'cnry-signing',
  'cnry-slack',
  'cnry-pager',
  'cnryGithub',
  'cnry-teams',
];

const { codePath: bundlePath } = workflowBundle();
const archive = signingArchive([testKey()], createMemoryStore());
let env: RolloutEnv;
let evidence: EvidenceService;
let app: FastifyInstance;
let registry: ProviderRegistry;
let close: () => Promise<void>;
const seen: string[] = [];
const logged: string[] = [];

/** Quotes all that it gets, as careless services do; what is posted to `/fails` fails every other time. */
async function quoting(request: IncomingMessage, response: ServerResponse) {
  const body = await text(request);
  const quote = JSON.stringify({ url: request.url, headers: request.headers, body });
  seen.push(quote);
  const path = request.url ?? '';
  const answers: Record<string, [number, string]> = {
    '/gate': [200, JSON.stringify({ answer: 'open', reason: 'all is well' })],
    '/slack/chat.postMessage': [200, JSON.stringify({ ok: true, ts: '1.1', channel: 'C1', quote })],
    '/slack/chat.update': [200, JSON.stringify({ ok: false, error: quote })],
  };
  const [status, said] =
    answers[path] ?? (path.includes('fails') ? [500, quote] : [201, `{"id":1,"number":1,"quote":${quote}}`]);
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(path.startsWith('/github') && request.method === 'GET' ? '[]' : said);
}

beforeAll(async () => {
  const server = createServer((request, response) => void quoting(request, response));
  close = endable(server);
  const url = `http://${await listening(server)}`;
  Object.assign(process.env, planted, { CANARY_TEAMS: `${url}/fails/cnry-teams-path` });
  const config = parseConfig({
    metrics: { prometheus: { url: `${url}/fails`, authorization: { env: 'CANARY_METRICS' } } },
    hooks: { tell: { type: 'http', url: `${url}/fails/hook`, authorization: { env: 'CANARY_HOOK' } } },
    gates: { ask: { type: 'webhook', url: `${url}/gate`, secret: { env: 'CANARY_GATE' } } },
    notifiers: {
      events: { type: 'webhook', url: `${url}/events`, secret: { env: 'CANARY_WEBHOOK' } },
      slack: { token: { env: 'CANARY_SLACK' }, channel: 'C1', url: `${url}/slack` },
      pagerduty: { routingKey: { env: 'CANARY_PAGER' }, url: `${url}/fails` },
      github: { token: { env: 'CANARY_GITHUB' }, url: `${url}/github`, issues: true, comment: true },
      teams: { url: { env: 'CANARY_TEAMS' } },
    },
    routes: [{ to: ['events', 'slack', 'pagerduty', 'github', 'teams'] }],
  });
  registry = createRegistry(config);
  const names = Object.keys(config.notifiers);
  env = await RolloutEnv.create({
    gates: registry.gate,
    keep: keepIn(archive.store, () => {}),
    providers: { hook: registry.hook, metrics: registry.metrics },
    notices: {
      routes: config.routes,
      notifiers: Object.fromEntries(names.map((name) => [name, registry.notifier(name)])),
    },
  });
  env.listeners.push((workflowId, entry) => logged.push(JSON.stringify({ workflowId, ...entry })));
  const deps = { client: env.client, address: 'the test server' };
  evidence = createEvidenceService({
    ...deps,
    archive,
    bundlePath,
    replay: createBundleReplay(bundlePath, createReplay(bundlePath)),
  });
  const rollouts = createTemporalService({
    ...deps,
    replay: async () => ({ ran: false, why: 'not asked for' }),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
  });
  app = await createApp({
    ...fakeDeps(rollouts, evidence),
    notices: createNoticeService(deps),
    catalogue: () => ({ providers: registry.describe() }),
  });
});
afterAll(async () => {
  await app.close();
  await env.close();
  await registry.close();
  await close();
});

it('finds none of the planted secrets in histories, evidence, lines for the log and answers of the API', async () => {
  const rollout = await env.start({
    service: 'secretive',
    metrics: { name: 'prometheus', options: {} },
    notify: { channels: [] },
    artifact: { repository: 'acme/shop', commit: '0123456789abcdef0123456789abcdef01234567' },
    gates: [gateFixture({ name: 'ask', gate: 'ask', type: 'webhook', options: { input: {} } })],
    stages: [stageFixture({ soakMs: 60_000 })],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    rollback: {
      ...planFixture().rollback,
      strategy: 'phased',
      actions: [{ action: 'webhook', hook: 'tell', timeoutMs: 1_000, onFailure: 'continue' }],
    },
  });
  await rollout.phase('soaking');
  await rollout.update('rollback', { reason: 'users complain' });
  await rollout.ended();
  const { raw } = await rollout.handle.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const companion = noticesIdOf({ target: 'test/secretive', runId });
  // All of them were really sent along.
  await expect
    .poll(() => secrets.filter((secret) => !seen.join().includes(secret)))
    .toEqual(['cnry-gate', 'cnry-signing']);
  const signed = () => seen.filter((quote) => quote.includes('x-sluice-signature')).length;
  await expect.poll(signed).toBeGreaterThan(1);
  const retried = async () => {
    const { raw: told } = await env.client.workflow.getHandle(companion).describe();
    return (told.pendingActivities ?? []).filter(({ lastFailure }) => lastFailure?.message).length;
  };
  await expect.poll(retried).toBeGreaterThan(1);
  await waitFor('the incident', () =>
    env.client.workflow.getHandle(incidentIdOf('test/secretive')).describe(),
  );
  const texts = [...logged];
  for (const id of ['rollout/test/secretive', companion, incidentIdOf('test/secretive')]) {
    const handle = env.client.workflow.getHandle(id);
    texts.push(decoded(historyToJSON(await handle.fetchHistory())));
    texts.push(JSON.stringify((await handle.describe()).raw));
  }
  await evidence.collect({ environment: 'test', service: 'secretive' });
  for (const key of await archive.store.list('')) {
    texts.push(decoded(String((await archive.store.get(key)) ?? '')));
  }
  for (const path of [
    'rollouts/test/secretive',
    'rollouts/test/secretive/evidence',
    'rollouts/test/secretive/audit',
    'rollouts/test/secretive/notices',
    'rollouts',
    'rollbacks',
    'incidents/test/secretive',
    'incidents/test/secretive/review',
    'catalogue',
  ]) {
    const answer = await app.inject({ url: `/v1/${path}`, headers: { host: '127.0.0.1' } });
    expect([path, answer.statusCode]).toEqual([path, 200]);
    texts.push(answer.body);
  }
  expect(texts.join('\n').length).toBeGreaterThan(20_000);
  expect(secrets.filter((secret) => texts.join('\n').includes(secret))).toEqual([]);
});

/** With payloads, which are in base64, as the text that they are. */
function decoded(history: string): string {
  const payloads = [...history.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  return [history, ...payloads].join('\n');
}
