/**
 * A receiver that answers 500 for an hour: the rollout does not notice, and the receiver hears everything once
 * afterwards.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SluiceError } from '../../src/domain/errors.ts';
import { noticesIdOf } from '../../src/domain/notify/names.ts';
import type { NoticesStatus } from '../../src/domain/notify/status.ts';
import { createMemoryNotifier } from '../../src/providers/notifiers/memory.ts';
import { createSimulatedClock } from '../support/clocks.ts';
import { routeFixture } from '../support/notices.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

const hourMs = 3_600_000;
const notifier = createMemoryNotifier();

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({
    server: 'skipping',
    clock: createSimulatedClock(),
    notices: { routes: [routeFixture()], notifiers: { team: notifier } },
  });
});
afterAll(() => env.close());

it('tells a receiver that was away for an hour everything, once and in order', async () => {
  const beganMs = await env.temporal.currentTimeMs();
  let endedMs = Number.NaN;
  notifier.before(async () => {
    const nowMs = Number(await env.temporal.currentTimeMs());
    if (nowMs < Number(beganMs) + hourMs) throw new SluiceError('notify-failed', 'it answered 500');
  });
  const rollout = await env.start({
    notify: { channels: [] },
    stages: [stageFixture({ soakMs: 60_000 })],
    watchAfterMs: 0,
  });
  const status = await rollout.ended();
  endedMs = status.endedAtMs ?? endedMs;
  expect(status.phase).toBe('promoted');
  expect(endedMs).toBeLessThan(Number(beganMs) + hourMs);
  expect(notifier.told).toEqual([]);
  const { raw } = await rollout.handle.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const companion = env.client.workflow.getHandle(noticesIdOf({ target: 'test/shop', runId }));
  const told = (await companion.result()) as NoticesStatus;
  expect(told).toMatchObject({ complete: true, trouble: null });
  expect(notifier.told.flatMap(({ notices }) => notices.map(({ event }) => event))).toEqual([
    'rollout.started',
    'stage.begun',
    'stage.passed',
    'rollout.promoted',
    'rollout.ended',
  ]);
  // Tried on within bounds: seconds at first, a minute at last.
  expect(notifier.calls).toBeGreaterThan(10);
  expect(notifier.calls).toBeLessThan(120);
});
