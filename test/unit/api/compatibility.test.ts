/**
 * The promise of docs/api.md: what `/v1` answers today it will answer tomorrow. `docs/openapi.json` is the released
 * document; what is new comes into it with `SLUICE_UPDATE_DOCS=1`, what would break is refused even then.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { openapiBreaks } from '../../support/openapi-breaks.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

type Json = Record<string, unknown>;

const file = resolve(import.meta.dirname, '../../../docs/openapi.json');
const released: Json = JSON.parse(readFileSync(file, 'utf8'));
let now: Json;

beforeAll(async () => {
  const app = await createApp(fakeDeps(fakeRollouts()));
  now = (await app.inject('/openapi.json')).json();
  await app.close();
});

it('breaks nothing that was released', () => {
  expect(openapiBreaks(released, now)).toEqual([]);
});

it('is released as it is', () => {
  if (process.env.SLUICE_UPDATE_DOCS && openapiBreaks(released, now).length === 0) {
    writeFileSync(file, `${JSON.stringify(now, null, 1)}\n`);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(now);
});

const operation = {
  operationId: 'op',
  parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 200 } }],
  requestBody: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { reason: { type: ['string', 'null'] }, scope: { enum: ['all', 'some'] } },
          required: ['reason'],
          additionalProperties: false,
        },
      },
    },
  },
  responses: {
    200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } } },
    409: { content: { 'application/problem+json': { schema: {}, examples: { 'rollout-running': {} } } } },
  },
};
const answer = {
  type: 'object',
  properties: {
    phase: { enum: ['soaking', 'promoted'] },
    rows: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    },
    how: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    self: { $ref: '#/components/schemas/Answer' },
  },
  required: ['phase'],
};
const base = { paths: { '/v1/x': { post: operation } }, components: { schemas: { Answer: answer } } };

/** The base document with something in place of a part of its text. */
const changed = (from: object | string, to: object | string): Json => {
  const text = JSON.stringify(base);
  const part = typeof from === 'string' ? from : JSON.stringify(from);
  expect(text).toContain(part);
  return JSON.parse(text.replace(part, typeof to === 'string' ? to : JSON.stringify(to)));
};

it.each([
  ['a path', '"/v1/x"', '"/v1/y"', 'POST /v1/x is gone'],
  ['a method', '"post"', '"put"', 'POST /v1/x is gone'],
  ['a name', '"op"', '"other"', 'another operationId'],
  ['a parameter', '"limit"', '"most"', 'query limit is not taken any more'],
  ['a bound', '"maximum":200', '"maximum":100', 'query limit has a narrower maximum'],
  [
    'a required parameter',
    '"schema":{"type":"integer"',
    '"required":true,"schema":{"type":"integer"',
    'needed now',
  ],
  ['a field of a request', '"scope":{"enum"', '"range":{"enum"', 'body.scope is not taken any more'],
  ['a required field', '"required":["reason"]', '"required":["reason","scope"]', 'body.scope is needed now'],
  ['a type of a request', '["string","null"]', '["string"]', 'takes no null any more'],
  ['a value of a request', '["all","some"]', '["all"]', 'has no value some any more'],
  ['a pattern', '{"enum":["all","some"]}', '{"enum":["all","some"],"pattern":"^a"}', 'narrower pattern'],
  ['an answer', '"200"', '"201"', 'does not answer 200 any more'],
  ['a code', '"rollout-running"', '"running"', 'code rollout-running of 409 is gone'],
  ['a field of an answer', '"phase":{', '"state":{', '200.phase is gone'],
  ['a field that was always there', '"required":["phase"]', '"required":[]', '200.phase may be missing now'],
  ['a value of an answer', '["soaking","promoted"]', '["soaking"]', 'has no value promoted any more'],
  [
    'a field deep within',
    '"id":{"type":"string"}',
    '"id":{"type":"integer"}',
    'rows [] id may be integer now',
  ],
  ['a choice', '{"type":"null"}', '{"type":"boolean"}', 'has lost choice 2 of anyOf'],
])('%s that goes away or gets narrower is told', (_, from, to, told) => {
  expect(openapiBreaks(base, changed(from, to)).join('\n')).toContain(told);
});

it.each([
  ['an operation', '"/v1/x":{', '"/v1/new":{"get":{}},"/v1/x":{'],
  ['an optional parameter', '"parameters":[', '"parameters":[{"name":"new","in":"query","schema":{}},'],
  ['an optional field of a request', '"properties":{"reason"', '"properties":{"new":{},"reason"'],
  ['a value of a request', '["all","some"]', '["all","some","none"]'],
  ['a wider bound', '"maximum":200', '"maximum":500'],
  ['a field of an answer', '"properties":{"phase"', '"properties":{"new":{"type":"string"},"phase"'],
  ['a code', '"rollout-running":{}', '"rollout-running":{},"new":{}'],
])('%s that is new breaks nothing', (_, from, to) => {
  expect(openapiBreaks(base, changed(from, to))).toEqual([]);
});
