/** What is wrong with a path, a query or a header is named once, in words for people. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { problemSchema } from '../../../src/api/contract.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await createApp(fakeDeps(fakeRollouts()));
});
afterAll(() => app.close());

test.each([
  ['/v1/rollouts?limit=abc', 'query.limit', 'must be one number'],
  ['/v1/rollouts?limit=1&limit=2', 'query.limit', 'must be one number'],
  ['/v1/rollouts?limit=1.5', 'query.limit', 'must be a whole number'],
  ['/v1/rollouts?limit=0', 'query.limit', 'must be at least 1'],
  ['/v1/rollouts?limit=201', 'query.limit', 'must be at most 200'],
  ['/v1/rollbacks?requestsPerUser=many', 'query.requestsPerUser', 'must be one number'],
  [
    '/v1/rollbacks?since=-1d',
    'query.since',
    '"-1d" is not a duration; write for example 500ms, 30s, 5m, 1h30m or 2d',
  ],
  ['/v1/rollouts/demo/shop?run=first', 'query.run', 'must be a UUID, not "first"'],
  ['/v1/rollouts?running=maybe', 'query.running', '"maybe" is unknown; allowed: true, false'],
  [`/v1/rollouts?service=${'s'.repeat(129)}`, 'query.service', 'must be at most 128 characters long'],
  ['/v1/rollbacks?since=99999d', 'query.since', '"99999d" is longer than 100 years'],
  ['/v1/rollouts/%ff', 'path', 'must be UTF-8, with two hexadecimal digits after each percent sign'],
])('%s', async (url, path, message) => {
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(400);
  expect(problemSchema.parse(answer.json())).toMatchObject({
    code: 'request-invalid',
    detail: `The request is not valid: ${path}.`,
    problems: [{ path, message }],
  });
});

test.each([
  ['[]', 'must be a mapping, not a list'],
  ['null', 'must be a mapping, not null'],
  ['5', 'must be a mapping, not 5'],
])('a body that is %s', async (payload, message) => {
  for (const path of ['/v1/rollouts', '/v1/emergency-stop', '/v1/rollouts/demo/shop/pause']) {
    const answer = await app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(answer.json().problems).toEqual([{ path: 'body', message }]);
  }
});

test('a field of which two things are wrong is named once', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/rollouts/demo/shop/pause',
    headers: { 'idempotency-key': 'é'.repeat(129) },
    payload: {},
  });
  const problem = problemSchema.parse(answer.json());
  expect(problem.problems.map(({ path }) => path)).toEqual([
    'header.idempotency-key',
    'header.idempotency-key',
  ]);
  expect(problem.detail).toBe('The request is not valid: header.idempotency-key.');
});
