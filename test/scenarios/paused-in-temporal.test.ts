/**
 * A rollout that somebody has paused in Temporal itself: it has not ended, so every list shows it, and stops and
 * emergencies reach it. With a real server that allows it.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataPlanes } from '../../src/api/express/data-planes.ts';
import { RunningList } from '../../src/api/temporal/running.ts';
import { createTemporalService } from '../../src/api/temporal-service.ts';
import { readsToVerify } from '../../src/domain/emergency/record.ts';
import { temporalDirectory } from '../../src/worker/directory.ts';
import { temporalCli } from '../support/dev-server.ts';
import { openEmergency } from '../support/emergency.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv } from '../support/rollout-env.ts';

let env: RolloutEnv;
beforeAll(async () => {
  const allowed = ['--dynamic-config-value', 'frontend.WorkflowPauseEnabled=true'];
  env = await RolloutEnv.create({ serverArgs: allowed });
});
afterAll(() => env.close());

const by = { actor: 'ann', reason: 'enough' };

function api() {
  return createTemporalService({
    client: env.client,
    address: 'test',
    replay: () => Promise.reject(new Error('nobody audits here')),
    planes: createDataPlanes({ names: ['memory'], get: () => env.traffic }),
  });
}

/** A rollout with half the traffic on its canary, paused from then on, and how to let it go on. */
async function pausedRollout(environment: string) {
  const rollout = await env.start({
    environment,
    service: 'shop',
    stages: [stageFixture({ weightPercent: 50, soakMs: 3_600_000 })],
    analysis: { intervalMs: 500, onInconclusive: 'hold' },
  });
  await rollout.phase('soaking');
  const tell = (verb: string) =>
    temporalCli(
      env.temporal.address,
      'workflow',
      verb,
      '-w',
      rollout.handle.workflowId,
      '--reason',
      'a look',
    );
  await tell('pause');
  const target = `${environment}/shop`;
  await expect.poll(() => statusOf(target)).toBe('PAUSED');
  return { rollout, target, goOn: () => tell('unpause') };
}

/** As the list tells people. */
async function statusOf(target: string): Promise<string | undefined> {
  const { rollouts } = await api().list({ running: 'true', limit: 10 });
  return rollouts.find((one) => one.target === target)?.temporalStatus;
}

it('stands still at a stop in the data plane, which is told to it for when it goes on', async () => {
  const { rollout, target, goOn } = await pausedRollout('stops');
  const answer = await api().emergencyStop({ ...by, scope: { environments: ['stops'] } });
  expect(answer).toMatchObject({
    restored: [{ target }],
    notRestored: [],
    told: 1,
    listProblem: null,
  });
  expect(await rollout.canaryShare()).toBe(0);
  await goOn();
  expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back' });
});

it('is brought back by an emergency, which waits for its end', async () => {
  const { rollout, target, goOn } = await pausedRollout('fire');
  const emergency = await openEmergency(env, ['fire']);
  // Not verified: what has not ended may take traffic again.
  const restored = await emergency.until('to have looked at it twice', ({ targets }) =>
    targets.some(({ goodReads }) => goodReads >= readsToVerify),
  );
  expect(restored.targets).toMatchObject([{ target, told: true, progress: 'restored' }]);
  expect(await rollout.canaryShare()).toBe(0);
  await goOn();
  expect(await rollout.ended()).toMatchObject({
    phase: 'rolled-back',
    cause: { reason: 'emergency rollback: fire' },
  });
  await emergency.release();
});

it('is in the list of what runs, and found by sweeps as one that runs', async () => {
  const { target, rollout, goOn } = await pausedRollout('lists');
  const list = new RunningList({ client: env.client, address: 'test' });
  const status = async () => (await list.byTarget()).get(target)?.summary.temporalStatus;
  expect(await status()).toBe('PAUSED');
  const found = await temporalDirectory(env.client).runningSince(Date.now());
  expect(found.filter((one) => one.target === target)).toMatchObject([{ running: true, endedAtMs: null }]);

  await goOn();
  await expect.poll(status).toBe('RUNNING');
  await rollout.handle.terminate('the end');
  await expect.poll(status).toBeUndefined();
});
