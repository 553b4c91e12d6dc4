/**
 * A flood of signals under work that may last without end: the history is continued as new under it, and nothing is
 * lost.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import { effectivePercent } from '../../src/providers/traffic/types.ts';
import { ActivityTap } from '../support/activity-tap.ts';
import { planFixture, stageFixture, successCheck } from '../support/plan.ts';
import { RolloutEnv, type TestRollout } from '../support/rollout-env.ts';
import { waitFor } from '../support/wait-for.ts';

/** Temporal suggests to continue as new after 4,096 events; here a tenth of that, for a fifth of its signals. */
const suggestAt = 'limit.historyCount.suggestContinueAsNew=400';
const floodSize = 2_000;
const ttlMs = 4_000;

const tap = new ActivityTap();
let env: RolloutEnv;
beforeAll(async () => {
  env = await RolloutEnv.create({ tap, serverArgs: ['--dynamic-config-value', suggestAt] });
});
afterAll(() => env.close());

describe(`a flood of ${floodSize} signals within one watch`, () => {
  it('is taken by run after run: no signal is lost, the canary keeps its lease, and the soak goes on', async () => {
    const watches: { runId: string; watchedMs: number }[] = [];
    tap.taps.set('rollout/test/flooded', async ({ execution, name }, act) => {
      const { type, runId, attempt } = execution;
      if (name === '(result)' && type === 'watch' && attempt === 1) {
        watches.push({ runId, watchedMs: watchedIn(execution.input) });
      }
      return await act();
    });
    const rollout = await env.start({
      service: 'flooded',
      stages: [stageFixture({ soakMs: 600_000 })],
      analysis: { intervalMs: 500, onInconclusive: 'hold' },
      lease: { ttlMs, orphanGraceMs: ttlMs },
    });
    const shares = await sharesOf('test/flooded');
    await inBatches(floodSize, 20, (index) => rollout.signal('approve', { actor: `a${index}` }));

    const started = 3;
    const taken = await rollout.until(
      'to take them all',
      ({ timeline, droppedEntries }) => timeline.length + droppedEntries >= floodSize + started,
    );
    expect(taken.timeline.length + taken.droppedEntries).toBe(floodSize + started);
    expect(taken).toMatchObject({ phase: 'soaking', cause: null });
    expect(shares.stop()).toEqual(new Set([10]));

    expect(new Set(watches.map(({ runId }) => runId)).size).toBe(watches.length);
    expect(watches.length).toBeGreaterThan(1);
    const soaked = watches.map(({ watchedMs }) => watchedMs);
    expect(soaked).toEqual(soaked.toSorted((a, b) => a - b));
    expect(soaked.at(-1)).toBeGreaterThan(0);

    await rollout.signal('rollback', { reason: 'after the flood' });
    expect(await rollout.ended()).toMatchObject({
      phase: 'rolled-back',
      cause: { kind: 'command', reason: 'after the flood' },
    });
  });
});

describe('a flood of signals while a rollout waits without end', () => {
  const size = 600;
  const flood = (rollout: TestRollout) =>
    inBatches(size, 20, (index) => rollout.signal('approve', { actor: `a${index}` }));
  /** What came in one gulp is taken before Temporal has seen how long the history has become. */
  const untilNewRun = (rollout: TestRollout, isThere: () => Promise<boolean>) =>
    waitFor('a new run', async () => {
      await rollout.signal('approve', { actor: 'one more' });
      return await isThere();
    });
  const hasTakenAll = ({ timeline, droppedEntries }: RolloutStatus) =>
    timeline.length + droppedEntries >= size;

  it('in a restore that the data plane does not obey: run after run tries on, and people are paged once', async () => {
    const id = 'test/deaf';
    const runs = new Set<string>();
    tap.taps.set(`rollout/${id}`, async ({ execution }, act) => {
      if (execution.type === 'restore') runs.add(execution.runId);
      return await act();
    });
    const { rollback } = planFixture();
    const rollout = await env.start({
      service: 'deaf',
      stages: [stageFixture({ soakMs: 600_000 })],
      rollback: { ...rollback, timeoutMs: 1_000 },
    });
    await rollout.phase('soaking');
    env.traffic.failNext('restore', id, 1_000_000);
    await rollout.signal('rollback', { reason: 'errors' });
    const pages = ({ timeline }: RolloutStatus) => timeline.filter(({ kind }) => kind === 'restore-late');
    const { cause } = await rollout.until('to page', (status) => pages(status).length === 1);
    await flood(rollout);
    const taken = await rollout.until('to take them all', hasTakenAll);
    expect(taken).toMatchObject({ phase: 'restoring', cause: { kind: 'command', reason: 'errors' } });
    await untilNewRun(rollout, async () => runs.size > 1);
    expect(pages(await rollout.status())).toHaveLength(1);

    env.traffic.failNext('restore', id, 0);
    const ended = await rollout.ended();
    expect(ended).toMatchObject({ phase: 'rolled-back', cause: { atMs: cause?.atMs } });
    expect(pages(ended)).toHaveLength(1);
    expect(ended.rollback?.restoreMs).toBeGreaterThan(1_000);
  });

  it('before its first stage, since stable is not well: it is held on, and a person’s word still counts', async () => {
    env.metrics.set(/success sick v1/, 60);
    const query = { value: 'success sick {{version}}', samples: 'samples sick {{version}}' };
    const stages = [stageFixture({ soakMs: 600_000, checks: [{ ...successCheck, query }] })];
    const rollout = await env.start({ service: 'sick', stages });
    const { runId } = await rollout.handle.describe();
    const held = await rollout.phase('holding');
    await flood(rollout);
    const taken = await rollout.until('to take them all', hasTakenAll);
    expect(taken).toMatchObject({ phase: 'holding', holdReason: held.holdReason });
    await untilNewRun(rollout, async () => (await rollout.handle.describe()).runId !== runId);
    await rollout.signal('rollback', { reason: 'not today' });
    expect(await rollout.ended()).toMatchObject({ phase: 'rolled-back', reports: [] });
  });
});

/** Every share that the canary has from now on. */
async function sharesOf(id: string): Promise<{ stop(): Set<number> }> {
  await env.traffic.whenState(id, ({ leaseUntilMs }) => leaseUntilMs > 0);
  const seen = new Set<number>();
  const look = async () =>
    seen.add(effectivePercent(await env.traffic.read({ id, options: {} }), Date.now()));
  const timer = setInterval(() => void look(), 20);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

async function inBatches(
  count: number,
  size: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += size) {
    await Promise.all(Array.from({ length: Math.min(size, count - from) }, (_, at) => act(from + at)));
  }
}

function watchedIn(input: unknown): number {
  const carry = typeof input === 'object' && input !== null && 'carry' in input ? input.carry : null;
  return typeof carry === 'object' && carry !== null && 'watchedMs' in carry ? Number(carry.watchedMs) : 0;
}
