/** The ways back: step by step, with actions after it, slot by slot; and what is looked at before the clean-up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, RollbackConfig } from '../../src/domain/plan/types.ts';
import type { TimelineKind } from '../../src/domain/rollout/types.ts';
import { planFixture, stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { recordShares } from '../support/shares.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
  env.hook.answer(async ({ target, action }) => {
    if (target === 'test/phased' && action === 'flag-off') throw new Error('the flag service is away');
    if (target === 'test/phased-stop' && action === 'command') await new Promise(() => {});
  });
});
afterAll(() => env.close());

function planFor(service: string, rollback: Partial<RollbackConfig>, overrides: Partial<Plan> = {}) {
  const query = { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` };
  const checks = [{ ...successCheck, query }];
  return {
    service,
    stages: [stageFixture({ weightPercent: 40, soakMs: 60_000, checks })],
    analysis: { intervalMs: 250, onInconclusive: 'hold' as const },
    rollback: { ...planFixture().rollback, ...rollback },
    ...overrides,
  };
}

const absolute = (service: string) => ({
  ...successCheck,
  query: { value: `success ${service} {{version}}`, samples: null },
  minSamples: 0,
});

const gradual = { strategy: 'gradual', timeoutMs: 20_000, ramp: { overMs: 8_000, steps: 4 } } as const;

/** Waits until the watch holds the route, so that a share that is seen is the rollout's own. */
async function serving(rollout: TestRollout): Promise<void> {
  await rollout.phase('soaking');
  await env.traffic.whenState(`test/${rollout.plan.service}`, ({ leaseUntilMs }) => leaseUntilMs > 0);
}

const kindsOf = (timeline: readonly { kind: TimelineKind }[]) => timeline.map(({ kind }) => kind);

