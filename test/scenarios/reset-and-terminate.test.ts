/**
 * What a person can do to a rollout from Temporal's UI beside cancelling it: reset it to an earlier event, or terminate
 * it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { ActivityTap, wholeBody } from '../support/activity-tap.ts';
import { stageFixture } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { recordShares } from '../support/shares.ts';
import { waitFor } from '../support/wait-for.ts';

const ttlMs = 4_000;
const long = 60_000;

const tap = new ActivityTap();
let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ tap });
});
afterAll(() => env.close());

/** The runs of watches that have ended. */
const watchedRuns: string[] = [];

function start(service: string, lastSoakMs = long): Promise<TestRollout> {
  tap.taps.set(`rollout/test/${service}`, ({ execution, name }, act) =>
    act().finally(() => {
      if (execution.type === 'watch' && name === wholeBody) watchedRuns.push(execution.runId);
    }),
  );
  return env.start({
    service,
    stages: [stageFixture({ soakMs: 500 }), stageFixture({ weightPercent: 50, soakMs: lastSoakMs })],
    analysis: { intervalMs: 250, onInconclusive: 'hold' },
    lease: { ttlMs, orphanGraceMs: ttlMs },
    watchAfterMs: 0,
  });
}

const stateOf = (rollout: TestRollout) =>
  env.traffic.read({ id: `test/${rollout.plan.service}`, options: {} });
const shareOf = async (rollout: TestRollout) => effectivePercent(await stateOf(rollout), Date.now());

async function atHalf(service: string): Promise<TestRollout> {
  const rollout = await start(service);
  await env.traffic.whenState(`test/${service}`, (state) => effectivePercent(state, Date.now()) === 50);
  await rollout.until('to soak', ({ stage, phase }) => stage === 1 && phase === 'soaking');
  return rollout;
}

/** The ends of its workflow tasks: the events to which Temporal can reset. */
async function resetPoints(rollout: TestRollout): Promise<number[]> {
  const { events } = await rollout.handle.fetchHistory();
  const ends = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  return ends.map(({ eventId }) => Number(eventId));
}

/** Resets the latest run, and resolves with the status at the end of the new one. */
async function reset(rollout: TestRollout, toEvent: number): Promise<RolloutStatus> {
  const { workflowId } = rollout.handle;
  const { runId } = await rollout.handle.describe();
  await env.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: toEvent as never,
    requestId: randomUUID(),
    reason: 'test',
  });
  return await env.client.workflow.getHandle(workflowId).result();
}

/** A rollout that begins looks for the end of the one before it in Temporal's list, which lags behind. */
async function endIsListed({ handle }: TestRollout): Promise<void> {
  const query = `WorkflowId = "${handle.workflowId}" AND ExecutionStatus = "Terminated" AND SluicePhase = "soaking"`;
  await waitFor(
    `the end of ${handle.workflowId} in the list`,
    async () => (await env.client.workflow.count(query)).count > 0,
  );
}

const sharesOf = (rollout: TestRollout) => recordShares(env.traffic, `test/${rollout.plan.service}`);

const logOf = (rollout: TestRollout, what: string) =>
  env.workload.log.filter((line) => line.startsWith(`${what} test/${rollout.plan.service} `));

