/** Emergency rollbacks over a real Temporal: everything in the scope goes back at once, and stays blocked until released. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan/types.ts';
import { openEmergency } from '../support/emergency.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

const slow = (environment: string, service: string, overrides: Partial<Plan> = {}): Partial<Plan> => ({
  environment,
  service,
  stages: [stageFixture({ weightPercent: 50, soakMs: 600_000 })],
  analysis: { intervalMs: 500, onInconclusive: 'hold' },
  ...overrides,
});
const target = (rollout: TestRollout) => `${rollout.plan.environment}/${rollout.plan.service}`;

describe.concurrent('an emergency rollback', () => {
  it('brings everything in its scope back, says so of each target, and leaves the rest alone', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const inside = await Promise.all(names.map((name) => env.start(slow('fire', name))));
    const outside = await env.start(slow('calm', 'one'));
    await Promise.all([...inside, outside].map((rollout) => rollout.phase('soaking')));

    const emergency = await openEmergency(env, ['fire']);
    for (const rollout of inside) {
      expect(await rollout.ended()).toMatchObject({
        phase: 'rolled-back',
        cause: { kind: 'command', reason: 'emergency rollback: fire', actor: 'ann' },
      });
    }
    const status = await emergency.until('to have all back', ({ phase }) => phase === 'restored');
    expect(status.targets.map((one) => [one.target, one.progress]).sort()).toEqual(
      inside.map((rollout) => [target(rollout), 'verified']).sort(),
    );
    expect(status.incident).toMatchObject({
      severity: 1,
      state: 'open',
      summary: '5 of 5 restored, 5 verified',
    });
    expect((await outside.status()).cause).toBeNull();
    expect((await emergency.release()).incident.state).toBe('closed');
    await outside.signal('rollback');
    await outside.ended();
  });
});
