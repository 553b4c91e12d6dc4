/**
 * The time after a rollback: nothing begins unforced, nothing fails unseen twice; and the approval of a late rollback.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, RollbackConfig } from '../../src/domain/plan/types.ts';
import { planFixture, stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';

let env: RolloutEnv;
beforeAll(async () => {
  const workload = (name: string) =>
    name === 'homely' ? { ...env.workload, home: 'blue' as const } : env.workload;
  env = await RolloutEnv.create({ providers: { workload } });
});
afterAll(() => env.close());

function planFor(
  service: string,
  rollback: Partial<RollbackConfig>,
  overrides: Partial<Plan> = {},
): Partial<Plan> {
  const query = { value: `success ${service} {{version}}`, samples: `samples ${service} {{version}}` };
  const stage = stageFixture({ soakMs: 1_000, checks: [{ ...successCheck, query }] });
  return {
    service,
    stages: [stage],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    rollback: { ...planFixture().rollback, ...rollback },
    watchAfterMs: 60_000,
    ...overrides,
  };
}

/** Visibility lags behind the end of a run. */
async function listed(service: string): Promise<void> {
  const query = `WorkflowId = "rollout/test/${service}" AND SluiceOutcome = "rolled-back" AND ExecutionStatus = "Completed"`;
  await waitFor(
    `${service} to be listed`,
    async () => (await env.client.workflow.count(query)).count > 0 || null,
  );
}

describe.concurrent('a cooldown', () => {
  it('is known to a rollout that was started past the API, which touches nothing and ends', async () => {
    const plan = planFor('cool', { cooldownMs: 600_000 }, { stages: [stageFixture({ soakMs: 60_000 })] });
    const first = await env.start(plan);
    await first.phase('soaking');
    await first.update('rollback', { reason: 'bad' });
    await first.ended();
    await listed('cool');
    const before = env.workload.log.filter((line) => line.startsWith('start test/cool ')).length;
    const second = await (await env.start(plan)).ended();
    expect(second.cause?.reason).toMatch(/test\/cool was rolled back and cools down until 20/);
    expect(second.reports).toEqual([]);
    expect(env.workload.log.filter((line) => line.startsWith('start test/cool '))).toHaveLength(before);
  });

  it('lets a forced start go, parks its second rollback at 0 %, and ends it at a word', async () => {
    const plan = planFor('park', { cooldownMs: 600_000 });
    env.metrics.set(/success park v2/, 50);
    await (await env.start(plan)).ended();
    await listed('park');
    const forced = await env.start(plan, { force: 'all' });
    const parked = await forced.until(
      'to be parked',
      ({ holdReason }) => holdReason?.startsWith('parked') === true,
    );
    expect(parked).toMatchObject({ phase: 'cleaning', cause: { kind: 'check' }, legal: ['rollback'] });
    expect(await forced.canaryShare()).toBe(0);
    expect(env.workload.log.filter((line) => line.includes('test/park ')).at(-1)).toBe(
      'start test/park green v2',
    );
    await forced.update('rollback', { reason: 'seen' });
    expect((await forced.ended()).phase).toBe('rolled-back');
    expect(env.workload.log.filter((line) => line === 'stop test/park green')).toHaveLength(2);
  });

  it('parks nothing where the plan allows it, and nothing after a rollback that a person wanted', async () => {
    const plan = planFor('allowed', { cooldownMs: 600_000, allowRepeat: true });
    env.metrics.set(/success allowed v2/, 50);
    await (await env.start(plan)).ended();
    await listed('allowed');
    expect((await (await env.start(plan, { force: 'all' })).ended()).holdReason).toBeNull();
    const own = planFor('by-hand', { cooldownMs: 600_000 });
    const byHand = await env.start(own);
    await byHand.phase('soaking');
    await byHand.update('rollback', { reason: 'not today' });
    await byHand.ended();
    await listed('by-hand');
    env.metrics.set(/success by-hand v2/, 50);
    expect(await (await env.start(own, { force: 'all' })).ended()).toMatchObject({
      cause: { kind: 'check' },
    });
  });

  it('ends the parking when it ends', async () => {
    const plan = planFor('short', { cooldownMs: 12_000 });
    env.metrics.set(/success short v2/, 50);
    await (await env.start(plan)).ended();
    await listed('short');
    const status = await (await env.start(plan, { force: 'all' })).ended();
    expect(status.timeline.map(({ text }) => text)).toContainEqual('no longer parked: the cooldown is over');
  });
});

