/**
 * Workers of different versions, good and bad: pinned rollouts finish on their own code, and none is ever stranded
 * unsafe.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/deps.ts';
import { createKeepEvidence, type EvidenceWork } from '../../src/activities/evidence.ts';
import type { Plan } from '../../src/domain/plan/types.ts';
import { createMemoryNotifier } from '../../src/providers/notifiers/memory.ts';
import { endedRollouts } from '../../src/worker/directory.ts';
import { startKeeper } from '../../src/worker/evidence.ts';
import { bundleBadWorkflows } from '../support/bad-bundle.ts';
import { temporalCli } from '../support/dev-server.ts';
import { routeFixture } from '../support/notices.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv, type RunningWorkers, type TestRollout } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';

const ttlMs = 4_000;

const team = createMemoryNotifier();
const kept: string[] = [];

let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({
    notices: { routes: [routeFixture()], notifiers: { team } },
    keepEvidence: (client) => {
      const work: EvidenceWork = {
        endedSince: async (sinceMs) =>
          (await endedRollouts(client, sinceMs)).map(({ target, runId, endedAtMs }) => ({
            ...{ target, runId, endedAtMs: endedAtMs ?? 0 },
          })),
        collect: async ({ target }) => void kept.push(target),
        prune: async () => {},
      };
      const times = { pollMs: 200, lastsMs: 1_500, pruneEveryMs: 3_600_000 };
      return createKeepEvidence(work, systemClock, () => {}, times);
    },
  });
});
afterAll(() => env.close());

const planOf = (service: string, soakMs: number): Partial<Plan> => ({
  service,
  stages: [stageFixture({ soakMs })],
  analysis: { intervalMs: 250, onInconclusive: 'hold' },
  lease: { ttlMs, orphanGraceMs: ttlMs },
  watchAfterMs: 0,
  notify: { channels: [] },
});

/** Its lease lasts from one worker to the next, however slowly that comes up. */
const lastingPlanOf = (service: string): Partial<Plan> => ({
  ...planOf(service, 600_000),
  lease: { ttlMs: 12_000, orphanGraceMs: 12_000 },
});

const toldOf = (service: string) =>
  team.told
    .filter(({ subject }) => subject.service === service)
    .flatMap(({ notices }) => notices.map(({ event }) => event));

const cli = (...args: readonly string[]) => temporalCli(env.temporal.address, ...args);
const stateOf = (service: string) => env.traffic.read({ id: `test/${service}`, options: {} });

describe('a worker whose workflow code fails for ever', () => {
  it('ends no rollout and keeps no canary: the lease runs out, and a good worker says so when it is back', async () => {
    // At once, so that the stage is not over before.
    const stopped = new Promise<void>((resolve, reject) =>
      env.at('rollout/test/bad-deploy', 'shifted', () => env.stopWorkers().then(resolve, reject)),
    );
    const rollout = await env.start(planOf('bad-deploy', 1_500));
    await stopped;
    const bad = await env.addWorkers({ workflowBundle: await bundleBadWorkflows() });
    // Before its first lease a canary has no share either.
    await env.traffic.whenState('test/bad-deploy', ({ leaseUntilMs }) => leaseUntilMs > 0);
    // Its activities work: the soak comes to its end, and there is nobody to take the next step.
    await expect.poll(() => rollout.canaryShare()).toBe(0);
    expect(await stateOf('bad-deploy')).toMatchObject({ weightPercent: 10, stopped: false });
    expect((await rollout.handle.describe()).status.name).toBe('RUNNING');
    await bad.stop();
    await env.startWorkers();
    const status = await rollout.ended();
    expect(status).toMatchObject({
      phase: 'rolled-back',
      cause: { kind: 'lapse', reason: expect.stringContaining('the lease ran out while nobody') },
    });
    expect(await stateOf('bad-deploy')).toMatchObject({ weightPercent: 0 });
  });
});

