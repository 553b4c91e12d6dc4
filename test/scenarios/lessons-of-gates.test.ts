/**
 * Lessons 15, 19 and 20 of the field: who said yes, windows and freezes, and telling others; see `lessons.test.ts` for
 * the rest.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan/types.ts';
import { windowGate } from '../../src/providers/gates/window.ts';
import { gateFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterEach(() => env.hook.answer(async () => {}));
afterAll(() => env?.close());

const quick = { analysis: { intervalMs: 250, onInconclusive: 'hold' }, watchAfterMs: 0 } as const;
const stages = [stageFixture({ soakMs: 500 })];
const start = (service: string, plan: Partial<Plan>) => env.start({ service, stages, ...quick, ...plan });
const refusal = (why: string) => ({ cause: { message: expect.stringContaining(why) } });

describe('lesson 15: it is known who let a rollout go on, and one person alone cannot', () => {
  const gates = [{ ...gateFixture({ name: 'captain' }), type: 'approval', options: { notAuthor: true } }];

  it('by a link, which the rollout itself takes once, also when its worker is another one by then', async () => {
    env.gate.answer(({ approvals }) =>
      approvals.length > 1
        ? { answer: 'open', reason: 'two said yes' }
        : { answer: 'hold', reason: 'needs two' },
    );
    const rollout = await start('lesson-15', { gates });
    const { startedAtMs, question = '' } = await rollout.phase('gating');
    const link = { id: 'l1', about: question, startedAtMs, untilMs: Date.now() + 60_000 };
    await expect(rollout.update('approve', { actor: 'ann', link })).rejects.toMatchObject(
      refusal('cannot approve it'),
    );
    await rollout.update('approve', { actor: 'bob', reason: 'seen', link });
    await env.stopWorkers();
    await env.startWorkers();
    await expect(rollout.update('approve', { actor: 'cid', link })).rejects.toMatchObject(
      refusal('has been used'),
    );
    await expect(rollout.update('reject', { actor: 'bob', link })).rejects.toMatchObject(
      refusal('has been used'),
    );
    await rollout.update('approve', { actor: 'cid', link: { ...link, id: 'l2' } });
    const { phase, approvals, timeline } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(approvals?.map(({ actor, reason }) => [actor, reason])).toEqual([
      ['bob', 'seen'],
      ['cid', null],
    ]);
    const said = timeline.filter(({ kind }) => kind === 'command');
    expect(said.map(({ actor, data }) => [actor, data?.link])).toEqual([
      ['bob', 'l1'],
      ['cid', 'l2'],
    ]);
  });
});

describe('lesson 19: windows bind every step forward and none back', () => {
  const opening = {
    timeZone: 'UTC',
    days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
    from: '00:00',
    to: '24:00',
  };
  const windowed = { ...gateFixture({ name: 'freeze' }), type: 'window', options: opening };
  const freezes = [{ name: 'peak', from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' }];
  const gate = windowGate.create({ freezes });
  const frozen = () => env.gate.answer((question) => gate.evaluate(question, new AbortController().signal));

  it('a freeze is broken by two people with a reason, for a time, and everybody sees it', async () => {
    frozen();
    const rollout = await start('lesson-19', { gates: [windowed] });
    expect((await rollout.phase('gating')).legal).toEqual(['rollback', 'override']);
    await rollout.update('override', { actor: 'ann', reason: 'a hole in the shop', for: '10m' });
    await expect(rollout.update('confirm', { actor: 'Ann' })).rejects.toMatchObject(
      refusal('somebody else must'),
    );
    expect((await rollout.status()).phase).toBe('gating');
    await rollout.signal('confirm', { actor: 'bob' });
    const { phase, override, gates, timeline } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(override).toMatchObject({
      actor: 'ann',
      confirmedBy: 'bob',
      reason: 'a hole in the shop',
      forMs: 600_000,
    });
    expect(gates?.[0]).toMatchObject({
      answer: 'open',
      reason: expect.stringMatching(/overridden until .* by ann and bob/),
    });
    expect(timeline.find(({ kind }) => kind === 'override')).toMatchObject({ actor: 'bob' });
  });

  it('a freeze that begins under a canary holds it, an override lets it go on, and a rollback asks nobody', async () => {
    env.gate.answer(() => ({ answer: 'open', reason: 'no freeze yet' }));
    const guards = [{ ...windowed, onRefuse: 'hold' as const }];
    const long = { stages: [stageFixture({ soakMs: 60_000 })], guards };
    const rollout = await start('lesson-19-guard', long);
    await rollout.phase('soaking');
    frozen();
    await rollout.phase('holding');
    await rollout.update('override', { actor: 'ann', reason: 'half of the users are on it' });
    await rollout.update('confirm', { actor: 'bob' });
    await rollout.phase('soaking');
    await rollout.signal('rollback', { reason: 'bad after all' });
    expect((await rollout.ended()).phase).toBe('rolled-back');
  });
});

describe('lesson 20: each event is told once, and who cannot be told holds up nothing', () => {
  const webhook = { hook: 'ledger', timeoutMs: 5_000, tries: 3 } as const;

  it('a receiver that never answers is begun to be told before the restore, which does not wait for it', async () => {
    const silent: (() => void)[] = [];
    env.hook.answer(() => new Promise((resolve) => silent.push(resolve)));
    const webhooks = [{ ...webhook, on: ['rollback', 'post'] as const, timeoutMs: 60_000, tries: 1 }];
    const rollout = await start('lesson-20', { stages: [stageFixture({ soakMs: 60_000 })], webhooks });
    await rollout.phase('soaking');
    await rollout.update('rollback', { reason: 'bad' });
    // Both are under way and unanswered: the rollout is at its end all the same.
    await rollout.phase('rolled-back');
    await expect.poll(() => silent.length).toBe(2);
    expect(await rollout.canaryShare()).toBe(0);
    for (const answer of silent) answer();
    const { timeline } = await rollout.ended();
    expect(
      timeline
        .filter(({ kind }) => kind === 'webhook')
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(['ledger was told of post', 'ledger was told of rollback']);
  });

  it('a receiver that is dead keeps the target for some seconds and no longer, whatever its budget', async () => {
    const silent: (() => void)[] = [];
    env.hook.answer(() => new Promise((resolve) => silent.push(resolve)));
    const webhooks = [{ ...webhook, on: ['post'] as const, timeoutMs: 50_000, tries: 10 }];
    const { timeline, phase } = await (await start('lesson-20-dead', { webhooks })).ended();
    for (const answer of silent) answer();
    expect(phase).toBe('promoted');
    expect(timeline.filter(({ kind }) => kind === 'webhook').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^ledger could not be told of post: .* given up$/),
    ]);
  });

  it('a receiver that fails is tried within its budget, under the same id, and the failure is seen', async () => {
    const before = env.hook.calls.length;
    env.hook.answer(async ({ action }) => {
      if (action === 'post') throw new Error('the ledger is full');
    });
    const webhooks = [{ ...webhook, on: ['stage', 'post'] as const, tries: 2 }];
    const { timeline, phase } = await (await start('lesson-20-failing', { webhooks })).ended();
    expect(phase).toBe('promoted');
    const calls = env.hook.calls.slice(before);
    expect(calls.map(({ action, stage, outcome }) => [action, stage, outcome])).toEqual([
      ['stage', '10%', undefined],
      ['post', undefined, 'promoted'],
      ['post', undefined, 'promoted'],
    ]);
    expect(calls[1]?.id).toBe(calls[2]?.id);
    expect(timeline.filter(({ kind }) => kind === 'webhook').map(({ text }) => text)).toEqual([
      'ledger was told of stage "10%"',
      'ledger could not be told of post: the ledger is full',
    ]);
  });
});
