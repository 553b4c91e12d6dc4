/** What began lately, for as long as lists may not have it. */
import { expect, test } from 'vitest';
import { RecentStarts } from '../../../src/api/temporal/recent-starts.ts';

test('targets are known for half a minute after they began last', () => {
  let nowMs = 0;
  const begun = new RecentStarts(() => nowMs);
  begun.begins('demo/shop');
  begun.begins('demo/cart');
  nowMs = 20_000;
  begun.begins('demo/shop');
  expect(begun.targets()).toEqual(['demo/cart', 'demo/shop']);
  nowMs = 35_000;
  expect(begun.targets()).toEqual(['demo/shop']);
  nowMs = 50_000;
  expect(begun.targets()).toEqual([]);
});
