/** An emergency of a scope that nobody knows: refused once, and opened when the same is sent again. */
import { expect, test } from 'vitest';
import { isOfRefused, type Order } from '../../../../src/dashboard/pages/emergency/use-emergency.ts';

const refused: Order = { kind: 'rollback', words: ['prod/shop'], to: '', reason: 'it burns', actor: 'ann' };

test('only the scope that was refused is forced, whatever else was changed', () => {
  expect(isOfRefused(null, refused)).toBe(false);
  expect(isOfRefused(refused, { ...refused, words: ['prod/shop'] })).toBe(true);
  expect(isOfRefused(refused, { ...refused, words: ['prod/shop', 'prod/cart'] })).toBe(false);
});

test('a stop, which changes nothing for good, is never forced', () => {
  expect(isOfRefused(refused, { ...refused, kind: 'stop' })).toBe(false);
  expect(isOfRefused({ ...refused, kind: 'stop' }, refused)).toBe(false);
});
