/** What once wedged, spun or misled a rollout, each as a scenario. */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendCommand } from '../../src/api/temporal/command.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { readOutsideEvent } from '../../src/domain/rollout/outside-event.ts';
import { readPayload } from '../../src/domain/rollout/payload.ts';
import { effectivePercent, type TrafficState } from '../../src/providers/traffic/types.ts';
import { fuzzedMessage } from '../support/fuzzed-messages.ts';
import { stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';
import { taskFailures } from '../support/task-failures.ts';

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create();
});
afterAll(() => env.close());

const steady = (service: string, overrides: Partial<Plan> = {}): Partial<Plan> => ({
  service,
  stages: [stageFixture({ soakMs: 60_000 })],
  analysis: { intervalMs: 500, onInconclusive: 'hold' },
  ...overrides,
});

describe.concurrent('a rollout', () => {
  it.each([
    ['json/protobuf', '{"a":1}'],
    ['json/plain', '{broken'],
    ['binary/unknown', 'x'],
  ])(
    'survives a signal whose payload cannot be decoded (%s), notes it, and still rolls back',
    async (encoding, data) => {
      const rollout = await env.start(steady(`undecodable-${encoding.replace('/', '-')}`));
      await rollout.phase('soaking');
      await env.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: rollout.handle.workflowId },
        signalName: 'pause',
        input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
      });
      await rollout.until('to note it', ({ timeline }) =>
        timeline.some(({ kind }) => kind === 'message-malformed'),
      );
      await rollout.signal('rollback', { reason: 'still works' });
      expect((await rollout.ended()).cause).toMatchObject({ kind: 'command', reason: 'still works' });
    },
  );

  it('takes a hundred messages of all kinds: no workflow task fails, and it still rolls back', async () => {
    const rollout = await env.start(steady('fuzzed'));
    await rollout.phase('soaking');
    // What would end it is left out.
    const moves = new Set<string>(['promote', 'rollback', 'reject', 'event']);
    const harmless = fuzzedMessage.filter(
      ({ name, sent }) =>
        !moves.has(name) || !(name === 'event' ? readOutsideEvent(sent) : readPayload(name, sent)).ok,
    );
    const messages = fc.sample(harmless, { numRuns: 100, seed: 8 });
    const send = ({ name, via, sent }: (typeof messages)[number]) =>
      // An update that does not fit is refused.
      via === 'signal'
        ? rollout.signal(name, sent)
        : rollout.handle.executeUpdate(name, { args: [sent] }).catch(() => {});
    while (messages.length > 0) await Promise.all(messages.splice(0, 20).map(send));
    await rollout.signal('rollback', { reason: 'enough' });
    expect((await rollout.ended()).cause).toMatchObject({ kind: 'command', reason: 'enough' });
    expect(await taskFailures(rollout.handle)).toEqual([]);
  });

  it('is promoted by one stage, though two people press promote at once and both saw the same', async () => {
    const stages = [10, 20, 50].map((weightPercent) => stageFixture({ weightPercent, soakMs: 60_000 }));
    const rollout = await env.start(steady('promoted-twice', { stages }));
    const { startedAtMs, stage, phase } = await rollout.phase('soaking');
    const deps = { client: env.client, address: env.client.options.namespace };
    const shop = { environment: 'test', service: 'promoted-twice' };
    const promote = (actor: string) =>
      sendCommand(deps, shop, {
        name: 'promote',
        actor,
        requestId: actor,
        expect: { startedAtMs, stage, phase },
      });
    const both = await Promise.allSettled([promote('ann'), promote('bob')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await rollout.until('to soak the next stage', (now) => now.stage === 1 && now.phase === 'soaking');
    await expect(promote('cid')).rejects.toMatchObject({
      code: 'rollout-moved-on',
      message: expect.stringContaining('is soaking in stage "20%" by now'),
    });
    await rollout.signal('promote', { actor: 'dan', expect: { stage: 0 } });
    await rollout.until('to refuse the signal', ({ timeline }) =>
      timeline.some(({ kind, actor }) => kind === 'command-refused' && actor === 'dan'),
    );
    expect((await rollout.status()).stage).toBe(1);
    // As Temporal's own UI sends it: it means whatever there is.
    await rollout.signal('promote');
    await rollout.until('to go on', (now) => now.stage === 2);
    await rollout.signal('rollback', { reason: 'the end' });
    await rollout.ended();
  });

  it('that was stopped by the express lane is not promoted', async () => {
    const rollout = await env.start(
      steady('stopped-promote', { lease: { ttlMs: 60_000, orphanGraceMs: 60_000 } }),
    );
    await rollout.phase('soaking');
    await env.traffic.stop({ id: 'test/stopped-promote', options: {} });
    // Whether the watch or the promotion meets the stop first, the new version must not become stable.
    await rollout.update('promote', { full: true }).catch(() => {});
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'stop' } });
    expect((await env.traffic.read({ id: 'test/stopped-promote', options: {} })).stableSlot).toBe('blue');
  });

  it('whose stable slot is moved from outside is taken back, in a soak and after promotion', async () => {
    const soaking = await env.start(steady('moved-soaking'));
    await soaking.phase('soaking');
    const moved = { id: 'test/moved-soaking', options: {} };
    await env.traffic.setStable(moved, 'green', (await env.traffic.read(moved)).epoch);
    expect(await soaking.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'drift' } });
    expect((await env.traffic.read(moved)).stableSlot).toBe('blue');

    const after = await env.start(
      steady('moved-after', { stages: [stageFixture({ soakMs: 600 })], watchAfterMs: 60_000 }),
    );
    await after.phase('watching');
    const back = { id: 'test/moved-after', options: {} };
    await env.traffic.setStable(back, 'blue', (await env.traffic.read(back)).epoch);
    expect(await after.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'drift' } });
    expect(await after.historyLength()).toBeLessThan(120);
  });

  it('that is held for lack of evidence gets a whole soak more on resume', async () => {
    env.metrics.set(/success resumed-hold/, null);
    const checks = [
      { ...successCheck, query: { value: 'success resumed-hold', samples: 'samples resumed-hold' } },
    ];
    const rollout = await env.start(
      steady('resumed-hold', { stages: [stageFixture({ soakMs: 1_500, checks })] }),
    );
    await rollout.phase('holding');
    const resumedAtMs = Date.now();
    await rollout.update('resume', { reason: 'data soon' });
    await rollout.phase('holding');
    expect(Date.now() - resumedAtMs).toBeGreaterThanOrEqual(2_500);
    await rollout.update('rollback', { reason: 'done' });
    await rollout.ended();
  });

  it('counts one bad look once, however often it is paused and resumed', async () => {
    env.metrics.set(/success one-bad-look v2/, 50);
    const checks = [
      {
        ...successCheck,
        query: { value: 'success one-bad-look {{version}}', samples: 'samples one-bad-look' },
      },
    ];
    const rollout = await env.start(
      steady('one-bad-look', {
        stages: [stageFixture({ soakMs: 60_000, checks })],
        analysis: { intervalMs: 60_000, onInconclusive: 'hold' },
      }),
    );
    await rollout.phase('soaking');
    for (let turn = 0; turn < 3; turn++) {
      await rollout.update('pause', { reason: 'look' });
      await rollout.update('resume', { reason: 'go' });
    }
    expect((await rollout.status()).cause).toBeNull();
    await rollout.update('rollback', { reason: 'done' });
    await rollout.ended();
  });

  it('accepts the very request once more, though it does not fit any more, and does nothing again', async () => {
    const rollout = await env.start(steady('pause-repeated'));
    await rollout.phase('soaking');
    const { startedAtMs } = await rollout.status();
    const request = { reason: 'look', requestId: 'r1', expect: { startedAtMs, stage: 0 } };
    await rollout.update('pause', request);
    expect((await rollout.update('pause', request)).paused).toBe(true);
    await expect(rollout.update('pause', { ...request, requestId: 'r2' })).rejects.toThrow();
    await rollout.update('rollback', { reason: 'done' });
    const { timeline } = await rollout.ended();
    expect(timeline.filter(({ text }) => text === 'pause: look')).toHaveLength(1);
  });

  it('goes back at once when rollback comes right after a pause', async () => {
    const rollout = await env.start(
      steady('pause-rollback', { analysis: { intervalMs: 60_000, onInconclusive: 'hold' } }),
    );
    await rollout.phase('soaking');
    await rollout.update('pause', { reason: 'hm' });
    await rollout.update('rollback', { reason: 'no' });
    const status = await rollout.ended();
    expect(status).toMatchObject({ phase: 'rolled-back', cause: { reason: 'no' } });
  });

  it('whose data plane cannot even be looked up restores without running its history away', async () => {
    const rollout = await env.start(steady('unknown-plane'));
    await rollout.phase('soaking');
    env.traffic.failNext('restore', 'test/unknown-plane', 40);
    await rollout.update('rollback', { reason: 'bad' });
    await rollout.ended();
    expect(await rollout.historyLength()).toBeLessThan(100);
  });
});

