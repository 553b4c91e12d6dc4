import { expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { fakeDeps, fakeRollouts } from './fakes.ts';

test('nothing runs and nothing is loaded on the page of a report', async () => {
  const deps = fakeDeps(fakeRollouts({}));
  const app = await createApp(deps);
  const page = await app.inject('/v1/rollouts/demo/shop/report?kind=deployment&format=html');
  expect(page.statusCode, page.body).toBe(200);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.headers['content-security-policy']).not.toContain('script-src');
  await app.close();
});
