import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configurationOf } from '../../../src/api/configuration.ts';
import { configurationSchema } from '../../../src/api/contract.ts';
import { parseConfig } from '../../../src/providers/config.ts';
import { policyBook } from '../../../src/providers/policies.ts';

const catalogue = { traffic: {}, metrics: {}, workload: {}, health: {}, alerts: {} };
const secret = 'hunter2-hunter2-hunter2';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-policies-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('tells what binds people, and no credential', async () => {
  const folder = await folderWith({
    'prod.yaml':
      'name: production\nreason: users pay here\nenvironments: [prod, "prod-*"]\nrequire: { maxFirstWeight: 10, minSoak: 5m }\n',
  });
  const config = parseConfig({
    temporal: { address: 'temporal:7233', namespace: 'sluice' },
    auth: {
      tokens: '/etc/sluice/tokens.yaml',
      oidc: [{ issuer: 'https://login.example.com', audience: 'sluice' }],
    },
    api: { host: '0.0.0.0', hostNames: ['sluice.example.com'], tls: 'proxy' },
    events: { secrets: [{ env: secret }] },
    approvals: { secret: { env: secret } },
    traffic: { haproxy: { socket: `/run/${secret}.sock`, mapsDir: `/run/${secret}` } },
    gates: {
      window: {
        freezes: [
          {
            name: 'year end',
            from: '2030-12-18T00:00:00+01:00',
            to: '2031-01-04T00:00:00+01:00',
            environments: ['prod'],
          },
        ],
      },
      ci: { token: { env: secret } },
    },
    evidence: { store: { type: 'directory', path: `/var/lib/${secret}` }, signingKey: { env: secret } },
  });
  const told = configurationSchema.parse(await configurationOf(config, policyBook(folder, catalogue))());
  expect(told).toMatchObject({
    versions: { sluice: expect.stringMatching(/^\d+\.\d+\.\d+/), api: 'v1' },
    temporal: { address: 'temporal:7233', namespace: 'sluice' },
    access: { needed: true, tokens: true, issuers: ['https://login.example.com'], encrypted: 'proxy' },
    policies: {
      problem: null,
      list: [
        {
          name: 'production',
          level: 'mandatory',
          environments: ['prod', 'prod-*'],
          services: null,
          require: { maxFirstWeight: 10, minSoakMs: 300_000 },
        },
      ],
    },
    freezes: [{ gate: 'window', name: 'year end', environments: ['prod'], services: null, teams: null }],
    evidence: { store: 'directory', signed: true, retentionDays: 90 },
    events: { signed: true, bearer: false },
    notifiers: [],
    outgoing: null,
  });
  expect(JSON.stringify(told)).not.toContain(secret);
});

test('says why policies bind nobody, rather than that there are none', async () => {
  const folder = await folderWith({ 'broken.yaml': 'name: x\n' });
  const { policies } = await configurationOf(parseConfig({}), policyBook(folder, catalogue))();
  expect(policies).toMatchObject({ list: [], problem: expect.stringContaining('reason') });
});
