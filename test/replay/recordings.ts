/** The rollouts whose histories are kept: one per outcome and way to it. Each drives a rollout to its end. */
import type { Plan } from '../../src/domain/plan/types.ts';
import { stageFixture, successCheck } from '../support/plan.ts';
import type { RolloutEnv, TestRollout } from '../support/rollout-env.ts';

export interface Recording {
  readonly plan: Partial<Plan>;
  drive(rollout: TestRollout, env: RolloutEnv): Promise<unknown>;
}

const quick = (service: string, overrides: Partial<Plan> = {}): Partial<Plan> => {
  const query = { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` };
  const stages = [10, 50].map((weightPercent) =>
    stageFixture({ weightPercent, soakMs: 800, checks: [{ ...successCheck, query }] }),
  );
  return {
    service,
    stages,
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    watchAfterMs: 500,
    ...overrides,
  };
};

export const recordings: Readonly<Record<string, Recording>> = {
  promoted: { plan: quick('promoted'), drive: async () => {} },
  'rolled-back-by-check': {
    plan: quick('rolled-back-by-check'),
    drive: async (_, env) => env.metrics.set(/success rolled-back-by-check/, 50),
  },
  'rolled-back-by-hand': {
    plan: quick('rolled-back-by-hand', { stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      await rollout.update('pause', { reason: 'look' });
      await rollout.update('resume', { reason: 'fine' });
      await rollout.signal('rollback', { reason: 'not fine' });
    },
  },
  'rolled-back-after-promotion': {
    plan: quick('rolled-back-after-promotion', { watchAfterMs: 60_000 }),
    drive: async (rollout) => {
      await rollout.phase('watching');
      await rollout.update('rollback', { reason: 'users complain' });
    },
  },
  'approved-and-promoted-by-hand': {
    plan: quick('approved', {
      stages: [
        stageFixture({ soakMs: 300, approval: true }),
        stageFixture({ weightPercent: 50, soakMs: 60_000 }),
      ],
    }),
    drive: async (rollout) => {
      await rollout.phase('approving');
      await rollout.update('approve', { reason: 'looks good' });
      await rollout.until('to soak at 50 %', ({ phase, stage }) => phase === 'soaking' && stage === 1);
      await rollout.update('promote', { reason: 'hurry', full: true });
    },
  },
  'held-for-data-and-cancelled': {
    plan: quick('held'),
    drive: async (rollout, env) => {
      env.metrics.set(/success held/, null);
      await rollout.phase('holding');
      await rollout.signal('rollback', 'not an object');
      await rollout.handle.cancel();
    },
  },
  'limit-struck': {
    plan: quick('limit', { maxDurationMs: 2_500, stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async () => {},
  },
  'never-ready': {
    plan: quick('never-ready', { version: 'v-broken' }),
    drive: async () => {},
  },
};
