/** The client against the API over real HTTP. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { NoticeService, RolloutService } from '../../../src/api/service.ts';
import { ApiError, createClient } from '../../../src/client/index.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { failing, runId, statusOf, viewOf } from '../api/fakes.ts';
import { type FakeApi, serveApi } from '../cli/fakes.ts';

let api: FakeApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function served(rollouts: Partial<RolloutService>, notices: Partial<NoticeService> = {}) {
  api = await serveApi(rollouts, notices);
  return { client: createClient({ baseUrl: api.url }), calls: api.calls };
}

async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error('no ApiError was thrown', { cause: error });
}

const shop = { environment: 'demo', service: 'shop' };

test('puts each part of a request where the route has it', async () => {
  const { client, calls } = await served({
    list: async () => ({ rollouts: [], next: null }),
    get: async () => viewOf(),
    command: async () => ({ accepted: true, via: 'update', status: statusOf() }),
  });
  expect(await client.listRollouts()).toEqual({ rollouts: [], next: null });
  await client.listRollouts({ environment: 'a?b&c', running: 'true', phase: undefined, limit: 7 });
  const anew = { headers: { 'cache-control': 'no-cache' } };
  const view = await client.getRollout({ environment: 'de%mo', service: 'sh?p', run: runId }, anew);
  expect(view.runId).toBe(runId);
  const pause = { ...shop, command: 'pause', body: { reason: 'look' } } as const;
  expect((await client.steerRollout(pause, { idempotencyKey: 'k1' })).via).toBe('update');
  const whatever = Number.NEGATIVE_INFINITY;
  expect(calls.map(({ args }) => args)).toEqual([
    [{ limit: 50 }, null, whatever],
    [expect.objectContaining({ environment: 'a?b&c', running: 'true', limit: 7 }), null, whatever],
    [{ environment: 'de%mo', service: 'sh?p', runId }, true],
    [shop, { name: 'pause', reason: 'look', requestId: 'k1' }, true],
  ]);
});

test('asks for what is now for ten seconds after it has changed something, as another replica may not know of that', async () => {
  const said: (string | undefined)[] = [];
  const replica = createServer(({ headers }, answer) => {
    said.push(headers['cache-control']);
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(replica, 'listening');
  const { port } = replica.address() as AddressInfo;
  const [client, other] = [1, 2].map(() => createClient({ baseUrl: `http://127.0.0.1:${port}` }));
  await client?.listIncidents();
  await client?.steerRollout({ ...shop, command: 'pause', body: {} });
  await client?.listIncidents();
  await other?.listIncidents();
  const nowMs = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 10_000);
  await client?.listIncidents();
  clock.mockRestore();
  replica.close();
  expect(said).toEqual([undefined, undefined, 'max-age=0', undefined, undefined]);
});

test('reads what is no JSON as what it is', async () => {
  const { client } = await served({}, { incident: async () => failing('incident-not-found', 'None.')() });
  expect((await refusal(client.getReview(shop))).code).toBe('incident-not-found');
  const text = createClient({
    baseUrl: '',
    fetch: async () => new Response('# Review', { headers: { 'content-type': 'text/markdown' } }),
  });
  expect(await text.getReview(shop)).toBe('# Review');
  const bytes = createClient({
    baseUrl: '',
    fetch: async () => new Response('tar', { headers: { 'content-type': 'application/x-tar' } }),
  });
  expect((await bytes.downloadEvidence(shop)).byteLength).toBe(3);
});

test('throws what the API refuses, in its own words', async () => {
  const problems = [{ path: 'stages[0].weight', message: 'must be a number' }];
  const { client } = await served({
    get: async () => {
      throw new SluiceError('worker-absent', 'No worker answered.', { problems, details: { run: 1 } });
    },
  });
  const error = await refusal(client.getRollout(shop));
  expect(error).toMatchObject({
    code: 'worker-absent',
    status: 503,
    title: 'Worker absent',
    detail: 'No worker answered.',
    advice: expect.stringContaining('worker'),
    path: 'stages[0].weight',
    problems,
    details: { run: 1 },
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    retryAfterMs: 2000,
    passing: true,
  });
});

test('tells an API that is away, one that is late and one that is none apart from a refusal', async () => {
  const gone = createClient({ baseUrl: 'http://127.0.0.1:1' });
  expect(await refusal(gone.getHealth())).toMatchObject({ code: 'unreachable', status: 0, path: null });
  const never: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  const late = createClient({ baseUrl: '', fetch: never });
  expect(await refusal(late.getHealth({}, { withinMs: 1 }))).toMatchObject({ code: 'unreachable' });
  const proxy = createClient({ baseUrl: '', fetch: async () => new Response('<html>', { status: 502 }) });
  expect(await refusal(proxy.getHealth())).toMatchObject({ code: 'answer-strange', status: 502 });
  const broken = new Response('{', { headers: { 'content-type': 'application/json' } });
  const half = createClient({ baseUrl: '', fetch: async () => broken });
  expect(await refusal(half.getHealth())).toMatchObject({ code: 'answer-strange' });
});

test('gives up with the reason of the caller', async () => {
  const { client } = await served({ get: () => new Promise(() => {}) });
  const stop = new AbortController();
  const asked = client.getRollout(shop, { signal: stop.signal });
  stop.abort(new Error('page left'));
  await expect(asked).rejects.toThrow('page left');
});

test('calls by name, carries each call out as it is told to, and knows where things are', async () => {
  api = await serveApi({ get: async () => viewOf() }, {});
  let [carried, sent] = [0, 0];
  const client = createClient({
    baseUrl: api.url,
    fetch: async (...request) => {
      sent += 1;
      return await fetch(...request);
    },
    carry: async (call) => {
      carried += 1;
      await call();
      return await call();
    },
  });
  expect(await client.call('getRollout', shop)).toEqual(await client.getRollout(shop));
  expect([carried, sent]).toEqual([2, 4]);
  expect(client.urlOf('getReport', { ...shop, run: runId, kind: 'security' })).toBe(
    `${api.url}/v1/rollouts/demo/shop/report?run=${runId}&kind=security`,
  );
});
