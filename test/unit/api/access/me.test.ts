/** What the API says of whoever asks: who they are, and what they may do, here and everywhere. */
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createApp } from '../../../../src/api/app.ts';
import { meSchema } from '../../../../src/api/contract.ts';
import { type Grant, permissions } from '../../../../src/domain/access/grants.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { fakeDeps, fakeRollouts } from '../fakes.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
});

const grants: readonly Grant[] = [
  { role: 'viewer', environments: ['*'], services: ['*'] },
  { role: 'operator', environments: ['dev*'], services: ['shop'] },
];

async function ann(authorization: string | undefined) {
  if (authorization !== 'Bearer ann') throw new SluiceError('unauthenticated', 'nobody');
  return { name: 'ann@example.com', verified: true, grants };
}

async function ask(query = '', authorization?: string) {
  app = await createApp(fakeDeps(fakeRollouts()), { authenticate: ann });
  const headers = authorization === undefined ? {} : { authorization };
  return app.inject({ url: `/v1/me${query}`, headers });
}

const me = async (...given: Parameters<typeof ask>) => meSchema.parse((await ask(...given)).json());

test('names the verified actor, with the grants, and what may be done everywhere and somewhere', async () => {
  expect(await me('', 'Bearer ann')).toEqual({
    actor: 'ann@example.com',
    verified: true,
    loginNeeded: false,
    grants,
    can: ['read'],
    somewhere: ['read', 'start', 'steer', 'rollback', 'release'],
    session: null,
    ways: [],
  });
});

test.each([
  ['?environment=dev-1&service=shop', ['read', 'start', 'steer', 'rollback', 'release']],
  ['?environment=dev-1', ['read']],
  ['?service=shop', ['read']],
  ['?environment=prod&service=shop', ['read']],
])('says what may be done to %s', async (query, can) => {
  expect((await me(query, 'Bearer ann')).can).toEqual(can);
});

test('where nobody has logged in, says that somebody must, and that nothing may be done', async () => {
  const nothing = {
    actor: null,
    verified: false,
    grants: [],
    can: [],
    somewhere: [],
    session: null,
    ways: [],
  };
  expect(await me()).toEqual({ ...nothing, loginNeeded: true });
});

test('a token that is not good is refused, not taken for nobody', async () => {
  expect((await ask('', 'Bearer eve')).statusCode).toBe(401);
});

test('where nobody needs to log in, everything may be done and the actor is what requests say', async () => {
  app = await createApp(fakeDeps(fakeRollouts()));
  expect((await app.inject('/v1/me')).json()).toMatchObject({
    ...{ actor: null, verified: false, loginNeeded: false },
    can: permissions,
  });
});

test.each(['?environment=a%2Fb', '?colour=red'])('refuses the query %s', async (query) => {
  expect((await ask(query, 'Bearer ann')).statusCode).toBe(400);
});
