/**
 * What is fuzzed: a real API and a real worker on a real Temporal server, with everything configured that an operator
 * may and that needs nothing outside: who may use it, sessions, encryption, policies, gates, notifiers, evidence.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { startSluiceProcess } from '../../bench/support/sluice-process.ts';
import { makeToken } from '../../src/api/access/tokens.ts';
import type { Role } from '../../src/domain/access/grants.ts';
import { locateTools } from '../../src/stack/tools.ts';
import { registerSearchAttributes } from '../../src/worker/attributes.ts';
import { freePort } from '../support/free-ports.ts';

interface ApiUnderTest {
  readonly url: string;
  /** Of an admin and of a viewer of everything. The admin's is also good for events that are not signed. */
  readonly tokens: Readonly<Record<'admin' | 'viewer', string>>;
  /** Services of `demo` that have a rollout: one waits for a yes, the other has come to its end. */
  readonly rollouts: readonly string[];
  /** Starts another replica, whose limits are the lowest, and gives its URL. */
  startLimited(): Promise<string>;
  stop(): Promise<void>;
}

/** Longer than a run takes. */
const tokenLifeMs = 24 * 3_600_000;
/** More than anybody asks for here: what is refused for haste has shown nothing else. */
const limits = { reads: 100_000, writes: 100_000, starts: 100_000, allStarts: 100_000 };
const lowestLimits = { reads: 0.1, writes: 0.1, starts: 0.1 };
const policies = {
  production: {
    name: 'production',
    reason: 'users pay here',
    environments: ['prod', 'prod-*'],
    require: { owner: true, maxFirstWeight: 10, minStages: 3, approval: true },
    mandate: { gates: [{ gate: 'approval', name: 'captain', roles: ['captain'] }] },
  },
  custom: {
    name: 'custom',
    reason: 'it is our custom',
    level: 'advisory',
    require: { minSoak: '1m', verify: true },
  },
};
const providers = {
  traffic: { haproxy: { type: 'memory' } },
  metrics: { prometheus: { type: 'memory' } },
  health: { app: { type: 'memory' } },
  alerts: { alertmanager: { type: 'memory' } },
  hooks: { drain: { type: 'memory' } },
  gates: {
    ci: { type: 'memory', forTests: true },
    image: { type: 'memory', forTests: true },
    approval: { roles: { captain: ['rita', 'ron'] }, delegates: { rita: ['dan'] } },
    window: {
      freezes: [
        {
          name: 'year end',
          from: '2026-12-18T00:00:00+01:00',
          to: '2027-01-04T00:00:00+01:00',
          environments: ['prod'],
        },
      ],
    },
  },
  notifiers: { team: { type: 'memory' }, page: { type: 'memory' } },
  routes: [
    { to: ['page'], severities: ['critical'], escalate: [{ after: '1m', to: ['team'] }] },
    { to: ['team'], group: '1s', cooldown: '10s' },
  ],
  notifications: { planChannels: ['team'] },
};

export async function startApi(): Promise<ApiUnderTest> {
  const temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: locateTools().temporal },
      log: { format: 'pretty', level: 'never' },
    },
  });
  await registerSearchAttributes(temporal.connection, 'default');
  const home = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
  const keep = (name: string, text: string) => {
    const file = join(home, name);
    writeFileSync(file, text);
    return { file };
  };
  const [admin, viewer] = [tokenOf('admin'), tokenOf('viewer')];
  const tokens = keep('tokens.yaml', JSON.stringify({ tokens: [admin.entry, viewer.entry] }));
  mkdirSync(join(home, 'policies'));
  for (const [name, policy] of Object.entries(policies))
    keep(join('policies', `${name}.yaml`), JSON.stringify(policy));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = {
    temporal: {
      address: temporal.address,
      encryption: {
        keys: ['2026-11', '2026-05'].map((id) => ({ id, key: keep(`key-${id}`, aKey()) })),
      },
    },
    // Each operation is asked from an address of its own, so that junk for one uses up nothing of another.
    api: { host: '127.0.0.1', port, limits, proxies: ['127.0.0.1'] },
    auth: {
      tokens: tokens.file,
      sessions: { keys: [keep('session-key', aKey())], folder: join(home, 'sessions') },
    },
    events: { secrets: [keep('event-secret', aKey())], tokens: [keep('event-token', admin.token)] },
    approvals: { secret: keep('approval-secret', aKey()) },
    evidence: { store: { type: 'directory', path: join(home, 'evidence') } },
    policies: join(home, 'policies'),
    ...providers,
  };
  const running = [await startSluiceProcess('worker', config), await startSluiceProcess('api', config)];
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}/v1/rollouts${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  };
  const rollouts = ['shop', 'cart'];
  for (const service of rollouts) await post('', planOf(service));
  await post('/demo/cart/rollback', { reason: 'seen enough' });
  return {
    url,
    tokens: { admin: admin.token, viewer: viewer.token },
    rollouts,
    startLimited: async () => {
      const another = await freePort();
      const api = { ...config.api, port: another, limits: lowestLimits };
      running.push(await startSluiceProcess('api', { ...config, api }));
      return `http://127.0.0.1:${another}`;
    },
    stop: async () => {
      for (const one of running.toReversed()) await one.stop();
      await temporal.teardown();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function planOf(service: string): object {
  return {
    ...{ service, environment: 'demo', version: 'v2', traffic: 'haproxy', metrics: 'prometheus' },
    checks: ['success-rate'],
    gates: ['ci', 'image', 'approval'],
    stages: [{ weight: 10, soak: '5m' }],
  };
}

function tokenOf(role: Role) {
  return makeToken(role, [{ role, environments: ['*'], services: ['*'] }], Date.now(), tokenLifeMs);
}

function aKey(): string {
  return randomBytes(32).toString('base64');
}
