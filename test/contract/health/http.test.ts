import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { http } from '../../../src/providers/health/http.ts';
import { endable, listening } from './servers.ts';
import { canary, healthContract, patientMs } from './suite.ts';

type Answer = (response: ServerResponse, url: string, authorization: string | undefined) => void;

async function serve(answer: Answer) {
  const server = createServer((request, response) =>
    answer(response, request.url ?? '', request.headers.authorization),
  );
  const end = endable(server);
  return { address: await listening(server), end };
}

healthContract('http', async () => {
  let health: 'up' | 'down' | 'silent' = 'up';
  const { address, end } = await serve((response) => {
    if (health !== 'silent') response.writeHead(health === 'up' ? 200 : 503).end('body');
  });
  return {
    provider: http.create({ url: `http://${address}/healthz` }),
    sees: { down: true, silent: true },
    say: async (next) => {
      health = next;
    },
    vanish: end,
    close: end,
  };
});

describe('the http probe', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function probing(answer: Answer, settings: (address: string) => Record<string, unknown>) {
    const { address, end } = await serve(answer);
    ends.push(end);
    return http.create(settings(address)).probe(canary, { timeoutMs: patientMs });
  }

  it('asks the canary itself, by what its address names', async () => {
    const asked: string[] = [];
    await probing(
      (response, url) => {
        asked.push(url);
        response.end();
      },
      (address) => ({ url: `http://${address}/{{environment}}/{{service}}/{{ slot }}?v={{version}}` }),
    );
    expect(asked).toEqual(['/test/shop/green?v=v2']);
  });

  it('asks the slot that the canary is in', async () => {
    const { address, end } = await serve((response) => void response.end());
    ends.push(end);
    const url = { blue: 'http://127.0.0.1:1/', green: `http://${address}/` };
    const result = await http.create({ url }).probe(canary, { timeoutMs: patientMs });
    expect(result.healthy).toBe(true);
  });

  it('follows no redirect, and takes the statuses that the operator names', async () => {
    const redirect: Answer = (response) => void response.writeHead(302, { location: '/' }).end();
    expect((await probing(redirect, (at) => ({ url: `http://${at}/` }))).healthy).toBe(false);
    expect((await probing(redirect, (at) => ({ url: `http://${at}/`, statuses: [302] }))).healthy).toBe(true);
  });

  it('waits for no body', async () => {
    const endless: Answer = (response) => void response.writeHead(200).write('and so on');
    expect((await probing(endless, (at) => ({ url: `http://${at}/` }))).healthy).toBe(true);
  });

  it('sends credentials from where the operator keeps them, and shows them nowhere', async () => {
    process.env.SLUICE_TEST_PROBE = 'Bearer very-secret';
    const seen: (string | undefined)[] = [];
    const result = await probing(
      (response, _url, authorization) => {
        seen.push(authorization);
        response.writeHead(401).end();
      },
      (at) => ({ url: `http://${at}/?key=very-secret`, authorization: { env: 'SLUICE_TEST_PROBE' } }),
    );
    delete process.env.SLUICE_TEST_PROBE;
    expect(seen).toEqual(['Bearer very-secret']);
    expect(result.detail).toContain('answered 401');
    expect(result.detail).not.toContain('very-secret');
  });

  it('is an error, not a failure of the app, when the credentials are missing', async () => {
    const provider = http.create({ url: 'http://127.0.0.1:1/', authorization: { file: '/nowhere/token' } });
    await expect(provider.probe(canary, { timeoutMs: patientMs })).rejects.toMatchObject({
      code: 'health-probe',
    });
  });
});
