import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import { loadConfig, parseConfig } from '../../../src/providers/config.ts';
import { fakeTypes } from './fakes.ts';

const types = fakeTypes();
const external = { type: 'external', settings: { readyTimeoutMs: 5 } };

function problemsOf(input: unknown, env: Record<string, string> = {}): Record<string, string> {
  try {
    parseConfig(input, { types, env });
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    expect(error.code).toBe('config-invalid');
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('parseConfig', () => {
  it('of nothing gives the defaults, and the workload that plans mean by default', () => {
    expect(parseConfig({}, { types })).toEqual({
      temporal: { address: '127.0.0.1:7233', namespace: 'default', uiUrl: null, encryption: null },
      api: { host: '127.0.0.1', port: 8080, hostNames: [], tls: null, cors: [], proxies: [], limits: null },
      auth: { oidc: [], grants: [] },
      worker: { host: '127.0.0.1', metricsPort: null, healthPort: null, deployment: null, buildId: null },
      events: { secrets: [], tokens: [] },
      evidence: null,
      approvals: { secret: null, url: null },
      policies: null,
      tracing: null,
      outgoing: { allow: null },
      traffic: {},
      metrics: {},
      workload: { external },
      health: {},
      alerts: {},
      hooks: {},
      gates: {},
      notifiers: {},
      routes: [],
      notifications: { planChannels: [], giveUpAfter: 86_400_000 },
    });
  });

  it.each([
    [{ store: { type: 's3', bucket: 'b', endpoint: 'ftp://x' } }, 'evidence.store.endpoint'],
    [{ store: { type: 's3', bucket: 'b', prefix: '../' } }, 'evidence.store.prefix'],
    [{ store: { type: 's3', bucket: 'b', accessKeyId: { env: 'ID' } } }, 'evidence.store'],
    [{ store: { type: 'disk' } }, 'evidence.store'],
    [{ store: { type: 'directory' } }, 'evidence.store.path'],
    [{ store: { type: 'directory', path: '/e' }, retentionDays: 0 }, 'evidence.retentionDays'],
    [{ store: { type: 'directory', path: '/e' }, signingKey: 'MC4CAQAw' }, 'evidence.signingKey'],
  ])('of evidence names what is wrong: %j', (evidence, path) => {
    const parse = () => parseConfig({ evidence }, { types });
    expect(parse).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(parse).toThrow(path);
  });

  it('reads instances by type, named after it or otherwise, with defaulted settings', () => {
    const config = parseConfig(
      {
        temporal: { namespace: 'rollouts', uiUrl: 'https://temporal.example.com' },
        api: { port: 9000 },
        worker: { metricsPort: 9100, deployment: 'sluice' },
        events: { secrets: [{ env: 'EVENTS' }] },
        evidence: {
          store: { type: 'directory', path: '/srv/evidence' },
          signingKey: { file: '/etc/key.pem' },
        },
        approvals: { secret: { env: 'LINKS' }, url: 'https://sluice.example.com' },
        policies: 'policies',
        outgoing: { allow: ['api.example.com', '*.internal', '[::1]'] },
        traffic: {
          proxy: { socket: '/run/a' },
          'edge-eu': { type: 'proxy', socket: '/run/b', timeoutMs: 5 },
        },
        metrics: { store: null },
        workload: { external: { readyTimeoutMs: 7 } },
        health: { memory: {} },
        alerts: { pager: { type: 'memory' } },
        hooks: { flag: { type: 'memory' } },
      },
      { types },
    );
    expect(config).toEqual({
      temporal: {
        address: '127.0.0.1:7233',
        namespace: 'rollouts',
        uiUrl: 'https://temporal.example.com',
        encryption: null,
      },
      api: { host: '127.0.0.1', port: 9000, hostNames: [], tls: null, cors: [], proxies: [], limits: null },
      auth: { oidc: [], grants: [] },
      worker: {
        host: '127.0.0.1',
        metricsPort: 9100,
        healthPort: null,
        deployment: 'sluice',
        buildId: null,
      },
      events: { secrets: [{ env: 'EVENTS' }], tokens: [] },
      evidence: {
        store: { type: 'directory', path: '/srv/evidence' },
        signingKey: { file: '/etc/key.pem' },
        trustedKeys: [],
        retentionDays: 90,
      },
      approvals: { secret: { env: 'LINKS' }, url: 'https://sluice.example.com' },
      policies: join(process.cwd(), 'policies'),
      tracing: null,
      outgoing: { allow: ['api.example.com', '*.internal', '[::1]'] },
      traffic: {
        proxy: { type: 'proxy', settings: { socket: '/run/a', timeoutMs: 100 } },
        'edge-eu': { type: 'proxy', settings: { socket: '/run/b', timeoutMs: 5 } },
      },
      metrics: { store: { type: 'store', settings: {} } },
      workload: { external: { type: 'external', settings: { readyTimeoutMs: 7 } } },
      health: { memory: { type: 'memory', settings: {} } },
      alerts: { pager: { type: 'memory', settings: {} } },
      hooks: { flag: { type: 'memory', settings: {} } },
      gates: {},
      notifiers: {},
      routes: [],
      notifications: { planChannels: [], giveUpAfter: 86_400_000 },
    });
  });

  it.each([
    'https://portal.example.com/',
    'https://portal.example.com:443',
    'HTTPS://portal.example.com',
    '*',
    'null',
    'portal.example.com',
    'file:///etc',
  ])('takes only what a browser calls an origin, not %s', (origin) => {
    expect(problemsOf({ api: { cors: [origin] } })['api.cors[0]']).toContain('must be an origin');
  });

  it('lets the environment override the file', () => {
    const env = {
      SLUICE_TEMPORAL_ADDRESS: 'temporal.internal:7233',
      SLUICE_TEMPORAL_NAMESPACE: 'n',
      SLUICE_API_HOST: '::1',
      SLUICE_API_PORT: '1234',
      SLUICE_WORKER_HOST: '0.0.0.0',
      SLUICE_WORKER_METRICS_PORT: '9464',
      SLUICE_WORKER_HEALTH_PORT: '9465',
      SLUICE_WORKER_DEPLOYMENT: 'sluice',
      SLUICE_WORKER_BUILD_ID: '2026-11-21_1',
    };
    expect(parseConfig({ api: { port: 9 } }, { types, env })).toMatchObject({
      temporal: { address: 'temporal.internal:7233', namespace: 'n', encryption: null },
      api: { host: '::1', port: 1234 },
      worker: {
        host: '0.0.0.0',
        metricsPort: 9464,
        healthPort: 9465,
        deployment: 'sluice',
        buildId: '2026-11-21_1',
      },
    });
  });

  it('tells every problem with its path', () => {
    const input = {
      temporl: {},
      temporal: { adress: 'x' },
      api: { port: 0 },
      traffic: {
        proxi: { socket: 'x' },
        proxy: { sockt: 'x' },
        'Edge!': { type: 'proxy', socket: 'x' },
        b: { type: 'prox' },
      },
      metrics: ['store'],
      workload: { external: 'yes' },
    };
    expect(
      problemsOf(input, {
        SLUICE_API_PORT: 'http',
        SLUICE_TEMPORAL_ADDRESS: 'nowhere',
        SLUICE_WORKER_BUILD_ID: '1.0 beta',
        SLUICE_WORKER_HOST: 'worker.internal',
      }),
    ).toMatchObject({
      temporl: expect.stringContaining('did you mean "temporal"?'),
      'temporal.adress': expect.stringContaining('did you mean "address"?'),
      'api.port': 'must be at least 1',
      'traffic.proxi': expect.stringContaining('did you mean "proxy"?'),
      'traffic.proxy.sockt': expect.stringContaining('did you mean "socket"?'),
      'traffic.proxy.socket': 'is required',
      'traffic.Edge!': expect.stringContaining('a-z'),
      'traffic.b.type': expect.stringContaining('did you mean "proxy"?'),
      metrics: expect.stringContaining('must be a mapping'),
      'workload.external': expect.stringContaining('must be a mapping'),
      SLUICE_API_PORT: 'must be a port',
      SLUICE_TEMPORAL_ADDRESS: 'must be host:port',
      SLUICE_WORKER_BUILD_ID: expect.stringContaining('letters'),
      SLUICE_WORKER_HOST: expect.stringContaining('must be an IP address'),
    });
  });

  it('names every problem in its message, for logs', () => {
    expect(() => parseConfig({ api: { port: 'x' } }, { types, env: {} })).toThrow(/api\.port: must be a/);
  });

  it('refuses a configuration that is no mapping', () => {
    expect(problemsOf([])).toEqual({ '': 'must be a mapping, not a list' });
  });
});

describe('loadConfig', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const file = async (text: string) => {
    const path = join(folder, 'sluice.yaml');
    await writeFile(path, text);
    return path;
  };

  it('reads the file that SLUICE_CONFIG names', async () => {
    const path = await file('api: { port: 81 }\ntraffic: { proxy: { socket: /run/x } }\n');
    const config = await loadConfig({ types, env: { SLUICE_CONFIG: path } });
    expect(config.api.port).toBe(81);
    expect(Object.keys(config.traffic)).toEqual(['proxy']);
  });

  it('finds the files that it names beside it, wherever the process was started', async () => {
    const sessions = 'sessions: { keys: [{ env: K }], folder: sessions }';
    const path = await file(`auth: { tokens: tokens.yaml, ${sessions} }\npolicies: rules\n`);
    const { auth, policies } = await loadConfig({ path, types, env: {} });
    expect([auth.tokens, policies]).toEqual([join(folder, 'tokens.yaml'), join(folder, 'rules')]);
    expect(auth.sessions?.folder).toBe(join(folder, 'sessions'));
    const absolute = await file('auth: { tokens: /etc/sluice/tokens.yaml }\n');
    expect((await loadConfig({ path: absolute, types, env: {} })).auth.tokens).toBe(
      '/etc/sluice/tokens.yaml',
    );
  });

  it('prefers the path that it is given', async () => {
    const path = await file('api: { port: 82 }\n');
    const config = await loadConfig({ path, types, env: { SLUICE_CONFIG: '/nowhere' } });
    expect(config.api.port).toBe(82);
  });

  it('takes the defaults without any file', async () => {
    expect((await loadConfig({ types, env: {} })).api.port).toBe(8080);
  });

  it('says which file cannot be read, or where its syntax is wrong', async () => {
    const missing = join(folder, 'missing.yaml');
    await expect(loadConfig({ path: missing, types, env: {} })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(missing),
    });
    const path = await file('api: [\n');
    await expect(loadConfig({ path, types, env: {} })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/line \d/),
    });
  });
});
