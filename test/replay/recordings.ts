/**
 * The rollouts and emergencies whose histories are kept: one per outcome and way to it. Each drives a rollout to its
 * end.
 */
import { incidentIdOf } from '../../src/domain/incident/types.ts';
import { noticesIdOf } from '../../src/domain/notify/names.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { openEmergency } from '../support/emergency.ts';
import { gateFixture, planFixture, stageFixture, successCheck } from '../support/plan.ts';
import type { RolloutEnv, TestRollout } from '../support/rollout-env.ts';

interface Recording {
  readonly plan: Partial<Plan>;
  /** A workflow that it returns (an emergency, a companion) is what is recorded, instead of the rollout. */
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

const verifyCheck = {
  ...successCheck,
  query: { value: 'success with-actions {{version}}', samples: null },
  minSamples: 0,
};

const closed = new Map<string, { readonly answer: 'refuse' | 'hold'; readonly reason: string }>();

/** All are driven side by side over one gate, so each closes it for its own service alone. */
function close(
  env: RolloutEnv,
  service: string,
  reason: string | null,
  answer: 'refuse' | 'hold' = 'refuse',
): void {
  if (reason === null) closed.delete(service);
  else closed.set(service, { answer, reason });
  env.gate.answer((question) => {
    const why = closed.get(question.service);
    const open = why === undefined || question.override !== null;
    return open ? { answer: 'open', reason: 'it is open' } : why;
  });
}

async function companionOf({ handle }: TestRollout, { client }: RolloutEnv) {
  const { raw } = await handle.describe();
  const target = handle.workflowId.replace(/^rollout\//, '');
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  return client.workflow.getHandle(noticesIdOf({ target, runId }));
}

export const recordings: Readonly<Record<string, Recording>> = {
  promoted: { plan: quick('promoted'), drive: async () => {} },
  'rolled-back-by-check': {
    plan: quick('rolled-back-by-check'),
    drive: async (_, env) => env.metrics.set(/success rolled-back-by-check v2/, 50),
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
  'asked-in-the-clean-up': {
    plan: quick('asked-late', {
      rollback: { ...planFixture().rollback, approval: true },
      watchAfterMs: 0,
    }),
    drive: async (rollout, env) => {
      env.workload.stubborn.add('test/asked-late');
      await rollout.until('to stop v1', () => env.workload.log.includes('stop test/asked-late blue'));
      await rollout.signal('event', { id: 'e-1', type: 'security', title: 'CVE-2030-1' });
      await rollout.until('to hear of it', ({ timeline }) => timeline.some(({ kind }) => kind === 'event'));
      env.workload.stubborn.delete('test/asked-late');
      await rollout.signal('approve', { actor: 'bob', reason: 'users are at risk' });
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
  'promoted-by-who-was-first': {
    plan: quick('who-was-first', {
      stages: [10, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 60_000 })),
    }),
    drive: async (rollout) => {
      const { startedAtMs, stage, phase } = await rollout.phase('soaking');
      const expect = { startedAtMs, stage, phase };
      await rollout.update('promote', { reason: 'good', expect });
      await rollout.update('promote', { reason: 'good', expect }).catch(() => {});
      await rollout.until('to soak at 50 %', (now) => now.phase === 'soaking' && now.stage === 1);
      await rollout.signal('promote', { reason: 'good', expect });
      await rollout.signal('promote', { reason: 'good', expect: { startedAtMs, stage: 1, phase } });
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
  'emergency-released': {
    plan: quick('emergency', { environment: 'fire', stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      const emergency = await openEmergency(env, ['fire'], { stoppedAll: ['memory'] });
      await emergency.until('to have it back', ({ phase }) => phase === 'restored');
      await emergency.handle.signal('release', 'not an object');
      await emergency.release();
      return emergency;
    },
  },
  'emergency-to-previous': {
    plan: quick('emergency', { environment: 'flood', watchAfterMs: 0 }),
    drive: async (rollout, env) => {
      await rollout.ended();
      const emergency = await openEmergency(env, ['flood/*'], { to: 'previous' });
      await emergency.until('to have v1 back', ({ phase }) => phase === 'restored');
      await emergency.release();
      return emergency;
    },
  },
  'rolled-back-step-by-step': {
    plan: quick('step-by-step', {
      stages: [stageFixture({ weightPercent: 40, soakMs: 60_000 })],
      rollback: {
        ...planFixture().rollback,
        strategy: 'gradual',
        timeoutMs: 10_000,
        ramp: { overMs: 2_000, steps: 2 },
        cooldownMs: 1_000,
      },
    }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      await rollout.signal('rollback', { reason: 'not needed' });
    },
  },
  'asked-twice-in-two-ways': {
    plan: quick('two-ways', {
      stages: [stageFixture({ weightPercent: 40, soakMs: 60_000 })],
      rollback: { ...planFixture().rollback, strategy: 'gradual', ramp: { overMs: 2_000, steps: 2 } },
    }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      const request = { actor: 'ann', reason: 'bad', requestId: 'once' };
      await rollout.signal('rollback', request);
      await rollout.update('rollback', request);
    },
  },
  'rolled-back-at-once-by-signal': {
    plan: quick('at-once-by-signal', {
      stages: [stageFixture({ weightPercent: 40, soakMs: 60_000 })],
      rollback: { ...planFixture().rollback, strategy: 'gradual', ramp: { overMs: 2_000, steps: 2 } },
    }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      await rollout.signal('rollback', { reason: 'bad', gradual: false });
    },
  },
  'rolled-back-with-actions-and-verified': {
    plan: quick('with-actions', {
      stages: [stageFixture({ soakMs: 60_000 })],
      rollback: {
        ...planFixture().rollback,
        strategy: 'phased',
        actions: [
          { action: 'drain', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
          { action: 'webhook', hook: 'tell', timeoutMs: 1_000, onFailure: 'stop' },
          { action: 'scale-down', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
        ],
        verify: { checks: [verifyCheck], consecutive: 2, intervalMs: 200, timeoutMs: 2_000 },
      },
    }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      await rollout.update('rollback', { reason: 'bad' });
    },
  },
  'frozen-and-parted-from-by-hand': {
    plan: quick('frozen', { onFailure: 'freeze' }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      env.metrics.set(/success frozen v2/, 50);
      await rollout.phase('holding');
      await rollout.signal('rollback', { reason: 'enough' });
    },
  },
  'gated-and-guarded': {
    plan: quick('gated', {
      gates: [gateFixture()],
      guards: [{ ...gateFixture({ name: 'freeze' }), onRefuse: 'hold' }],
      stages: [
        stageFixture({ soakMs: 1_500 }),
        stageFixture({ weightPercent: 50, soakMs: 300, gates: [gateFixture({ name: 'smoke' })] }),
      ],
    }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      close(env, 'gated', 'a freeze has begun');
      await rollout.phase('holding');
      close(env, 'gated', null);
    },
  },
  'approved-twice': {
    plan: quick('twice', {
      stages: [
        stageFixture({ soakMs: 1_500 }),
        stageFixture({
          weightPercent: 50,
          soakMs: 300,
          gates: [{ ...gateFixture({ name: 'captain' }), type: 'approval' }],
        }),
      ],
    }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      close(env, 'twice', 'somebody else has to say yes too', 'hold');
      await rollout.phase('gating');
      await rollout.update('approve', { actor: 'ann', reason: 'good' });
      await rollout.update('approve', { actor: 'ann', reason: 'still good' });
      close(env, 'twice', null);
    },
  },
  'late-and-told-to-nobody': {
    plan: quick('late', {
      stages: [stageFixture({ soakMs: 60_000 })],
      rollback: { ...planFixture().rollback, timeoutMs: 1_000 },
    }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      env.traffic.failNext('restore', 'test/late', 40);
      await rollout.update('rollback', { reason: 'bad' });
    },
  },
  'overridden-and-told': {
    plan: quick('overridden', {
      stages: [stageFixture({ soakMs: 60_000 })],
      guards: [{ ...gateFixture({ name: 'freeze' }), type: 'window', onRefuse: 'hold' }],
      webhooks: [{ hook: 'ledger', on: ['stage', 'rollback', 'post'], timeoutMs: 5_000, tries: 2 }],
    }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      close(env, 'overridden', 'a freeze has begun');
      await rollout.phase('holding');
      await rollout.update('override', { actor: 'ann', reason: 'half of the users are on it', for: '10m' });
      await rollout.signal('confirm', { actor: 'bob' });
      await rollout.phase('soaking');
      await rollout.signal('rollback', { reason: 'bad after all' });
    },
  },
  'refused-by-a-gate': {
    plan: quick('refused', { gates: [gateFixture({ name: 'signature' })] }),
    drive: async (rollout, env) => {
      close(env, 'refused', 'the image is not signed');
      await rollout.ended();
    },
  },
  'told-and-rolled-back': {
    plan: quick('told', { notify: { channels: [] }, stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout) => {
      await rollout.phase('soaking');
      await rollout.update('pause', { reason: 'look' });
      await rollout.signal('rollback', { reason: 'not fine' });
    },
  },
  'companion-of-a-rollback': {
    plan: quick('companion', { notify: { channels: [] }, stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      await rollout.update('rollback', { reason: 'bad' });
      const handle = await companionOf(rollout, env);
      await handle.result();
      return { handle };
    },
  },
  'incident-closed-by-recovery': {
    plan: quick('incident', { notify: { channels: [] }, stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      await rollout.update('rollback', { reason: 'bad' });
      await (await companionOf(rollout, env)).result();
      return { handle: env.client.workflow.getHandle(incidentIdOf('test/incident')) };
    },
  },
  'emergency-told': {
    plan: quick('emergency', { environment: 'storm', stages: [stageFixture({ soakMs: 60_000 })] }),
    drive: async (rollout, env) => {
      await rollout.phase('soaking');
      const emergency = await openEmergency(env, ['storm'], { tells: true });
      await emergency.until('to have it back', ({ phase }) => phase === 'restored');
      await emergency.release();
      return emergency;
    },
  },
  'never-ready': {
    plan: quick('never-ready', { version: 'v-broken' }),
    drive: async () => {},
  },
};
