import { expect, it } from 'vitest';
import { stableAfter, switchPlan, wantedVersion } from '../../../../src/domain/emergency/switch-plan.ts';
import { gateFixture, planFixture, stageFixture } from '../../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;

it('turns the last plan round: one stage, all users, nothing asked, and the connections as they were', () => {
  const { rollback } = planFixture();
  const plan = planFixture({
    stages: [stageFixture({ irreversible: true, approval: true, gates: [gateFixture()] })],
    gates: [gateFixture()],
    guards: [{ ...gateFixture(), onRefuse: 'rollback' }],
    onConflict: 'supersede',
    onFailure: 'freeze',
    rollback: { ...rollback, strategy: 'gradual' },
  });
  const back = switchPlan(plan, 'v1');
  expect(back.stages).toHaveLength(1);
  expect(back.stages[0]).toMatchObject({
    name: 'back to v1',
    weightPercent: 100,
    soakMs: 0,
    checks: [],
    approval: false,
  });
  expect(back).toMatchObject({ version: 'v1', onConflict: 'reject', watchAfterMs: 0 });
  expect([back.stages[0]?.irreversible, back.onFailure, back.rollback.strategy]).toEqual([
    undefined,
    undefined,
    'immediate',
  ]);
  expect([back.gates, back.guards, back.stages[0]?.gates]).toEqual([undefined, undefined, undefined]);
  expect([back.traffic, back.workload, back.lease]).toEqual([plan.traffic, plan.workload, plan.lease]);
});

it('knows what is stable after a rollout', () => {
  expect(stableAfter(arms, 'promoted')).toEqual({ slot: 'green', version: 'v2' });
  expect(stableAfter(arms, 'rolled-back')).toEqual({ slot: 'blue', version: 'v1' });
});

it.each([
  ['previous', 'promoted', false, 'v1'],
  ['previous', 'rolled-back', false, 'v1'],
  // What an emergency wanted stays wanted, whether its rollout came about or not.
  ['previous', 'promoted', true, 'v2'],
  ['previous', 'rolled-back', true, 'v2'],
  ['v7', 'promoted', false, 'v7'],
] as const)('to %s after %s (by an emergency: %s) means %s', (to, outcome, byEmergency, version) => {
  expect(wantedVersion(to, arms, outcome, byEmergency)).toBe(version);
});
