import { describe, expect, it } from 'vitest';
import {
  findInputOf,
  isRestored,
  nextSweepInMs,
  noted,
  onAgain,
  onFound,
  onRelease,
  onSwept,
  openedState,
  sweepInputsOf,
} from '../../../../src/domain/emergency/state.ts';
import { emergencyDetailsOf, emergencyStatusOf } from '../../../../src/domain/emergency/status.ts';
import type { FindResult, FoundRollout, TargetLook } from '../../../../src/domain/emergency/sweep.ts';
import type { EmergencyState } from '../../../../src/domain/emergency/types.ts';

const order = { id: 'all', scope: ['all'], to: null, actor: 'ann', reason: 'fire', stoppedAll: ['main'] };
const opened = () => openedState(order, 0);

function look(changes: Partial<TargetLook> = {}): TargetLook {
  return {
    target: 'prod/shop',
    traffic: 'main',
    runId: 'run-1',
    told: true,
    promoted: false,
    good: true,
    done: false,
    left: false,
    reason: null,
    version: null,
    switched: false,
    ...changes,
  };
}

function findings(changes: Partial<FindResult> = {}): FindResult {
  return { found: [], unseen: [], unknown: [], idle: [], problem: null, ...changes };
}

function swept(state: EmergencyState, atMs: number, ...looks: TargetLook[]): EmergencyState {
  return onSwept(state, onFound(state, findings(), atMs), [{ looks, released: [] }], atMs);
}

const progressOf = (state: EmergencyState, target = 'prod/shop') => state.records[target]?.progress;

describe('a target', () => {
  it('is restored by a good read, and verified by two of them once its rollout has ended', () => {
    const once = swept(opened(), 100, look({ done: true }));
    expect([progressOf(once), isRestored(once)]).toEqual(['restored', false]);
    const running = swept(once, 200, look());
    expect(progressOf(running)).toBe('restored');
    const ended = swept(running, 300, look({ done: true }));
    expect([progressOf(ended), isRestored(ended)]).toEqual(['verified', true]);
    expect(ended.records['prod/shop']).toMatchObject({
      foundAtMs: 100,
      restoredAtMs: 100,
      verifiedAtMs: 300,
    });
  });

  it('must read well in a row: a bad read begins anew', () => {
    const good = swept(opened(), 100, look({ done: true }));
    const bad = swept(good, 200, look({ done: true, good: false, reason: 'it reads 50 %' }));
    expect(bad.records['prod/shop']).toMatchObject({
      progress: 'not-restored',
      reason: 'it reads 50 %',
      restoredAtMs: null,
    });
    expect(progressOf(swept(bad, 300, look({ done: true })))).toBe('restored');
  });

  it('that is settled is asked about no more, and told no more', () => {
    const other = look({ target: 'prod/cart', runId: 'run-2', good: false, reason: 'away' });
    const first = swept(opened(), 100, look({ done: true }), other);
    const state = swept(first, 200, look({ done: true }), other);
    const { open, settledRuns } = findInputOf(state);
    expect([open.map(({ target }) => target), settledRuns]).toEqual([['prod/cart'], ['run-1']]);
  });

  it('with a new rollout is a new story', () => {
    const done = look({ done: true });
    const verified = swept(swept(opened(), 100, done), 200, done);
    const anew = swept(verified, 300, look({ runId: 'run-9' }));
    expect(anew.records['prod/shop']).toMatchObject({ progress: 'restored', goodReads: 1, foundAtMs: 300 });
  });

  it('for which nothing more can be done holds nobody up, and is named', () => {
    const left = look({ good: false, done: true, left: true, reason: 'no version known' });
    const state = swept(swept(opened(), 100, left), 200, left);
    expect(isRestored(state)).toBe(true);
    expect(emergencyStatusOf(state).incident.summary).toContain('prod/shop (no version known)');
  });
});

describe('what is found', () => {
  const found = (target: string): FoundRollout => ({
    target,
    runId: `run of ${target}`,
    running: true,
    phase: 'soaking',
    outcome: null,
    startedAtMs: 0,
    endedAtMs: null,
    traffic: { name: 'main', options: {} },
    emergency: null,
  });

  it('is kept at once, so that a sweep that is lost loses no target', () => {
    const state = onFound(opened(), findings({ found: [found('prod/shop')] }), 50);
    expect(state.records['prod/shop']).toMatchObject({
      progress: 'not-restored',
      reason: 'just found',
      told: false,
      foundAtMs: 50,
    });
    expect(findInputOf(state).open).toMatchObject([{ target: 'prod/shop', told: false }]);
  });

  it('is swept a thousand at a time', () => {
    const many = Array.from({ length: 2_500 }, (_, index) => found(`prod/s${index}`));
    const result = findings({ found: many, idle: ['main'] });
    const inputs = sweepInputsOf(onFound(opened(), result, 0), result);
    expect(inputs.map(({ subjects, idle }) => [subjects.length, idle])).toEqual([
      [1000, ['main']],
      [1000, []],
      [500, []],
    ]);
  });

  it('of a target about which Temporal says nothing is why', () => {
    const first = onFound(opened(), findings({ found: [found('prod/shop')] }), 0);
    const state = onFound(first, findings({ unseen: [{ target: 'prod/shop', reason: 'away' }] }), 10);
    expect(state.records['prod/shop']).toMatchObject({ progress: 'not-restored', reason: 'away' });
  });
});

