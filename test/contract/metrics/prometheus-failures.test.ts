/** How the Prometheus provider takes servers that misbehave. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import { prometheus } from '../../../src/providers/metrics/prometheus.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let url: string;
let handler: Handler;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    handler(request, response, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const emptyVector = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });

function answers(status: number, body: string, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

function refusal(errorType: string, error: string): string {
  return JSON.stringify({ status: 'error', errorType, error });
}

async function failureOf(settings: object = {}, signal?: AbortSignal): Promise<SluiceError> {
  const provider = prometheus.create({ url, ...settings });
  const thrown = await provider.instant('up', signal === undefined ? {} : { signal }).then(
    (series) => new Error(`answered ${JSON.stringify(series)}`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof SluiceError)) throw thrown;
  return thrown;
}

describe('prometheus provider', () => {
  it.each([
    ['500', 500, 'oh no'],
    ['503 timeout', 503, refusal('timeout', 'query timed out')],
    ['401', 401, 'who are you'],
    ['403', 403, refusal('bad_data', 'no')],
    ['404 of a wrong base path', 404, '<html>'],
    ['429', 429, ''],
    ['400 of a proxy', 400, '<html>bad request</html>'],
    ['garbage', 200, 'hello'],
    ['cut-off JSON', 200, '{"status":"success","data":{"resultType":"vector","res'],
    ['an empty body', 200, ''],
    ['JSON of another shape', 200, '{"status":"success","data":[]}'],
    [
      'a vector without values',
      200,
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}',
    ],
    ['a timeout reported with 200', 200, refusal('timeout', 'query timed out')],
  ])('reports %s as metrics-unavailable', async (_name, status, body) => {
    handler = answers(status, body);
    const error = await failureOf();
    expect(error.code).toBe('metrics-unavailable');
    expect(error.retryable).toBe(true);
  });

  it.each([
    ['bad_data', 400, refusal('bad_data', 'parse error: unexpected end of input')],
    ['execution', 422, refusal('execution', 'many-to-many matching not allowed')],
    ['text', 200, '{"status":"success","data":{"resultType":"string","result":[1,"a"]}}'],
    [
      'histograms',
      200,
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}',
    ],
    [
      'histograms without sense',
      200,
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[[0,"2","1","1"]]}]}]}}',
    ],
  ])('reports %s as metrics-query', async (_name, status, body) => {
    handler = answers(status, body);
    expect(await failureOf()).toMatchObject({ code: 'metrics-query', retryable: false });
  });

  it('reads native histograms', async () => {
    const histogram = '{"count":"3","sum":"1.5","buckets":[[3,"-0.001","0.001","1"],[0,"0.5","+Inf","2"]]}';
    const result = `[{"metric":{"a":"b"},"histogram":[1,${histogram}]},{"metric":{},"histogram":[1,{"count":"0","sum":"0"}]}]`;
    handler = answers(200, `{"status":"success","data":{"resultType":"vector","result":${result}}}`);
    const series = await prometheus.create({ url }).instant('up');
    expect(series).toEqual([
      {
        labels: { a: 'b' },
        points: [],
        histogram: [
          { lower: -0.001, upper: 0.001, count: 1 },
          { lower: 0.5, upper: Number.POSITIVE_INFINITY, count: 2 },
        ],
      },
      { labels: {}, points: [], histogram: [] },
    ]);
  });

  it('quotes what Prometheus says about a bad query', async () => {
    handler = answers(400, refusal('bad_data', 'parse error: unexpected end of input'));
    expect((await failureOf()).message).toContain('parse error: unexpected end of input');
  });

  it('reads scalars, vectors and matrices, leaves warnings aside', async () => {
    const provider = prometheus.create({ url });
    handler = answers(
      200,
      '{"status":"success","warnings":["w"],"data":{"resultType":"scalar","result":[1.5,"2"]}}',
    );
    expect(await provider.instant('2')).toEqual([{ labels: {}, points: [[1500, 2]] }]);
    const matrix = {
      resultType: 'matrix',
      result: [
        {
          metric: { a: 'b' },
          values: [
            [1, 'NaN'],
            [2, '-Inf'],
          ],
        },
      ],
    };
    handler = answers(200, JSON.stringify({ status: 'success', infos: ['i'], data: matrix }));
    expect(await provider.instant('up[1m]')).toEqual([
      {
        labels: { a: 'b' },
        points: [
          [1000, Number.NaN],
          [2000, Number.NEGATIVE_INFINITY],
        ],
      },
    ]);
  });

  it('gives up after timeoutMs when nothing is answered', async () => {
    handler = () => {};
    const error = await failureOf({ timeoutMs: 50 });
    expect(error).toMatchObject({ code: 'metrics-unavailable' });
    expect(error.message).toContain('no answer within 50 ms');
  });

  it('gives up after timeoutMs when the body stalls', async () => {
    handler = (_request, response) => {
      response.writeHead(200);
      response.write('{"status":');
    };
    expect((await failureOf({ timeoutMs: 50 })).message).toContain('no answer within 50 ms');
  });

  it('stops when its caller cancels', async () => {
    const controller = new AbortController();
    handler = () => controller.abort();
    const error = await failureOf({}, controller.signal);
    expect(error).toMatchObject({ code: 'metrics-unavailable' });
    expect(error.message).toContain('cancelled');
  });

  it('reports a connection that breaks and a server that is not there', async () => {
    handler = (request) => request.socket.destroy();
    expect(await failureOf()).toMatchObject({ code: 'metrics-unavailable' });
    const gone = await failureOf({ url: 'http://127.0.0.1:1' });
    expect(gone.code).toBe('metrics-unavailable');
    expect(gone.message).toContain('could not be reached');
  });

  it('follows no redirect, so that credentials stay where they belong', async () => {
    let requests = 0;
    handler = (request, response, body) => {
      requests++;
      answers(307, '', { Location: `${url}/elsewhere` })(request, response, body);
    };
    expect(await failureOf()).toMatchObject({ code: 'metrics-unavailable' });
    expect(requests).toBe(1);
  });

  it('posts a form below the base path', async () => {
    const seen: string[] = [];
    handler = (request, response, body) => {
      seen.push(`${request.method} ${request.url} ${body}`);
      answers(200, emptyVector)(request, response, body);
    };
    const provider = prometheus.create({ url: `${url}/prom/`, timeoutMs: 30_000 });
    await provider.instant('a + b', { atMs: 1_234 });
    await provider.range('x', { fromMs: 1_000, toMs: 2_500, stepMs: 100 });
    expect(seen).toEqual([
      'POST /prom/api/v1/query query=a+%2B+b&time=1.234&timeout=30000ms',
      'POST /prom/api/v1/query_range query=x&start=1.000&end=2.500&step=0.100&timeout=30000ms',
    ]);
  });

  describe('credentials', () => {
    it('reads the header at each call, from the environment or a file, and sends further headers', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-secret-'));
      try {
        const file = join(folder, 'token');
        const seen: unknown[] = [];
        handler = (request, response, body) => {
          seen.push([request.headers.authorization, request.headers['x-scope-orgid']]);
          answers(200, emptyVector)(request, response, body);
        };
        await writeFile(file, 'Bearer first\n');
        const provider = prometheus.create({
          url,
          authorization: { file },
          headers: { 'X-Scope-OrgID': 'shop' },
        });
        await provider.instant('up');
        await writeFile(file, 'Bearer second\n');
        await provider.instant('up', { atMs: 1_000 });
        vi.stubEnv('SLUICE_TEST_AUTHORIZATION', 'Basic abc');
        await prometheus.create({ url, authorization: { env: 'SLUICE_TEST_AUTHORIZATION' } }).instant('up');
        expect(seen).toEqual([
          ['Bearer first', 'shop'],
          ['Bearer second', 'shop'],
          ['Basic abc', undefined],
        ]);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    it('says where credentials are missing', async () => {
      handler = answers(200, emptyVector);
      const fromEnv = await failureOf({ authorization: { env: 'SLUICE_TEST_ABSENT' } });
      expect(fromEnv.code).toBe('metrics-unavailable');
      expect(fromEnv.message).toContain('SLUICE_TEST_ABSENT');
      const fromFile = await failureOf({ authorization: { file: '/nonexistent/token' } });
      expect(fromFile.message).toContain('/nonexistent/token');
    });

    it.each<[string, string, Handler]>([
      [
        'echoed by the server',
        'Bearer top-secret',
        answers(400, refusal('bad_data', 'header "Bearer top-secret" (top-secret)')),
      ],
      ['on a refusal', 'Bearer top-secret', answers(401, 'Bearer top-secret')],
      ['that is no legal header', 'Bearer top-secret\nX: y', answers(200, emptyVector)],
      ['on a time-out', 'Bearer top-secret', () => {}],
      ['on a broken connection', 'Bearer top-secret', (request) => request.socket.destroy()],
    ])('never shows a secret %s', async (_name, secret, act) => {
      handler = act;
      vi.stubEnv('SLUICE_TEST_AUTHORIZATION', secret);
      const error = await failureOf({ authorization: { env: 'SLUICE_TEST_AUTHORIZATION' }, timeoutMs: 100 });
      const all = [error.message, error.stack, String(error.cause), JSON.stringify(error.details)].join(' ');
      expect(all).not.toContain('top-secret');
    });
  });

  it.each([
    ['no address', {}],
    ['another protocol', { url: 'file:///etc/passwd' }],
    ['credentials in the address', { url: 'http://user:pass@127.0.0.1:1' }],
    ['a query in the address', { url: 'http://127.0.0.1:1/?a=b' }],
    ['an unknown setting', { url: 'http://127.0.0.1:1', timeout: 5 }],
    ['two sources of one secret', { url: 'http://127.0.0.1:1', authorization: { file: 'a', env: 'b' } }],
    ['a header name that is none', { url: 'http://127.0.0.1:1', headers: { 'a b': 'c' } }],
  ])('refuses settings with %s', (_name, settings) => {
    expect(() => prometheus.create(settings as Record<string, unknown>)).toThrow(
      expect.objectContaining({ code: 'provider-config' }),
    );
  });
});
