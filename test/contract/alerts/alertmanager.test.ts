import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alertmanager } from '../../../src/providers/alerts/alertmanager.ts';
import { readAlerts } from '../../../src/providers/alerts/reading.ts';
import { startAlertmanager, type TestAlertmanager } from '../../support/alertmanager.ts';
import { endable, listening } from '../health/servers.ts';
import { alertsContract } from './suite.ts';

alertsContract('alertmanager', async () => {
  const source = await startAlertmanager();
  return {
    provider: alertmanager.create({ url: source.url }),
    fire: source.fire,
    resolve: source.resolve,
    vanish: source.kill,
    close: source.stop,
  };
});

describe('alerts of Alertmanager', () => {
  let source: TestAlertmanager;
  beforeAll(async () => {
    source = await startAlertmanager();
  });
  afterAll(() => source?.stop());

  it('do not count while they are silenced', async () => {
    const provider = alertmanager.create({ url: `${source.url}/` });
    await source.fire({ alertname: 'Loud' });
    await source.fire({ alertname: 'Quiet' });
    await source.silence('Quiet');
    expect((await provider.firing({ alertname: ['Loud', 'Quiet'] })).map(({ name }) => name)).toEqual([
      'Loud',
    ]);
  });

  it('are asked for by what the rollout is about', async () => {
    const provider = alertmanager.create({ url: source.url });
    await source.fire({ alertname: 'CanaryDown', version: 'v2', env: 'prod-shop' });
    const vars = { service: 'shop', environment: 'prod', version: 'v2' };
    const match = { version: ['{{version}}'], env: ['{{environment}}-{{ service }}'] };
    const look = (version: string) =>
      readAlerts(provider, match, { ...vars, version }, { timeoutMs: 60_000 });
    expect(await look('v2')).toMatchObject({
      kind: 'value',
      value: 1,
      note: expect.stringMatching(/^CanaryDown since 20/),
    });
    expect(await look('v3')).toMatchObject({ kind: 'value', value: 0 });
  });
});

describe('an Alertmanager that gives no answer', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function looking(status: number, body: string | null, settings = {}, timeoutMs = 60_000) {
    const server = createServer((_request, response) => {
      if (body !== null) response.writeHead(status).end(body);
    });
    ends.push(endable(server));
    const provider = alertmanager.create({ url: `http://${await listening(server)}`, ...settings });
    const vars = { service: 'shop', environment: 'prod', version: 'v2' };
    return await readAlerts(provider, {}, vars, { timeoutMs });
  }

  it.each([
    ['an error page', 500, 'broken'],
    ['a refusal', 401, 'who are you'],
    ['a page of something else', 200, '<html>'],
    ['an answer of another shape', 200, '{"data": []}'],
  ])('makes an error of %s, never a pass', async (_name, status, body) => {
    expect(await looking(status, body)).toMatchObject({ kind: 'error' });
  });

  it('makes an error of silence, in time', async () => {
    expect(await looking(200, null, {}, 300)).toMatchObject({ kind: 'error' });
  });

  it('shows no credentials, even if the server quotes them', async () => {
    process.env.SLUICE_TEST_ALERTS = 'Bearer very-secret';
    const authorization = { env: 'SLUICE_TEST_ALERTS' };
    const reading = await looking(403, 'no entry for very-secret', { authorization });
    delete process.env.SLUICE_TEST_ALERTS;
    expect(reading).toMatchObject({ kind: 'error', reason: expect.stringContaining('answered 403') });
    expect(JSON.stringify(reading)).not.toContain('very-secret');
  });
});