describe('a worker that is stopped in the moment of a pause', () => {
  it('costs no rollback: another one carries on where it was', async () => {
    for (const delayMs of [0, 60, 200]) {
      const rollout = await env.start(steady(`pause-stop-${delayMs}`));
      await rollout.phase('soaking');
      const paused = rollout.update('pause', { reason: 'maintenance' });
      await pause(delayMs);
      await env.stopWorkers();
      await env.startWorkers();
      await paused;
      await rollout.until('to be watched again', ({ paused: is, phase }) => is && phase === 'soaking');
      await rollout.update('resume', { reason: 'back' });
      const status = await rollout.until('to go on', ({ paused: is }) => !is);
      expect(status.cause).toBeNull();
      await rollout.update('rollback', { reason: 'done' });
      await rollout.ended();
    }
  });
});

describe('orphanGrace', () => {
  const ttlMs = 5_000;

  it('keeps a canary alive through an outage of Temporal that is shorter than it', async () => {
    const rollout = await env.start(steady('short-outage', { lease: { ttlMs, orphanGraceMs: 30_000 } }));
    await rollout.phase('soaking');
    await env.traffic.whenState('test/short-outage', ({ leaseUntilMs }) => leaseUntilMs > 0);
    env.silence(true);
    const beganMs = Date.now();
    // What was given after the last lease from before had run out.
    const given = ({ leaseUntilMs }: TrafficState) => leaseUntilMs > beganMs + 2 * ttlMs;
    expect(effectivePercent(await env.traffic.whenState('test/short-outage', given), Date.now())).toBe(10);
    env.silence(false);
    await rollout.update('rollback', { reason: 'done' });
    await rollout.ended();
  });

  it('lets the lease lapse when the outage is longer', async () => {
    const rollout = await env.start(steady('long-outage', { lease: { ttlMs, orphanGraceMs: 1_000 } }));
    await rollout.phase('soaking');
    await env.traffic.whenState('test/long-outage', ({ leaseUntilMs }) => leaseUntilMs > 0);
    env.silence(true);
    await expect.poll(() => rollout.canaryShare()).toBe(0);
    env.silence(false);
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', cause: { kind: 'lapse' } });
  });
});
