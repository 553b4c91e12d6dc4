/** The OpenAPI document: every operation by name, with examples that are true and every refusal by its codes. */
import { beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../src/api/app.ts';
import { type Operation, operations, problemSchema } from '../../../src/api/contract.ts';
import { type Example, examples } from '../../../src/api/examples/examples.ts';
import { errorCatalogue } from '../../../src/domain/errors.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

const media = z.looseObject({
  schema: z.unknown(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ $ref: z.string() })).optional(),
});
const described = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  requestBody: z.object({ content: z.record(z.string(), media) }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string(), content: z.record(z.string(), media).default({}) }),
  ),
});
const documentSchema = z.object({
  security: z.unknown(),
  paths: z.record(z.string(), z.record(z.string(), described)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    examples: z.record(z.string(), z.object({ value: problemSchema })),
  }),
});
let document: z.infer<typeof documentSchema>;

beforeAll(async () => {
  const app = await createApp(fakeDeps(fakeRollouts()));
  document = documentSchema.parse((await app.inject('/openapi.json')).json());
  await app.close();
});

const all = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));

test('names every operation of the table, once', () => {
  const names = all().map(({ operationId }) => operationId);
  expect(names.toSorted()).toEqual(Object.keys(operations).toSorted());
});

test.each(Object.entries(operations))('%s has examples that are what its schemas say', (name, entry) => {
  const { body, answer }: Operation = entry;
  const example: Example | undefined = Object.entries(examples).find(([one]) => one === name)?.[1];
  if (body !== undefined) expect(body.safeParse(example?.body).error).toBeUndefined();
  if (typeof answer !== 'string') {
    // Also that nothing is in the example that the schema does not know.
    expect(answer.parse(example?.answer)).toEqual(example?.answer);
  }
  const shown = all().find(({ operationId }) => operationId === name);
  if (body !== undefined)
    expect(Object.values(shown?.requestBody?.content ?? {})[0]?.example).toEqual(example?.body);
  expect(
    Object.values(shown?.responses['200']?.content ?? shown?.responses['201']?.content ?? {})[0]?.example,
  ).toEqual(example?.answer);
});

test('says of every refusal which codes it may have, as problem details', () => {
  for (const { operationId, responses } of all()) {
    const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    const codes = refusals.flatMap(([status, { content, description }]) => {
      if (operationId === 'getReadiness' && status === '503') return [];
      expect(Object.keys(content)).toEqual(['application/problem+json']);
      const told = Object.entries(content['application/problem+json']?.examples ?? {});
      for (const [code, { $ref }] of told) {
        const value = document.components.examples[$ref.replace('#/components/examples/', '')]?.value;
        expect([value?.code, String(value?.status)]).toEqual([code, status]);
      }
      expect(description).toBe(told.map(([code]) => `\`${code}\``).join(', '));
      return told.map(([code]) => code);
    });
    expect(codes, operationId).toContain('request-invalid');
    expect(codes.every((code) => code in errorCatalogue)).toBe(true);
  }
});

test('refers to nothing that is not there', () => {
  const refs = JSON.stringify(document).match(/#\/components\/schemas\/[\w-]+/g) ?? [];
  const missing = refs.filter(
    (ref) => !(ref.replace('#/components/schemas/', '') in document.components.schemas),
  );
  expect(missing).toEqual([]);
});

test('is written once, however often anybody asks for it, and the page shows the same', async () => {
  const app = await createApp(fakeDeps(fakeRollouts()));
  await app.ready();
  const written = vi.spyOn(app, 'swagger');
  const answers = [];
  for (const url of ['/openapi.json', '/docs/json', '/openapi.json', '/docs/json'])
    answers.push(await app.inject(url));
  await app.close();
  expect(
    new Set(answers.map(({ statusCode, headers }) => `${statusCode} ${headers['content-type']}`)),
  ).toEqual(new Set(['200 application/json; charset=utf-8']));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(written).toHaveBeenCalledTimes(1);
});

test('says how somebody shows who they are, and where nobody need', () => {
  expect(document.security).toEqual([{ bearer: [] }, { session: [] }]);
  const others = all().flatMap(({ operationId, security }) => (security ? [[operationId, security]] : []));
  const either = [{ bearer: [] }, { session: [] }, {}];
  expect(Object.fromEntries(others)).toEqual({
    getHealth: [],
    getReadiness: [],
    loginWithToken: [],
    getMe: either,
    logOut: either,
    sendEvent: [{ signature: [] }, { bearer: [] }],
  });
});