describe.concurrent('gradual', () => {
  it('goes down in steps, keeps the lease and ends at 0 within the time', async () => {
    const rollout = await env.start(planFor('ramp', gradual));
    await serving(rollout);
    const shares = recordShares(env.traffic, 'test/ramp');
    await rollout.signal('rollback', { reason: 'not needed any more' });
    const status = await rollout.ended();
    const seen = shares.stop();
    const percents = seen.map(({ percent }) => percent);
    // A machine that is late for a step goes on with the one that is due by then.
    expect([40, 30, 20, 10, 0].filter((step) => percents.includes(step))).toEqual(percents);
    expect(percents.length).toBeGreaterThan(3);
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { kind: 'command' } });
    // The plan's own lease is 45 s; half-way down, none ends later than the rollback must, or a little on a busy
    // machine.
    const leaseUntilMs = seen.at(-2)?.leaseUntilMs;
    expect(leaseUntilMs).toBeLessThanOrEqual((status.cause?.atMs ?? 0) + gradual.timeoutMs + 5_000);
    expect(status.rollback?.strategy).toEqual({ planned: 'gradual', ramped: true });
    expect(status.rollback?.restoreMs).toBeLessThan(gradual.timeoutMs);
    const ramp = status.timeline.find(({ kind }) => kind === 'ramp');
    const steps = percents.slice(1, -1).map((percent) => `${percent} %`);
    expect(ramp?.text).toBe(`the canary went down by ${steps.join(', ')}`);
    expect(kindsOf(status.timeline)).not.toContain('restore-late');
  });

  it('becomes immediate as soon as a check looks worse', async () => {
    const rollout = await env.start(
      planFor('ramp-worse', { ...gradual, timeoutMs: 120_000, ramp: { overMs: 60_000, steps: 4 } }),
    );
    await serving(rollout);
    await rollout.signal('rollback', { reason: 'slowly' });
    await rollout.until('to be at 30 %', async () => (await rollout.canaryShare()) === 30);
    env.metrics.set(/success ramp-worse v2/, 50);
    const status = await rollout.ended();
    expect(status.timeline.find(({ kind }) => kind === 'ramp')?.text).toMatch(
      /30 %, then at once: it looks worse/,
    );
    expect(status.rollback?.restoreMs).toBeLessThan(30_000);
  });

  it('becomes immediate when somebody asks again, cancels, stops the canary or takes its lease', async () => {
    const long = { ...gradual, timeoutMs: 120_000, ramp: { overMs: 60_000, steps: 4 } };
    const hurries: Record<string, (rollout: TestRollout) => Promise<unknown>> = {
      again: (rollout) => rollout.signal('rollback', { reason: 'now' }),
      cancelled: (rollout) => rollout.handle.cancel(),
      stopped: (rollout) => env.traffic.stop({ id: `test/${rollout.plan.service}`, options: {} }),
      limit: async () => {},
    };
    await Promise.all(
      Object.entries(hurries).map(async ([name, hurry]) => {
        const maxDurationMs = name === 'limit' ? 12_000 : 3_600_000;
        const rollout = await env.start(planFor(`ramp-${name}`, long, { maxDurationMs }));
        await serving(rollout);
        await rollout.signal('rollback', { reason: 'slowly' });
        await rollout.until('to be at 30 %', async () => (await rollout.canaryShare()) === 30);
        await hurry(rollout);
        const status = await rollout.ended();
        expect(status.rollback?.restoreMs, name).toBeLessThan(30_000);
        expect(
          status.timeline.some(({ text }) => /becomes immediate|then at once/.test(text)),
          name,
        ).toBe(true);
      }),
    );
  });

  it('goes on in its steps when the very request comes once more, whichever way', async () => {
    const rollout = await env.start(planFor('ramp-repeated', gradual));
    await serving(rollout);
    const request = { actor: 'ann', reason: 'slowly', requestId: 'r1' };
    await rollout.signal('rollback', request);
    await rollout.until('to be at 30 %', async () => (await rollout.canaryShare()) === 30);
    await rollout.update('rollback', request);
    await rollout.signal('rollback', request);
    const { timeline, rollback } = await rollout.ended();
    expect(rollback?.strategy).toEqual({ planned: 'gradual', ramped: true });
    expect(timeline.find(({ kind }) => kind === 'ramp')?.text).toMatch(/^the canary went down by [^:]*$/);
    expect(timeline.filter(({ kind }) => kind === 'command')).toHaveLength(1);
  });

  it('never waits for a failed check, nor for the API, whose updates come with a stop and whose signals say that they do', async () => {
    const rollout = await env.start(planFor('ramp-check', gradual));
    await serving(rollout);
    env.metrics.set(/success ramp-check v2/, 50);
    expect((await rollout.ended()).rollback?.strategy).toEqual({ planned: 'gradual', ramped: false });
    const byApi = await env.start(planFor('ramp-api', gradual));
    await serving(byApi);
    await byApi.update('rollback', { reason: 'now' });
    expect((await byApi.ended()).rollback?.strategy).toEqual({ planned: 'gradual', ramped: false });
    const left = await env.start(planFor('ramp-left', gradual));
    await serving(left);
    await left.signal('rollback', { reason: 'now', gradual: false });
    expect((await left.ended()).rollback?.strategy).toEqual({ planned: 'gradual', ramped: false });
  });
});

