/** What is too deep, too long or too slow is refused as a problem, before it costs anything. */
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { isNestedBeyond } from '../../../../src/api/web/nesting.ts';
import { parsePlan, parsePlanText } from '../../../../src/domain/plan/schema.ts';
import { defaultCatalogue } from '../../../../src/providers/default-catalogue.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
});

async function serve(requestTimeoutMs?: number) {
  const deps = fakeDeps(fakeRollouts());
  const catalogue = defaultCatalogue();
  const plans = {
    parse: (input: unknown) => parsePlan(input, catalogue),
    parseText: (text: string) => parsePlanText(text, catalogue),
  };
  app = await createApp({ ...deps, plans }, requestTimeoutMs === undefined ? {} : { requestTimeoutMs });
  return app;
}

const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
const aliasBomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, at) => {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}] # ${at}`;
  }),
].join('\n');

describe('a body', () => {
  test.each([
    ['/v1/rollouts', 'application/json', `{"stages":${nested(66)}}`],
    ['/v1/rollouts', 'application/json', '['.repeat(200_000)],
    ['/v1/rollouts/demo/shop/pause', 'application/json', `{"reason":${nested(66)}}`],
    ['/v1/emergency-stop', 'application/json', `{"scope":${nested(2_000)}}`],
    ['/v1/rollouts', 'application/yaml', `stages: ${'['.repeat(100_000)}`],
    ['/v1/rollouts', 'application/yaml', `stages: ${nested(66)}`],
    ['/v1/rollouts', 'application/yaml', aliasBomb],
    ['/v1/rollouts', 'application/yaml', ']'.repeat(260_000)],
    ['/v1/rollouts', 'application/json', JSON.stringify({ plan: '{a: 1}, '.repeat(32_000) })],
    ['/v1/rollouts', 'application/json', JSON.stringify({ plan: aliasBomb })],
    ['/v1/metrics/check', 'application/json', JSON.stringify({ plan: aliasBomb })],
    ['/v1/rollouts', 'application/json', '{"version":"v1","__proto__":{"admin":true}}'],
  ])('that is a bomb is refused by %s in %s', async (url, type, payload) => {
    const app = await serve();
    const answer = await app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
    expect([400, 422]).toContain(answer.statusCode);
    expect(problemSchema.safeParse(answer.json()).success).toBe(true);
  });
});

test.each([
  ['{"a":[1]}', 2, false],
  ['{"a":[1]}', 1, true],
  ['{"a":"[[[[{{{{","b":"\\"[["}', 1, false],
  ['[1],[2],[3]', 1, false],
  ['"\\\\"[[', 1, true],
])('%s goes beyond %i levels: %s', (json, levels, beyond) => {
  expect(isNestedBeyond(json, levels)).toBe(beyond);
});

/** All that comes back on a connection of its own until the other end closes it. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('on the wire', () => {
  const head = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n';
  /** For those alone who are to be too slow. */
  const slowMs = 400;
  test.each([
    ['headers that never end', head, 408, 'request-slow', slowMs],
    [
      'a body that never ends',
      'POST /v1/validate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
      408,
      'request-slow',
      slowMs,
    ],
    [
      'headers that are too large',
      `${head}x: ${'x'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers-too-large',
      undefined,
    ],
    ['what is no HTTP', 'hello\r\n\r\n', 400, 'request-invalid', undefined],
    [
      'two lengths, by which two servers could read two requests',
      `${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
      400,
      'request-invalid',
      undefined,
    ],
  ])('%s get an answer and the end', async (_, text, status, code, limitMs) => {
    const app = await serve(limitMs);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const answer = await exchange(Number(new URL(url).port), text);
    const [top = '', body = ''] = answer.split('\r\n\r\n');
    expect(top).toContain(`HTTP/1.1 ${status} `);
    expect(top).toContain('x-content-type-options: nosniff');
    expect(problemSchema.parse(JSON.parse(body)).code).toBe(code);
  });
});
