import { expect, it } from 'vitest';
import { rulesOf } from '../../../src/dashboard/pages/configuration/rules.ts';

it('the rules of a policy are lines as people write them, whatever their shape', () => {
  const require = {
    owner: true,
    maxFirstWeight: 10,
    minSoakMs: 300_000,
    matchHeaders: [],
    artifact: ['image', 'digest'],
    checks: [{ name: 'success-rate' }, { kind: 'counts' }, { name: 'up', kind: 'health', probe: 'app' }],
  };
  expect(rulesOf({ require, gates: ['captain'], guards: [] })).toEqual([
    'owner: true',
    'maxFirstWeight: 10',
    'minSoak: 5m',
    'matchHeaders: none',
    'artifact: image, digest',
    'checks: success-rate; kind counts; name up, kind health, probe app',
    'adds gates: captain',
  ]);
});
