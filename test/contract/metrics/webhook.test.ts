/** A webhook of the operator's on loopback: the common contract, what it is asked, and how it may misbehave. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCounts } from '../../../src/providers/metrics/counts-reading.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { webhook } from '../../../src/providers/metrics/webhook.ts';
import { metricsContract } from './suite.ts';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { query: string; arm: string; labels: Record<string, string>; from: string; to: string };
}
type Reply = (body: Asked['body']) => { readonly status?: number; readonly text: string } | null;

async function serve(reply: Reply) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    asked.push({ headers: request.headers, text, body });
    const answer = reply(body);
    if (answer === null) return;
    response.writeHead(answer.status ?? 200);
    response.end(answer.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { asked, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

metricsContract(
  'webhook',
  async () => {
    const values = new Map<string, number>();
    const { url, stop } = await serve(({ query }) => {
      if (query === 'bad') return { status: 422, text: '' };
      return { text: values.has(query) ? JSON.stringify({ value: values.get(query) }) : 'null' };
    });
    const provider = webhook.create({ url });
    return {
      provider,
      async publish(name, samples) {
        const [{ labels, value } = { labels: {}, value: 0 }] = samples;
        values.set(name, value);
        const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
        return `${name}{${pairs.join(',')}}[10s]`;
      },
      remembers: false,
      emptyQuery: 'nothing[1s]',
      badQuery: 'bad[1s]',
      vanish: stop,
      close: stop,
    };
  },
  { numbersOnly: true },
);

describe('webhook', () => {
  let stop = async () => {};
  afterEach(async () => {
    vi.unstubAllEnvs();
    await stop();
  });

  async function start(
    reply: Reply,
    settings: object = {},
  ): Promise<{ provider: MetricsProvider; asked: Asked[] }> {
    const server = await serve(reply);
    const provider = webhook.create({ url: server.url, ...settings });
    stop = async () => {
      await provider.close();
      await server.stop();
    };
    return { provider, asked: server.asked };
  }

  const failure = (provider: MetricsProvider, query = 'orders[5s]') =>
    provider.instant(query).then(
      (series) => ({ message: `answered ${JSON.stringify(series)}` }),
      (error: unknown) => error,
    );

  it('is asked once for both counts of an arm, told all that it needs, and signed', async () => {
    vi.stubEnv('SLUICE_TEST_SECRET', 'of-the-operator');
    const counts = (arm: string) => ({ bad: arm === 'canary' ? 5 : 1, total: 100 });
    const { provider, asked } = await start(({ arm }) => ({ text: JSON.stringify(counts(arm)) }), {
      secret: { env: 'SLUICE_TEST_SECRET' },
    });
    const arms = 'service="{{service}}",version="{{version}}",canary="{{canary}}",stable="{{stable}}"';
    const of = (field: string) => `orders:${field}{${arms}}[{{window}}]`;
    const reading = await readCounts(
      provider,
      { part: of('bad'), partIs: 'bad', total: of('total') },
      { service: 'shop', environment: 'test', canary: 'v2', stable: 'v1', canaryShare: 0.5 },
      { fromMs: 10_000, toMs: 40_000 },
    );
    expect(reading).toMatchObject({
      kind: 'counts',
      since: { canary: { bad: 5, total: 100 }, stable: { bad: 1, total: 100 } },
    });
    expect(asked).toHaveLength(2);
    const one = asked.find(({ body }) => body.arm === 'canary');
    expect(one?.body).toEqual({
      query: 'orders',
      arm: 'canary',
      labels: { service: 'shop', version: 'v2', canary: 'v2', stable: 'v1' },
      from: '1970-01-01T00:00:10.000Z',
      to: '1970-01-01T00:00:40.000Z',
    });
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(one?.headers['x-sluice-signature'])) ?? [];
    expect(mac).toBe(createHmac('sha256', 'of-the-operator').update(`${at}.${one?.text}`).digest('hex'));
  });

  it.each([
    ['a failure', { status: 500, text: 'null' }],
    ['no JSON', { text: 'hello' }],
    ['nothing', { text: '' }],
    ['a text for a number', { text: '{"value":"1"}' }],
    ['more than is known', { text: '{"value":1,"verdict":"pass"}' }],
    ['more bad ones than all', { text: '{"bad":2,"total":1}' }],
    ['fewer than none', { text: '{"bad":-1,"total":1}' }],
    ['far too much', { text: `{"value":1${' '.repeat(70_000)}}` }],
  ])('that answers %s is an error, never a value', async (_what, answer) => {
    const { provider } = await start(() => answer);
    expect(await failure(provider)).toMatchObject({ code: 'metrics-unavailable' });
  });

  it('that does not answer is given up after its time', async () => {
    const { provider } = await start(() => null, { timeoutMs: 50 });
    expect(await failure(provider)).toMatchObject({ message: expect.stringContaining('within 50 ms') });
  });

  it('that answers another number than was asked for is told apart from no data', async () => {
    const { provider } = await start(() => ({ text: '{"value":1}' }));
    expect(await failure(provider, 'orders:bad[5s]')).toMatchObject({ code: 'metrics-query' });
  });

  it.each(['orders', 'orders:many[5s]', 'orders{a!="b"}[5s]', 'sum(orders)'])(
    'is never asked what cannot be understood: %s',
    async (query) => {
      const { provider, asked } = await start(() => ({ text: 'null' }));
      expect(await failure(provider, query)).toMatchObject({ code: 'metrics-query' });
      expect(asked).toEqual([]);
    },
  );

  it('is not asked without the secret that it wants', async () => {
    const { provider, asked } = await start(() => ({ text: 'null' }), {
      secret: { file: '/nowhere/secret' },
    });
    expect(await failure(provider)).toMatchObject({ message: expect.stringContaining('/nowhere/secret') });
    expect(asked).toEqual([]);
  });
});
