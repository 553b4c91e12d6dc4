/** Clocks of worker and data plane that are too far apart: the lease would end when it should not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

const plan = (service: string) => ({
  service,
  stages: [stageFixture({ soakMs: 60_000 })],
  analysis: { intervalMs: 250, onInconclusive: 'hold' as const },
  lease: { ttlMs: 20_000, orphanGraceMs: 20_000 },
});

describe('a data plane whose clock is off by more than a tenth of the lease', () => {
  it.each([
    ['behind', -2_500, /2\.5 s behind this worker's.*serve longer by that.*allows for 2 s/],
    ['ahead', 2_500, /2\.5 s ahead of this worker's.*end earlier by that/],
  ])('(%s) gets no rollout: nothing is started, and it is said what to do', async (way, skewMs, said) => {
    env.traffic.skew(skewMs);
    const rollout = await env.start(plan(`skew-${way}`));
    const { phase, cause } = await rollout.ended();
    expect(phase).toBe('rolled-back');
    expect(cause?.reason).toMatch(said);
    expect(cause?.reason).toContain('NTP');
    expect(env.workload.log.filter((line) => line.startsWith(`start test/skew-${way}`))).toEqual([]);
  });

  it('is named once while a rollout runs, which goes on', async () => {
    env.traffic.skew(1_500);
    const rollout = await env.start(plan('skew-later'));
    await rollout.phase('soaking');
    env.traffic.skew(-5_000);
    const notes = () =>
      env.told.filter(
        ({ workflowId, entry }) => workflowId === rollout.handle.workflowId && entry.kind === 'clock-skewed',
      );
    // Each new watch looks at the clocks at once.
    for (const name of ['pause', 'resume', 'pause', 'resume'] as const) await rollout.update(name);
    await expect.poll(() => notes().length).toBe(1);
    expect(notes()[0]?.entry.text).toMatch(/^severity 2: the data plane's clock is 5 s behind/);
    expect(await rollout.status()).toMatchObject({ phase: 'soaking', cause: null });
    await rollout.update('pause');
    await rollout.update('resume');
    await rollout.update('rollback', { reason: 'done' });
    await rollout.ended();
    expect(notes()).toHaveLength(1);
  });
});