describe.concurrent('phased', () => {
  it('does its actions in order after the restore, tells each one’s time, and goes on after a failure', async () => {
    const base = { timeoutMs: 5_000, onFailure: 'continue' } as const;
    const rollout = await env.start(
      planFor('phased', {
        strategy: 'phased',
        actions: [
          { action: 'drain', hook: null, ...base, timeoutMs: 1_000 },
          { action: 'flag-off', hook: 'broken', ...base },
          { action: 'webhook', hook: 'tell', ...base },
          { action: 'scale-down', hook: null, ...base },
        ],
      }),
    );
    await serving(rollout);
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.phase).toBe('rolled-back');
    const { steps = [], restoredAtMs } = status.rollback ?? {};
    expect(steps.map(({ action, problem }) => [action, problem])).toEqual([
      ['drain', null],
      ['flag-off', 'the flag service is away'],
      ['webhook', null],
      ['scale-down', null],
    ]);
    for (const { startedAtMs, durationMs } of steps) {
      expect(startedAtMs).toBeGreaterThanOrEqual(restoredAtMs ?? Number.POSITIVE_INFINITY);
      expect(durationMs).toBeGreaterThanOrEqual(0);
    }
    const kinds = kindsOf(status.timeline);
    expect(kinds.slice(kinds.indexOf('restored'))).toEqual([
      'restored',
      ...Array.from({ length: 4 }, () => ['action-started', 'action-ended']).flat(),
      'cleaned',
      'finished',
    ]);
    const told = env.hook.calls.filter(({ target }) => target === 'test/phased');
    expect(told.map(({ action }) => action)).toEqual(['flag-off', 'flag-off', 'webhook']);
    expect(new Set(told.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    expect(told[2]).toMatchObject({ version: 'v2', stableVersion: 'v1', cause: 'bad' });
  });

  it('leaves the rest out after a failure that stops the list, and cleans up all the same', async () => {
    const rollout = await env.start(
      planFor('phased-stop', {
        strategy: 'phased',
        actions: [
          { action: 'command', hook: 'stuck', timeoutMs: 1_000, onFailure: 'stop' },
          { action: 'webhook', hook: 'tell', timeoutMs: 1_000, onFailure: 'continue' },
        ],
      }),
    );
    await serving(rollout);
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.rollback?.steps).toMatchObject([
      { action: 'command', problem: expect.stringMatching(/1500 ms/) },
    ]);
    expect(status.timeline.find(({ kind }) => kind === 'action-ended')?.text).toMatch(/1 more are left out/);
    expect(kindsOf(status.timeline)).toContain('cleaned');
  });
});

describe.concurrent('blue-green', () => {
  it('switches the slots back after the promotion and brings an old version up that had died in its slot', async () => {
    const stages = [stageFixture({ soakMs: 500 })];
    const rollout = await env.start(
      planFor('blue-green', { strategy: 'blue-green' }, { stages, watchAfterMs: 60_000 }),
    );
    await rollout.phase('watching');
    await rollout.update('rollback', { reason: 'users complain' });
    const status = await rollout.ended();
    expect(status.rollback?.steps).toMatchObject([{ action: 'ready', problem: null }]);
    const lines = env.workload.log.filter((line) => line.includes('test/blue-green '));
    expect(lines).toEqual([
      'start test/blue-green green v2',
      'start test/blue-green blue v1',
      'stop test/blue-green green',
    ]);
    expect((await env.traffic.read({ id: 'test/blue-green', options: {} })).stableSlot).toBe('blue');
  });
});

describe.concurrent('verification', () => {
  it.each([
    ['passed', 100, 30_000],
    ['failed', 50, 30_000],
    ['timed-out', null, 2_000],
  ] as const)(
    '%s: says so, cleans up, and never brings the canary back',
    async (result, answer, timeoutMs) => {
      const service = `verify-${result}`;
      const verify = { checks: [absolute(service)], consecutive: 3, intervalMs: 200, timeoutMs };
      const rollout = await env.start(planFor(service, { verify }));
      await serving(rollout);
      env.metrics.set(new RegExp(`success ${service} v1`), answer);
      await rollout.update('rollback', { reason: 'bad' });
      const status = await rollout.ended();
      expect(status.rollback?.verification).toMatchObject({ result });
      const kinds = kindsOf(status.timeline);
      expect(kinds.slice(kinds.indexOf('restored'))).toEqual(['restored', 'verified', 'cleaned', 'finished']);
      const said = status.timeline.find(({ kind }) => kind === 'verified');
      expect(said?.data?.severity).toBe(result === 'passed' ? undefined : 1);
      expect(await rollout.canaryShare()).toBe(0);
    },
  );
});
