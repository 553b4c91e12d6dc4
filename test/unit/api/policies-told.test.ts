import { expect, test } from 'vitest';
import { tellBrokenPolicies } from '../../../src/api/policies-told.ts';
import { policyBook } from '../../../src/providers/policies.ts';

test('broken policies are logged and do not keep the API from starting', async () => {
  const told: unknown[] = [];
  const catalogue = { traffic: {}, metrics: {}, workload: {}, health: {}, alerts: {} };
  const book = policyBook('/no/such/folder', catalogue);
  await tellBrokenPolicies(book, { error: (...all: unknown[]) => void told.push(all) });
  expect(told).toEqual([
    [
      { error: expect.stringContaining('/no/such/folder cannot be read') },
      expect.stringContaining('no rollout'),
    ],
  ]);
});