describe.concurrent('the approval of a rollback after the promotion', () => {
  it.each([
    ['approve', 'rolled-back', 'blue'],
    ['reject', 'promoted', 'green'],
  ] as const)('%s: ends %s', async (answer, phase, slot) => {
    const service = `late-${answer}`;
    const plan = planFor(service, { approval: true }, { watchAfterMs: answer === 'reject' ? 4_000 : 60_000 });
    env.at(`rollout/test/${service}`, 'promoted', () =>
      env.metrics.set(new RegExp(`success ${service} v2`), 50),
    );
    const rollout = await env.start(plan);
    const asked = await rollout.until('to be asked', ({ holdReason }) => holdReason !== null);
    expect(asked).toMatchObject({ phase: 'watching', legal: ['rollback', 'approve', 'reject'] });
    expect((await env.traffic.read({ id: `test/${service}`, options: {} })).stableSlot).toBe('green');
    await rollout.update(answer, { reason: 'decided' });
    expect((await rollout.ended()).phase).toBe(phase);
    expect((await env.traffic.read({ id: `test/${service}`, options: {} })).stableSlot).toBe(slot);
  });

  it.each([
    ['approve', 'rolled-back', 'blue', 'start'],
    ['reject', 'promoted', 'green', 'stop'],
  ] as const)('asked for by an event in the clean-up, %s: ends %s', async (answer, phase, slot, last) => {
    const service = `ending-${answer}`;
    const target = `test/${service}`;
    const doneTo = (what: string) =>
      env.workload.log.filter((line) => line.startsWith(`${what} ${target} blue`));
    env.workload.stubborn.add(target);
    const rollout = await env.start(planFor(service, { approval: true }, { watchAfterMs: 0 }));
    await waitFor('v1 to be told to stop', async () => doneTo('stop').length > 0 || null);
    await rollout.signal('event', { id: 'e-1', type: 'security', title: 'CVE-2030-1' });
    const asked = await rollout.until('to be asked', ({ question }) => question !== undefined);
    const waits = { phase: 'cleaning', cause: null, question: 'rollback' };
    expect(asked).toMatchObject({ ...waits, legal: ['rollback', 'approve', 'reject'] });
    env.workload.stubborn.delete(target);
    const before = doneTo(last).length;
    await rollout.update(answer, { actor: 'bob', reason: 'decided' });
    expect((await rollout.ended()).phase).toBe(phase);
    expect((await env.traffic.read({ id: target, options: {} })).stableSlot).toBe(slot);
    expect(doneTo(last).length).toBeGreaterThan(before);
  });

  it('rejected when users have moved home already: the place they left is cleared all the same', async () => {
    const target = 'test/ending-homely';
    const workload = { name: 'homely', options: {} };
    const told = () => env.workload.log.filter((line) => line === `stop ${target} green`).length;
    env.workload.stubborn.add(target);
    const late = { watchAfterMs: 0, workload };
    const rollout = await env.start(planFor('ending-homely', { approval: true }, late));
    await waitFor('green to be told to stop', async () => told() > 0 || null);
    await rollout.signal('event', { id: 'e-1', type: 'security', title: 'CVE-2030-1' });
    await rollout.until('to be asked', ({ question }) => question !== undefined);
    env.workload.stubborn.delete(target);
    const before = told();
    await rollout.update('reject', { actor: 'bob', reason: 'decided' });
    const { phase, timeline } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(timeline.map(({ text }) => text)).toContain('nothing of the rollout is left behind');
    expect((await env.traffic.read({ id: target, options: {} })).stableSlot).toBe('blue');
    expect(told()).toBeGreaterThan(before);
    expect(await env.workload.versionIn({ id: target, options: {} }, 'green')).toBeNull();
  });

  it('is never asked of a person who wants to go back, nor for a canary', async () => {
    const late = await env.start(planFor('late-by-hand', { approval: true }));
    await late.phase('watching');
    await late.signal('rollback', { reason: 'now' });
    expect((await late.ended()).phase).toBe('rolled-back');
    env.metrics.set(/success late-canary v2/, 50);
    const canary = await env.start(planFor('late-canary', { approval: true }));
    expect((await canary.ended()).timeline.map(({ kind }) => kind)).not.toContain('approval-asked');
  });
});
