import { expect, test } from 'vitest';
import { given } from '../../../src/dashboard/pages/scope/given.ts';

test('the environment of a list is asked for if there is one', () => {
  expect([given(' '), given(' prod ')]).toEqual([undefined, 'prod']);
});
