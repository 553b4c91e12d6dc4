/** The client's routes against those that the API really has. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../src/api/app.ts';
import { operations } from '../../../src/api/contract.ts';
import { routes } from '../../../src/client/routes.ts';
import { fakeDeps, fakeRollouts } from '../api/fakes.ts';

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

test('the client knows every route of the API, and no other', async () => {
  const app = await createApp(fakeDeps(fakeRollouts()));
  const { paths } = documentSchema.parse((await app.inject('/openapi.json')).json());
  await app.close();
  const real = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(Object.values(routes).toSorted()).toEqual(real.toSorted());
  expect(Object.keys(routes).toSorted()).toEqual(Object.keys(operations).toSorted());
});

test('no operation has a part of its path, a part of its query and a body by the same name', () => {
  for (const [name, operation] of Object.entries(operations)) {
    const params = 'params' in operation ? Object.keys(operation.params.shape) : [];
    const query = Object.keys(operation.query.shape);
    const parts = [...params, ...query, 'body'];
    expect(new Set(parts).size, name).toBe(parts.length);
  }
});
