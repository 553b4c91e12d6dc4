/** Where the login page leads. */
import { expect, test } from 'vitest';
import { backTo } from '../../../src/dashboard/pages/login/back-to.ts';

test.each([
  [null, '/ui/'],
  ['/ui/rollouts/demo/shop?run=1', '/ui/rollouts/demo/shop?run=1'],
  ['/v1/rollouts/demo/shop/report?format=html', '/v1/rollouts/demo/shop/report?format=html'],
  ['/ui/login?return=/ui/login', '/ui/'],
  ['/ui/../ui/login', '/ui/'],
  ['//evil.example/ui/', '/ui/'],
  ['https://evil.example/v1/', '/ui/'],
])('from %j to %s', (wanted, path) => {
  expect(backTo(wanted)).toBe(path);
});
