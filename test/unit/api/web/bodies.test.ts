/** What is wrong with a body before anything in it is looked at. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { duplicateKeys } from '../../../../src/api/web/duplicate-keys.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await createApp(fakeDeps(fakeRollouts()));
});
afterAll(() => app.close());

async function post(url: string, payload: string, headers: Record<string, string> = {}) {
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
  const problem = problemSchema.safeParse(answer.json()).data;
  return { status: answer.statusCode, headers: answer.headers, problem };
}

describe('a key that appears twice', () => {
  test.each([
    ['/v1/validate', '{"version":"v2","version":"v3"}', 'body.version'],
    ['/v1/validate', '{"plan":{"version":"v2","version":"v3"}}', 'body.plan.version'],
    ['/v1/rollouts', '{"version":"v2","stages":[{},{"weight":1,"weight":99}]}', 'body.stages[1].weight'],
    ['/v1/rollouts/demo/shop/rollback', '{"reason":"a","reason":"b"}', 'body.reason'],
  ])('is refused by %s with its path', async (url, payload, path) => {
    const { status, problem } = await post(url, payload);
    expect(status).toBe(400);
    expect(problem).toMatchObject({
      code: 'request-invalid',
      detail: `The request is not valid: ${path}.`,
      problems: [{ path, message: 'appears twice' }],
    });
  });

  test.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', []],
    ['{"a":"\\"a\\":1,\\"a\\":2 {","b":"a"}', []],
    ['["a","a",{"a":"a"}]', []],
    ['"a"', []],
    ['{"a":[1,{"b":[[],{}],"b":0}]}', [['a', 1, 'b']]],
    ['{"a":1,"\\u0061":2}', [['a']]],
    ['{"":1,"":2}', [['']]],
    ['{"a":1,"a":2,"a":3,"a":4}', [['a'], ['a']]],
  ])('in %s', (json, paths) => {
    expect(duplicateKeys(json, 2)).toEqual(paths);
  });
});

test('a packed body is refused, whoever would read it, and not taken for a plain one', async () => {
  for (const url of ['/v1/validate', '/v1/rollouts/demo/shop/pause', '/v1/rollouts/demo/shop/events']) {
    for (const encoding of ['gzip', 'br', 'identity, GZIP', 'utf-8']) {
      const { status, problem, headers } = await post(url, '{}', { 'content-encoding': encoding });
      expect([status, problem?.code], `${encoding} for ${url}`).toEqual([415, 'media-type-unsupported']);
      expect(headers['accept-encoding']).toBe('identity');
      expect(problem?.detail).toContain('with identity or without that header');
    }
  }
});

test('a body that says it is not packed, or says nothing, is read', async () => {
  for (const encoding of ['Identity', 'identity, identity', '', ' ']) {
    const { status } = await post('/v1/validate', '{"version":"v2"}', { 'content-encoding': encoding });
    expect(status, encoding).toBe(200);
  }
});

test.each([
  ['{"a":', 'must be JSON, without keys that nobody may set, such as __proto__'],
  ['{"__proto__":{}}', 'must be JSON, without keys that nobody may set, such as __proto__'],
  [`{"a":${'['.repeat(70)}`, 'is nested more than 64 levels deep'],
])('what cannot be read is said of the body: %s', async (payload, message) => {
  const { status, problem } = await post('/v1/validate', payload);
  expect(status).toBe(400);
  expect(problem).toMatchObject({
    detail: 'The request is not valid: body.',
    problems: [{ path: 'body', message }],
  });
});