describe('the pace of sweeps', () => {
  it('begins at once, goes on through the lag of lists, and ends when all is quiet', () => {
    expect(nextSweepInMs(opened())).toBe(0);
    let state = swept(opened(), 100);
    let atMs = 100;
    const waits: number[] = [];
    for (let wait = nextSweepInMs(state); wait !== null; wait = nextSweepInMs(state)) {
      waits.push(wait);
      atMs += wait;
      state = swept(state, atMs);
      expect(waits.length).toBeLessThan(50);
    }
    expect(waits.slice(0, 3)).toEqual([1_000, 2_000, 3_000]);
    expect(atMs).toBeGreaterThanOrEqual(15_000);
    expect(atMs).toBeLessThan(30_000);
  });

  it('never ends while a target is not restored, and slows down to a minute', () => {
    const bad = look({ good: false, reason: 'away' });
    let state = opened();
    let atMs = 0;
    for (let sweeps = 0; sweeps < 40; sweeps++) {
      state = swept(state, atMs, bad);
      const wait = nextSweepInMs(state);
      expect(wait).not.toBeNull();
      expect(wait).toBeLessThanOrEqual(60_000);
      atMs += wait ?? 0;
    }
    expect(nextSweepInMs(state)).toBe(60_000);
    expect(nextSweepInMs(swept(state, atMs, look()))).toBe(1_000);
  });

  it('never ends while the rollouts cannot be listed', () => {
    let state = opened();
    for (let atMs = 0; atMs < 60_000; atMs += 3_000) {
      const problem = 'Temporal is away';
      state = onSwept(state, onFound(state, findings({ problem }), atMs), [], atMs);
    }
    expect([isRestored(state), nextSweepInMs(state)]).toEqual([false, 60_000]);
    expect(emergencyStatusOf(state)).toMatchObject({ phase: 'restoring', problem: 'Temporal is away' });
  });

  it('begins anew when it is asked for again', () => {
    const done = look({ done: true });
    let state = swept(opened(), 0, done);
    for (let atMs = 1_000; nextSweepInMs(state) !== null; atMs += 3_000) state = swept(state, atMs, done);
    const again = onAgain(
      state,
      { to: 'previous', actor: 'bob', reason: 'more', stoppedAll: ['edge'] },
      90_000,
    );
    expect(nextSweepInMs(again)).toBe(0);
    expect(again.order).toMatchObject({ to: 'previous', stoppedAll: ['main', 'edge'], actor: 'ann' });
    expect(findInputOf(again).settledRuns).toEqual([]);
  });
});

describe('an emergency', () => {
  it('is one incident: opened, updated with each change, closed by the release', () => {
    const state = swept(opened(), 100, look({ good: false, reason: 'away' }));
    expect(emergencyStatusOf(state).incident).toEqual({
      severity: 1,
      state: 'open',
      title: 'emergency rollback of all: fire',
      summary: '0 of 1 restored, 0 verified; not restored: prod/shop (away)',
      openedAtMs: 0,
      updatedAtMs: 100,
      closedAtMs: null,
    });
    const released = onRelease(state, { actor: 'bob', reason: 'fixed', atMs: 500 });
    expect(emergencyStatusOf(released)).toMatchObject({
      phase: 'released',
      release: { actor: 'bob', reason: 'fixed', atMs: 500 },
      incident: { state: 'closed', closedAtMs: 500 },
    });
    expect(emergencyDetailsOf(released)).toContain('Released by bob: fixed');
  });

  it('tells each change once', () => {
    const bad = look({ good: false, reason: 'away' });
    const state = swept(swept(swept(opened(), 1, bad), 2, bad), 3, look());
    expect(state.timeline.map(({ text }) => text)).toEqual([
      'opened: fire',
      '0 of 1 restored, 0 verified; not restored: prod/shop (away)',
      '1 of 1 restored, 0 verified',
    ]);
  });

  it('keeps its first entry and its last ones, however many come', () => {
    let state = opened();
    for (let n = 0; n < 500; n++) state = noted(state, { atMs: n, text: `note ${n}`, actor: null });
    expect(state.timeline).toHaveLength(200);
    expect([state.timeline[0]?.text, state.timeline.at(-1)?.text]).toEqual(['opened: fire', 'note 499']);
  });

  it('goes on where it was when it is continued as new, and forgets released data planes', () => {
    const state = onSwept(opened(), opened(), [{ looks: [], released: ['main'] }], 100);
    expect(openedState({ ...order, state }, 900)).toBe(state);
    expect(state.order.stoppedAll).toEqual([]);
  });
});
