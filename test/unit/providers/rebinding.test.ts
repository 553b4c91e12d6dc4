/**
 * A name that changes its address between the check and the connection: the address that was checked is the one that is
 * asked.
 */
import dns from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { grpc } from '../../../src/providers/health/grpc.ts';
import { http as probe } from '../../../src/providers/health/http.ts';
import { tcp } from '../../../src/providers/health/tcp.ts';
import { plainTransport } from '../../../src/providers/metrics/http-transport.ts';
import { outgoing } from '../../../src/providers/outgoing.ts';
import { grpcHealth } from '../../support/grpc-health.ts';

const answers: string[][] = [];
const asked: string[] = [];

const server = createServer((request, response) => response.end(request.headers.host));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
/** Under which name each call has come. */
const hosts: string[] = [];
const serving = new Server();
let grpcPort: number;
// Before names are looked up as the tests want it.
beforeAll(async () => {
  serving.addService(grpcHealth, {
    check: (call: { getHost(): string }, answer: (error: null, message: Buffer) => void) => {
      hosts.push(call.getHost());
      answer(null, Buffer.from([0x08, 1]));
    },
  });
  grpcPort = await new Promise<number>((resolve, reject) => {
    serving.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
});
afterAll(() => serving.forceShutdown());

beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
  const lookup = (name: string, _options: object, done: (error: null, found: object[]) => void) => {
    asked.push(name);
    const found = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    done(
      null,
      found.map((address) => ({ address, family: 4 })),
    );
  };
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as never);
});
afterEach(() => vi.restoreAllMocks());

const url = () => `http://rebind.example:${(server.address() as AddressInfo).port}/`;
const ask = () => outgoing(url(), { maxBytes: 100 }, AbortSignal.timeout(60_000));

it('looks a name up once, and connects to what it found', async () => {
  answers.push(['127.0.0.1'], ['169.254.169.254']);
  expect((await ask()).text).toContain('rebind.example');
  expect(asked).toEqual(['rebind.example']);
});

it('looks at the address of each request anew, and refuses a name with one bad address among good ones', async () => {
  answers.push(['127.0.0.1'], ['127.0.0.1', '169.254.169.254']);
  await ask();
  await expect(ask()).rejects.toThrow('rebind.example is a link-local or metadata address');
});

it('holds for sources of metrics and for connections of TCP', async () => {
  answers.push(['127.0.0.1', '169.254.169.254']);
  const signal = AbortSignal.timeout(60_000);
  const request = { method: 'GET', headers: new Headers(), body: null, maxBytes: 100, signal } as const;
  await expect(plainTransport.send(url(), request)).rejects.toThrow('metadata address');
  await expect(plainTransport.send('http://169.254.169.254/', request)).rejects.toThrow('metadata address');
  const target = { slot: 'green', version: 'v2', service: 'shop', environment: 'prod' } as const;
  for (const address of [new URL(url()).host, '169.254.169.254:80', '[fe80::1]:80']) {
    const { detail } = await tcp.create({ address }).probe(target, { timeoutMs: 60_000 });
    expect(detail).toContain('metadata address');
  }
});

it('holds for probes as well', async () => {
  answers.push(['169.254.169.254']);
  const health = probe.create({ url: url() });
  const target = { slot: 'green', version: 'v2', service: 'shop', environment: 'prod' } as const;
  const { healthy, detail } = await health.probe(target, { timeoutMs: 60_000 });
  expect({ healthy, detail }).toEqual({
    healthy: false,
    detail: expect.stringContaining('metadata address'),
  });
});

it('holds for probes of gRPC, which find a good address all the same', async () => {
  const health = grpc.create({ address: `rebind.example:${grpcPort}` });
  const target = { slot: 'green', version: 'v2', service: 'shop', environment: 'prod' } as const;
  answers.push(['127.0.0.1'], ['127.0.0.1', '169.254.169.254']);
  expect(await health.probe(target, { timeoutMs: 60_000 })).toMatchObject({ healthy: true });
  expect([asked, hosts]).toEqual([['rebind.example'], [`rebind.example:${grpcPort}`]]);
  expect(await health.probe(target, { timeoutMs: 60_000 })).toMatchObject({
    healthy: false,
    detail: expect.stringContaining('metadata address'),
  });
  expect(hosts).toHaveLength(1);
});