describe('workers of a deployment', () => {
  const version = (buildId: string) => ({ deploymentName: 'sluice', buildId });
  const workers: RunningWorkers[] = [];
  beforeAll(() => env.stopWorkers());
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  async function deploy(buildId: string, good = true): Promise<RunningWorkers> {
    const code = good ? {} : { workflowBundle: await bundleBadWorkflows() };
    const added = await env.addWorkers({ ...code, version: version(buildId) });
    const current = ['--deployment-name', 'sluice', '--build-id', buildId, '--yes'];
    await waitFor(`${buildId} to be current`, async () => {
      await cli('worker', 'deployment', 'set-current-version', ...current);
      return true;
    });
    return added;
  }

  /** The documented way to bring a fix to a rollout that is under way. */
  const move = (rollout: TestRollout, buildId: string) =>
    cli(
      ...['workflow', 'update-options', '-w', rollout.handle.workflowId],
      ...['--versioning-override-behavior', 'pinned'],
      ...['--versioning-override-deployment-name', 'sluice', '--versioning-override-build-id', buildId],
    );

  /**
   * A rollout that the broken version has taken and cannot begin. Temporal tells its queues of a new current version in
   * its own time, so the first ones may still go to the version before, and end there.
   */
  async function startStuck(): Promise<TestRollout> {
    for (let attempt = 1; attempt <= 10; attempt++) {
      const rollout = await env.start(lastingPlanOf(`stuck-${attempt}`));
      const taken = await waitFor('a version to take the rollout', async () => {
        const { raw, historyLength } = await rollout.handle.describe();
        if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) return 'by the broken one' as const;
        return historyLength > 5 ? ('by another' as const) : null;
      });
      if (taken === 'by the broken one') return rollout;
    }
    throw new Error('the broken version got no rollout');
  }

  it('finish each rollout on the code that it began with; what is stuck or stranded is moved, and is safe until then', async () => {
    const first = await deploy('v1');
    await startKeeper(env.client);
    const finishing = await env.start(planOf('pinned', 6_000));
    const stranded = await env.start(lastingPlanOf('stranded'));
    await Promise.all([finishing, stranded].map((rollout) => rollout.phase('soaking')));

    const pinned = 'TemporalWorkerDeploymentVersion = "sluice:v1" AND ExecutionStatus = "Running"';
    await waitFor('the list of what is pinned', async () =>
      (await cli('workflow', 'list', '-q', pinned)).includes('rollout/test/stranded'),
    );

    // A bad deploy becomes current: it gets what starts from now on, and harms nothing that runs.
    const broken = await deploy('v2', false);
    const stuck = await startStuck();
    expect((await finishing.ended()).phase).toBe('promoted');

    // The first version goes while one of its rollouts still runs; activities are taken by every worker.
    await first.stop();
    const third = await deploy('v3');
    workers.push(third);
    await broken.stop();
    await stranded.signal('rollback', { reason: 'nobody hears this' });
    const { leaseUntilMs: before } = await stateOf('stranded');
    await env.traffic.whenState('test/stranded', ({ leaseUntilMs }) => leaseUntilMs > before);
    await env.traffic.stop({ id: 'test/stranded', options: {} });
    expect(await stranded.canaryShare()).toBe(0);

    await Promise.all([move(stuck, 'v3'), move(stranded, 'v3')]);
    await stuck.phase('soaking');
    await stuck.update('promote', { full: true });
    expect((await stuck.ended()).phase).toBe('promoted');
    expect(await stranded.ended()).toMatchObject({
      phase: 'rolled-back',
      cause: { kind: 'command', reason: 'nobody hears this' },
    });

    // What goes on beside rollouts is bound to no version: it is done whichever code is the current one.
    await expect.poll(() => kept).toEqual(expect.arrayContaining(['test/pinned', 'test/stranded']));
    await expect.poll(() => toldOf('stranded')).toContain('rollout.ended');
    await expect
      .poll(() => toldOf('pinned'))
      .toEqual(['rollout.started', 'stage.begun', 'stage.passed', 'rollout.promoted', 'rollout.ended']);
  });
});
