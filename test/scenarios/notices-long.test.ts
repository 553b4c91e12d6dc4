/**
 * A long story: rollout and companion continue as new, and a receiver that fails meanwhile hears everything once, in
 * order.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SluiceError } from '../../src/domain/errors.ts';
import { noticesIdOf } from '../../src/domain/notify/names.ts';
import type { NoticesStatus } from '../../src/domain/notify/status.ts';
import { createMemoryNotifier } from '../../src/providers/notifiers/memory.ts';
import { routeFixture } from '../support/notices.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

const team = createMemoryNotifier();
const rounds = 8;

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({
    serverArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'],
    notices: { routes: [routeFixture()], notifiers: { team } },
  });
});
afterAll(() => env.close());

it('is told once and in order, over several runs of rollout and companion', async () => {
  team.before(async () => {
    if (team.calls % 3 === 0) throw new SluiceError('notify-failed', 'it answered 500');
  });
  const rollout = await env.start({
    service: 'long',
    notify: { channels: [] },
    stages: [stageFixture({ soakMs: 60_000 })],
  });
  const { raw } = await rollout.handle.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const latest = env.client.workflow.getHandle('rollout/test/long');
  await rollout.phase('soaking');
  for (let round = 0; round < rounds; round++) {
    await latest.signal('pause', { reason: `${round}` });
    await latest.signal('resume', { reason: `${round}` });
    await expect
      .poll(
        async () => (await latest.query<{ timeline: { text: string }[] }>('status')).timeline.at(-1)?.text,
      )
      .toBe(`resume: ${round}`);
  }
  await latest.signal('rollback', { reason: 'enough' });
  await latest.result();
  const companion = env.client.workflow.getHandle(noticesIdOf({ target: 'test/long', runId }));
  const told = (await companion.result()) as NoticesStatus;
  expect(told.complete).toBe(true);
  const notices = team.told.flatMap((message) => message.notices);
  expect(new Set(notices.map(({ key }) => key)).size).toBe(notices.length);
  const paused = Array.from({ length: rounds }, () => ['rollout.paused', 'rollout.resumed']).flat();
  expect(notices.map(({ event }) => event)).toEqual([
    ...['rollout.started', 'stage.begun'],
    ...paused,
    ...['rollback.begun', 'rollback.restored', 'rollout.ended'],
  ]);
  const query = `WorkflowType = "notices" AND ExecutionStatus = "ContinuedAsNew"`;
  const continued = async () => {
    let count = 0;
    for await (const _ of env.client.workflow.list({ query })) count += 1;
    return count;
  };
  await expect.poll(continued).toBeGreaterThan(0);
});
