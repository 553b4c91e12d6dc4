/** Gates through the real workflow: before anything, before a stage, and standing beside a canary. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan/types.ts';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { gateFixture, stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
beforeEach(() => env.gate.answer(() => ({ answer: 'open', reason: 'all is well' })));
afterAll(() => env?.close());

const quick = { analysis: { intervalMs: 250, onInconclusive: 'hold' }, watchAfterMs: 0 } as const;
const stages = [stageFixture({ soakMs: 500 }), stageFixture({ weightPercent: 50, soakMs: 500 })];
const start = (service: string, plan: Partial<Plan>) => env.start({ service, stages, ...quick, ...plan });
const share = async (service: string) => {
  const state = await env.traffic.read({ id: `test/${service}`, options: {} });
  return effectivePercent(state, Date.now());
};

describe('gates before a rollout', () => {
  it('are asked before anything is touched, and their answers stand in the status', async () => {
    const rollout = await start('open', { gates: [gateFixture(), gateFixture({ name: 'image' })] });
    const { phase, gates, timeline } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(gates).toMatchObject([
      { name: 'ci', place: 'start', answer: 'open', reason: 'all is well' },
      { name: 'image', place: 'start', answer: 'open' },
    ]);
    const kinds = timeline.map(({ kind }) => kind);
    expect(kinds.indexOf('gates-open')).toBeLessThan(kinds.indexOf('prepared'));
  });

  it('end the rollout as refused, with nothing touched and the reason told', async () => {
    env.gate.answer(() => ({ answer: 'refuse', reason: 'the image is not signed; sign it' }));
    const rollout = await start('unsigned', { gates: [gateFixture({ name: 'signature' })] });
    const { phase, outcome, refusal, rollback, arms } = await rollout.ended();
    expect({ phase, outcome, rollback, arms }).toEqual({
      phase: 'refused',
      outcome: 'refused',
      rollback: null,
      arms: null,
    });
    expect(refusal).toBe('signature: the image is not signed; sign it');
    expect((await env.traffic.read({ id: 'test/unsigned', options: {} })).epoch).toBe(0);
  });

  it('hold until what they wait for is there', async () => {
    let there = false;
    env.gate.answer(() =>
      there ? { answer: 'open', reason: 'it is there' } : { answer: 'hold', reason: 'not there yet' },
    );
    const rollout = await start('late', { gates: [gateFixture()] });
    await expect
      .poll(() => env.gate.asked.filter(({ service }) => service === 'late').length)
      .toBeGreaterThan(1);
    expect((await rollout.status()).phase).toBe('gating');
    there = true;
    expect((await rollout.ended()).phase).toBe('promoted');
  });

  it('refuse what has held for too long, and an error of any kind never opens', async () => {
    env.gate.answer(() => {
      throw new Error('no route to host');
    });
    const rollout = await start('away', { gates: [gateFixture({ timeoutMs: 1_000 })] });
    expect((await rollout.ended()).refusal).toMatch(/ci: it did not open within 1s: no route to host/);
  });

  it('can be left by a rollback at any time', async () => {
    env.gate.answer(() => ({ answer: 'hold', reason: 'not there yet' }));
    const rollout = await start('impatient', { gates: [gateFixture()] });
    await rollout.phase('gating');
    await rollout.signal('rollback');
    expect((await rollout.ended()).phase).toBe('rolled-back');
  });
});

describe('gates that wait for people', () => {
  const asking = {
    gates: [{ ...gateFixture({ name: 'captain' }), type: 'approval', options: { notAuthor: true } }],
  };

  it('open with the yes of somebody else, and refuse that of whoever started it at once', async () => {
    env.gate.answer(({ approvals }) =>
      approvals.some(({ actor }) => actor === 'bob')
        ? { answer: 'open', reason: 'approved by bob' }
        : { answer: 'hold', reason: 'needs 1 approval' },
    );
    const rollout = await start('asking', asking);
    expect((await rollout.phase('gating')).legal).toEqual(['rollback', 'approve', 'reject']);
    await expect(rollout.update('approve', { actor: 'ann' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('cannot approve it; ask somebody else') },
    });
    await expect(rollout.update('approve', { actor: '' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('needs the name') },
    });
    await rollout.update('approve', { actor: 'bob', reason: 'looks good' });
    const { phase, approvals } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(approvals).toMatchObject([{ actor: 'bob', reason: 'looks good', place: 'start' }]);
  });

  it('end the rollout untouched when a person says no', async () => {
    env.gate.answer(() => ({ answer: 'hold', reason: 'needs 1 approval' }));
    const rollout = await start('rejected', asking);
    await rollout.phase('gating');
    await rollout.update('reject', { actor: 'bob', reason: 'not on a Friday' });
    expect(await rollout.ended()).toMatchObject({
      phase: 'refused',
      refusal: 'rejected by bob: not on a Friday',
      arms: null,
    });
  });
});

describe('a stage that wants the yes of somebody else', () => {
  it('refuses that of whoever started it, as an update and straight from Temporal, and goes on with another', async () => {
    const asking = stageFixture({ soakMs: 300, approval: true, notAuthor: true });
    const rollout = await start('two-people', { stages: [asking] });
    await rollout.phase('approving');
    const own = 'cannot approve it; ask somebody else';
    await expect(rollout.update('approve', { actor: 'ann' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining(own) },
    });
    await rollout.signal('approve', { actor: 'Ann' });
    await rollout.signal('approve', {});
    const refusals = ({ timeline }: RolloutStatus) =>
      timeline.flatMap(({ kind, text }) => (kind === 'command-refused' ? [text] : []));
    const seen = await rollout.until('to have refused both', (status) => refusals(status).length === 2);
    expect(seen.phase).toBe('approving');
    expect(refusals(seen)).toEqual([expect.stringContaining(own), expect.stringContaining('needs the name')]);
    await rollout.update('approve', { actor: 'bob' });
    expect((await rollout.ended()).phase).toBe('promoted');
  });
});

describe('gates before a stage', () => {
  const gated = [stages[0], { ...stages[1], gates: [gateFixture({ name: 'smoke' })] }].flatMap((one) =>
    one?.checks === undefined ? [] : [stageFixture(one)],
  );

  it('hold the canary at its share, judged and with its lease kept, until they open', async () => {
    let open = false;
    env.gate.answer(() => ({
      answer: open ? 'open' : 'hold',
      reason: open ? 'smoke is fine' : 'still running',
    }));
    const rollout = await start('staged', { stages: gated });
    await rollout.phase('gating');
    expect(await share('staged')).toBe(10);
    open = true;
    const { phase, gates } = await rollout.ended();
    expect(phase).toBe('promoted');
    expect(gates).toMatchObject([{ name: 'smoke', place: 1, answer: 'open' }]);
  });

  it('take the canary back when they refuse', async () => {
    env.gate.answer(() => ({ answer: 'refuse', reason: 'the smoke test failed at step 2' }));
    const rollout = await start('smoky', { stages: gated });
    const { phase, cause } = await rollout.ended();
    expect({ phase, kind: cause?.kind }).toEqual({ phase: 'rolled-back', kind: 'gate' });
    expect(cause?.reason).toMatch(/smoke: the smoke test failed at step 2/);
    expect(await share('smoky')).toBe(0);
  });
});

describe('gates that must stay open', () => {
  const guards = (onRefuse: 'hold' | 'rollback') => [{ ...gateFixture({ name: 'freeze' }), onRefuse }];
  const long = [stageFixture({ soakMs: 60_000 })];

  it('hold the stage while they are closed, and let it go on when they open again', async () => {
    const rollout = await start('frozen', { stages: long, guards: guards('hold') });
    await rollout.phase('soaking');
    env.gate.answer(() => ({ answer: 'refuse', reason: 'a freeze has begun' }));
    const held = await rollout.phase('holding');
    expect(held.holdReason).toMatch(/a freeze has begun/);
    expect(await share('frozen')).toBe(10);
    env.gate.answer(() => ({ answer: 'open', reason: 'it is over' }));
    await rollout.phase('soaking');
    await rollout.update('promote');
    expect((await rollout.ended()).phase).toBe('promoted');
  });

  it('count as closed when they would only hold, as a window that ends', async () => {
    const rollout = await start('ended', { stages: long, guards: guards('hold') });
    await rollout.phase('soaking');
    env.gate.answer(() => ({ answer: 'hold', reason: 'closed until tomorrow' }));
    expect((await rollout.phase('holding')).holdReason).toMatch(/closed until tomorrow/);
    await rollout.signal('rollback');
    await rollout.ended();
  });

  it('heed the one that takes back first, also while another one holds', async () => {
    const two = [
      ...guards('hold'),
      { ...gateFixture({ name: 'monitoring' }), onRefuse: 'rollback' as const },
    ];
    const closed = new Set<string>();
    env.gate.answer(({ id }) => {
      const name = id.split('/').at(-1) ?? '';
      return closed.has(name)
        ? { answer: 'refuse', reason: `${name} says no` }
        : { answer: 'open', reason: 'well' };
    });
    const rollout = await start('both', { stages: long, guards: two });
    await rollout.phase('soaking');
    closed.add('freeze');
    await rollout.phase('holding');
    closed.add('monitoring');
    const { phase, cause } = await rollout.ended();
    expect({ phase, reason: cause?.reason }).toEqual({
      phase: 'rolled-back',
      reason: 'monitoring: monitoring says no',
    });
  });

  it('leave a pause as it was when they open again', async () => {
    const rollout = await start('paused', { stages: long, guards: guards('hold') });
    await rollout.phase('soaking');
    await rollout.update('pause');
    env.gate.answer(() => ({ answer: 'refuse', reason: 'a freeze has begun' }));
    await rollout.phase('holding');
    env.gate.answer(() => ({ answer: 'open', reason: 'it is over' }));
    expect((await rollout.phase('soaking')).paused).toBe(true);
    await rollout.signal('rollback');
    await rollout.ended();
  });

  it('take the canary back where the plan says so', async () => {
    const rollout = await start('guarded', { stages: long, guards: guards('rollback') });
    await rollout.phase('soaking');
    env.gate.answer(() => ({ answer: 'refuse', reason: 'monitoring is down' }));
    const { phase, cause } = await rollout.ended();
    expect({ phase, kind: cause?.kind }).toEqual({ phase: 'rolled-back', kind: 'gate' });
  });
});
