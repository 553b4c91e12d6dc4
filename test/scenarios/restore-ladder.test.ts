/** What happens step by step when the data plane does not obey a restore. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

/** The data plane obeys no restore until people have been paged. */
function deafUntilLate(service: string): void {
  env.traffic.failNext('restore', `test/${service}`, Number.POSITIVE_INFINITY);
  env.at(`rollout/test/${service}`, 'restore-late', () =>
    env.traffic.failNext('restore', `test/${service}`, 0),
  );
}

const steady = { stages: [stageFixture({ soakMs: 60_000 })] };

describe.concurrent('the restore ladder', () => {
  it('cuts the canary off by the second means at half of the time, alarms at its end, and goes on until it reads 0', async () => {
    const rollback = {
      timeoutMs: 3_000,
      strategy: 'immediate',
      secondMeans: ['flag-off', 'stop-canary'],
      flagHook: 'flags',
      proof: 'read',
    } as const;
    const rollout = await env.start({ ...steady, service: 'ladder', rollback });
    await rollout.phase('soaking');
    deafUntilLate('ladder');
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    const steps = status.timeline.map(({ kind }) => kind).slice(-8);
    expect(steps).toEqual([
      'command',
      'restore-started',
      'second-means',
      'second-means',
      'restore-late',
      'restored',
      'cleaned',
      'finished',
    ]);
    expect(env.hook.calls).toMatchObject([{ target: 'test/ladder', action: 'flag-off', version: 'v2' }]);
    expect(env.workload.log).toContain('stop test/ladder green');
    const [cutOff, , late] = status.timeline.filter(
      ({ kind }) => kind === 'second-means' || kind === 'restore-late',
    );
    const sinceDecision = (atMs = 0) => atMs - (status.cause?.atMs ?? 0);
    expect(sinceDecision(cutOff?.atMs)).toBeGreaterThanOrEqual(1_400);
    expect(sinceDecision(late?.atMs)).toBeGreaterThanOrEqual(2_900);
    expect(status.rollback?.actions.map(({ kind }) => kind)).toEqual([
      'restore-started',
      'second-means',
      'second-means',
      'restore-late',
      'restored',
      'cleaned',
    ]);
  });

  it('never cuts a promoted version off: it is what users are on', async () => {
    const rollback = {
      timeoutMs: 2_000,
      strategy: 'immediate',
      secondMeans: ['stop-canary'],
      proof: 'read',
    } as const;
    const stages = [stageFixture({ soakMs: 500 })];
    const rollout = await env.start({
      service: 'ladder-promoted',
      stages,
      rollback,
      analysis: { intervalMs: 250, onInconclusive: 'hold' },
      watchAfterMs: 60_000,
    });
    await rollout.phase('watching');
    deafUntilLate('ladder-promoted');
    await rollout.update('rollback', { reason: 'bad' });
    const status = await rollout.ended();
    expect(status.timeline.map(({ kind }) => kind)).not.toContain('second-means');
    expect(status.timeline.map(({ kind }) => kind)).toContain('restore-late');
    const state = await env.traffic.read({ id: 'test/ladder-promoted', options: {} });
    expect(state.stableSlot).toBe('blue');
  });
});
