import { expect, test } from 'vitest';
import { keptAfter } from '../../../../src/dashboard/pages/start/replaced.ts';

test('what was written can be had back after an example has taken its place, and no example is kept for it', () => {
  const kept = keptAfter(null, 'service: mine', ['service: shop']);
  expect(kept).toBe('service: mine');
  expect(keptAfter(kept, 'service: shop', ['service: shop'])).toBe(kept);
  expect(keptAfter(kept, ' \n', [])).toBe(kept);
  expect(keptAfter(kept, 'service: shop\nversion: v3', ['service: shop'])).toContain('v3');
});