describe.concurrent('a rollout that is reset', () => {
  // The old watch stops the canary when it learns that its run is gone. A new run that has taken over by then, with the
  // same work, goes on instead.
  it.each([0, 1, 2])(
    'at half of the traffic to a workflow task %d before its last one ends, and no share comes up again',
    async (before) => {
      const rollout = await atHalf(`reset-${before}`);
      const { runId } = await rollout.handle.describe();
      const points = await resetPoints(rollout);
      const seen = sharesOf(rollout);
      const ended = reset(rollout, points.at(-1 - before) ?? 0);
      await expect.poll(() => watchedRuns.filter((id) => id === runId).length).toBe(2);
      // Who goes on is brought to its end; who was stopped refuses, or has ended.
      await rollout.until('to decide', ({ phase, cause }) => phase === 'soaking' || cause !== null);
      await rollout.update('promote', { full: true }).catch(() => {});
      const { phase } = await ended;
      expect(seen.stop().map(({ percent }) => percent)).toEqual([50, 0]);
      expect(['promoted', 'rolled-back']).toContain(phase);
      const [stableSlot, left] = phase === 'promoted' ? ['green', 'blue'] : ['blue', 'green'];
      expect(await stateOf(rollout)).toMatchObject({ stableSlot, weightPercent: 0 });
      expect(logOf(rollout, 'stop').map((line) => line.split(' ')[2])).toEqual([left]);
    },
  );

  it('at 50 % to its beginning takes the target anew, says so, and climbs again from 0', async () => {
    const rollout = await atHalf('reset-start');
    tap.taps.set(rollout.handle.workflowId, async ({ execution, name }, act) => {
      if (execution.type === 'prepare' && name === wholeBody) await endIsListed(rollout);
      return await act();
    });
    const seen = sharesOf(rollout);
    const [first = 0] = await resetPoints(rollout);
    const ended = reset(rollout, first);
    await expect.poll(() => seen.percents).toEqual([50, 0, 10, 50]);
    seen.stop();
    await env.client.workflow.getHandle(rollout.handle.workflowId).signal('rollback', { reason: 'done' });
    const prepared = (await ended).timeline.find(({ kind }) => kind === 'prepared');
    expect(prepared?.text).toMatch(/was ended from outside while it was soaking/);
  });

  it('in the middle of a restore to the soak before it restores once more, and ends', async () => {
    const rollout = await atHalf('reset-restoring');
    const points = await resetPoints(rollout);
    env.traffic.failNext('restore', 'test/reset-restoring', 1_000);
    await rollout.signal('rollback', { reason: 'bad' });
    await rollout.phase('restoring');
    const ended = reset(rollout, points.at(-1) ?? 0);
    await pause(500);
    env.traffic.failNext('restore', 'test/reset-restoring', 0);
    expect((await ended).phase).toBe('rolled-back');
    expect(await shareOf(rollout)).toBe(0);
  });

  it('after its promotion to a soak before it leaves the stable slot, and what runs there, alone', async () => {
    const rollout = await start('reset-promoted', 500);
    expect((await rollout.ended()).phase).toBe('promoted');
    const stopped = logOf(rollout, 'stop');
    const points = await resetPoints(rollout);
    const status = await reset(rollout, points[2] ?? 0);
    expect(status).toMatchObject({ phase: 'rolled-back' });
    expect(status.timeline.find(({ kind }) => kind === 'clean-up-failed')?.text).toMatch(/newer owner/);
    // The old version was stopped after the promotion: going back to it would have been an outage.
    expect(await stateOf(rollout)).toMatchObject({ stableSlot: 'green', weightPercent: 0 });
    expect(logOf(rollout, 'stop')).toEqual(stopped);
  });
});

describe('a rollout that is terminated at 50 %', () => {
  it('gives its canary nothing after the lease at the latest, and the next start finds a clean state and says what happened', async () => {
    const rollout = await atHalf('terminated');
    const seen = sharesOf(rollout);
    await rollout.handle.terminate('test');
    const terminatedAtMs = Date.now();
    await expect.poll(() => seen.percents, { timeout: 5 * ttlMs }).toEqual([50, 0]);
    // It is renewed once more at the most while the watch asks whether its rollout lives.
    expect(seen.stop()[0]?.leaseUntilMs).toBeLessThanOrEqual(terminatedAtMs + 2 * ttlMs);
    await endIsListed(rollout);
    const next = await start('terminated');
    const { timeline } = await next.until('to be prepared', ({ phase }) => phase !== 'preparing');
    const prepared = timeline.find(({ kind }) => kind === 'prepared')?.text;
    expect(prepared).toContain('the rollout before this one was ended from outside while it was soaking');
    // The watch that finds the rollout gone stops the canary, unless the next start is there first.
    expect(prepared).toMatch(
      /(the stop of an earlier rollback|an earlier canary was still set to 50 %).*was cleared/,
    );
    await next.signal('rollback', { reason: 'done' });
    expect((await next.ended()).phase).toBe('rolled-back');
  });

  it('while no worker lives is stopped by its lease alone, and the next start says so as well', async () => {
    const rollout = await atHalf('terminated-alone');
    await env.stopWorkers();
    await rollout.handle.terminate('test');
    await expect.poll(() => shareOf(rollout), { timeout: 5 * ttlMs }).toBe(0);
    expect(await stateOf(rollout)).toMatchObject({ weightPercent: 50, stopped: false });
    await env.startWorkers();
    await endIsListed(rollout);
    const next = await start('terminated-alone');
    const { timeline } = await next.until('to be prepared', ({ phase }) => phase !== 'preparing');
    expect(timeline.find(({ kind }) => kind === 'prepared')?.text).toMatch(
      /ended from outside while it was soaking; an earlier canary was still set to 50 % and was cleared/,
    );
    await next.signal('rollback', { reason: 'done' });
    await next.ended();
  });
});
