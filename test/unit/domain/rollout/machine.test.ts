import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../src/domain/plan/types.ts';
import { legalCommands } from '../../../../src/domain/rollout/commands.ts';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import {
  emptyCarry,
  type RolloutEvent,
  type RolloutState,
  type WatchEnding,
} from '../../../../src/domain/rollout/types.ts';
import { planFixture, stageFixture } from '../../../support/plan.ts';

const prepared: RolloutEvent = {
  kind: 'prepared',
  arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
  epochBase: 1,
  note: null,
};
const shifted: RolloutEvent = { kind: 'shifted', readWeightPercent: 10 };
const watched = (ending: WatchEnding): RolloutEvent => ({
  kind: 'watched',
  result: { ending, carry: emptyCarry, verdicts: [] },
});
const soaked = watched({ kind: 'soaked' });
const restored: RolloutEvent = { kind: 'restored', attempts: 1, tookMs: 12 };
const cleaned: RolloutEvent = { kind: 'cleaned', problem: null };
const command = (
  name: 'promote' | 'pause' | 'resume' | 'rollback' | 'approve' | 'reject',
  full?: boolean,
): RolloutEvent => ({
  kind: 'command',
  command: { name, actor: 'ann', reason: 'because', ...(full ? { full } : {}) },
  via: 'update',
});

function reached(events: readonly RolloutEvent[], plan: Plan = planFixture()): RolloutState {
  const start = initialState({ plan, actor: 'ann', reason: 'new release', atMs: 1_000_000 });
  return events.reduce((state, event, index) => apply(state, event, 1_000_001 + index), start);
}

describe('a rollout without trouble', () => {
  it('goes through its stages, is promoted, watched and cleaned up', () => {
    const phases: string[] = [];
    const events = [
      prepared,
      shifted,
      soaked,
      shifted,
      soaked,
      { kind: 'promoted' } as const,
      soaked,
      cleaned,
    ];
    for (let count = 0; count <= events.length; count++) phases.push(reached(events.slice(0, count)).phase);
    expect(phases).toEqual([
      'preparing',
      'shifting',
      'soaking',
      'shifting',
      'soaking',
      'promoting',
      'watching',
      'cleaning',
      'promoted',
    ]);
  });

  it('asks for one piece of work at a time', () => {
    expect(effectOf(reached([prepared]))).toMatchObject({ kind: 'shift', stage: 0 });
    expect(effectOf(reached([prepared, shifted]))).toMatchObject({ kind: 'watch', mode: 'soak' });
    expect(effectOf(reached([prepared, shifted, command('pause')]))).toMatchObject({
      kind: 'watch',
      mode: 'wait',
    });
    expect(effectOf(reached([prepared, shifted, soaked, shifted, soaked]))).toMatchObject({
      kind: 'promote',
    });
  });

  it('skips the watch after promotion when the plan has none', () => {
    const plan = planFixture({ watchAfterMs: 0, stages: [stageFixture()] });
    expect(reached([prepared, shifted, soaked, { kind: 'promoted' }], plan).phase).toBe('cleaning');
  });

  it('keeps a report of each stage with its ending', () => {
    const state = reached([prepared, shifted, soaked, shifted]);
    expect(state.reports.map(({ name, ending }) => ({ name, ending }))).toEqual([
      { name: '10%', ending: 'soaked' },
      { name: '50%', ending: null },
    ]);
  });
});

describe('going back', () => {
  it('is legal in every state that is not the end, and needs nothing else', () => {
    const path: RolloutEvent[] = [prepared, shifted, soaked, shifted, soaked, { kind: 'promoted' }, soaked];
    for (let count = 0; count <= path.length; count++) {
      const state = reached([...path.slice(0, count), command('rollback')]);
      expect(state.phase, `after ${count} events`).toBe('restoring');
      expect(state.cause).toMatchObject({ kind: 'command', reason: 'because', actor: 'ann' });
    }
  });

  it('starts the old version first when it may have been stopped already', () => {
    const path: RolloutEvent[] = [prepared, shifted, soaked, shifted, soaked, { kind: 'promoted' }];
    expect(reached([...path, command('rollback')]).fallbackCold).toBe(false);
    expect(reached([...path, soaked, command('rollback')]).fallbackCold).toBe(true);
  });

  it('keeps the first cause when more follow', () => {
    const state = reached([
      prepared,
      shifted,
      watched({ kind: 'failed', check: 'x', reason: 'bad' }),
      command('rollback'),
    ]);
    expect(state.cause).toMatchObject({ kind: 'check', reason: 'bad' });
  });

  it.each([
    [watched({ kind: 'failed', check: 'success-rate', reason: 'too many errors' }), 'check'],
    [watched({ kind: 'lapsed', reason: 'lease' }), 'lapse'],
    [watched({ kind: 'moved', reason: 'slot' }), 'drift'],
    [{ kind: 'blocked', cause: 'stop', reason: 'stop' } as const, 'stop'],
    [watched({ kind: 'stopped', reason: 'stop' }), 'stop'],
    [watched({ kind: 'fenced', reason: 'owner' }), 'fenced'],
    [{ kind: 'cancelled' } as const, 'cancel'],
    [{ kind: 'failed', step: 'shift', reason: 'no answer', carry: null } as const, 'failure'],
    [{ kind: 'limit', scope: 'rollout', near: false } as const, 'limit'],
  ])('follows from %j', (event, cause) => {
    expect(reached([prepared, shifted, event])).toMatchObject({ phase: 'restoring', cause: { kind: cause } });
  });

  it('ends as rolled back only after restore and clean-up', () => {
    expect(reached([prepared, shifted, command('rollback'), cleaned]).phase).toBe('restoring');
    expect(reached([prepared, shifted, command('rollback'), restored]).phase).toBe('cleaning');
    expect(reached([prepared, shifted, command('rollback'), restored, cleaned]).phase).toBe('rolled-back');
  });

  it('restores once more when traffic moved again before the clean-up', () => {
    const state = reached([
      prepared,
      shifted,
      command('rollback'),
      restored,
      { kind: 'unsafe', reason: 'canary 10 %' },
    ]);
    expect(state).toMatchObject({ phase: 'restoring', restoredAtMs: null });
  });

  it('leaves an old version running that still takes traffic after a promotion, and says so', () => {
    const path: RolloutEvent[] = [prepared, shifted, soaked, shifted, soaked, { kind: 'promoted' }, soaked];
    const state = reached([...path, { kind: 'unsafe', reason: 'stable blue' }]);
    expect(state.phase).toBe('promoted');
    expect(state.timeline.map(({ kind }) => kind)).toContain('clean-up-failed');
  });

  it('is never undone by a late answer of an earlier effect', () => {
    for (const late of [prepared, shifted, soaked, { kind: 'promoted' } as const]) {
      expect(reached([prepared, shifted, command('rollback'), late]).phase).toBe('restoring');
    }
  });
});

describe('pause, hold and approval', () => {
  it('keeps judging while paused: a failing check still ends the canary', () => {
    const state = reached([
      prepared,
      shifted,
      command('pause'),
      watched({ kind: 'failed', check: 'x', reason: 'bad' }),
    ]);
    expect(state.phase).toBe('restoring');
  });

  it('does not advance on a soak that ended in the moment of the pause', () => {
    expect(reached([prepared, shifted, command('pause'), soaked])).toMatchObject({
      phase: 'soaking',
      paused: true,
    });
  });

  it('holds for a person when evidence is missing, and goes on when it arrives', () => {
    const held = reached([prepared, shifted, watched({ kind: 'inconclusive', reason: 'no data' })]);
    expect(held).toMatchObject({ phase: 'holding', hold: { kind: 'inconclusive' } });
    expect(effectOf(held)).toMatchObject({ kind: 'watch', mode: 'hold' });
    expect(apply(held, watched({ kind: 'conclusive', reason: 'data' }), 2).phase).toBe('shifting');
  });

  it('rolls back instead of holding when the plan says so', () => {
    const plan = planFixture({ analysis: { intervalMs: 1_000, onInconclusive: 'rollback' } });
    expect(
      reached([prepared, shifted, watched({ kind: 'inconclusive', reason: 'no data' })], plan).cause,
    ).toMatchObject({
      kind: 'inconclusive',
    });
  });

  it('gives a stage held for lack of evidence another soak on resume, and one held for drift the rest of its own', () => {
    const carry = { ...emptyCarry, watchedMs: 20_000, extended: true, reasserted: 3 };
    const held = (kind: 'drifted' | 'inconclusive'): RolloutEvent => ({
      kind: 'watched',
      result: { ending: { kind, reason: 'why' }, carry, verdicts: [] },
    });
    const resumed = (kind: 'drifted' | 'inconclusive') =>
      reached([prepared, shifted, held(kind), command('resume')]);
    const soaking = { phase: 'soaking', hold: null };
    expect(resumed('inconclusive')).toMatchObject({ ...soaking, carry: { watchedMs: 0, extended: false } });
    expect(resumed('drifted')).toMatchObject({ ...soaking, carry: { watchedMs: 20_000, reasserted: 0 } });
  });

  it('waits for an approval that promote cannot skip', () => {
    const plan = planFixture({
      stages: [stageFixture({ approval: true }), stageFixture({ weightPercent: 50 })],
    });
    const waiting = reached([prepared, shifted, soaked], plan);
    expect(waiting.phase).toBe('approving');
    expect(apply(waiting, command('promote'), 2).phase).toBe('approving');
    expect(apply(waiting, command('approve'), 2).phase).toBe('shifting');
    expect(apply(waiting, command('reject'), 2)).toMatchObject({
      phase: 'restoring',
      cause: { kind: 'rejected' },
    });
    expect(reached([prepared, shifted, command('promote')], plan).phase).toBe('approving');
    expect(reached([prepared, shifted, command('promote', true)], plan).phase).toBe('soaking');
  });
});

describe('a stage whose approval its starter may not give', () => {
  const plan = planFixture({ stages: [stageFixture({ approval: true, notAuthor: true }), stageFixture()] });
  const waiting = reached([prepared, shifted, soaked], plan);
  const said = (name: 'approve' | 'reject', actor?: string): RolloutEvent => ({
    kind: 'command',
    command: { name, ...(actor === undefined ? {} : { actor }) },
    via: 'signal',
  });

  it.each([
    ['the starter', 'ann', /ann has started this rollout/],
    ['the starter in capitals', ' ANN', /cannot approve it; ask somebody else/],
    ['nobody who says their name', undefined, /needs the name of whoever gives it/],
  ])('takes no yes of %s, and says so', (_, actor, why) => {
    const after = apply(waiting, said('approve', actor), 2);
    expect(after.phase).toBe('approving');
    expect(after.timeline.at(-1)).toMatchObject({
      kind: 'command-refused',
      text: expect.stringMatching(why),
    });
  });

  it('goes on with the yes of somebody else, and back with anybody’s no', () => {
    expect(legalCommands(waiting)).toContain('approve');
    expect(apply(waiting, said('approve', 'bob'), 2).phase).toBe('shifting');
    expect(apply(waiting, said('reject', 'ann'), 2).cause).toMatchObject({ kind: 'rejected', actor: 'ann' });
  });
});

describe('commands', () => {
  it('promote ends the stage, and with full ends all stages', () => {
    expect(reached([prepared, shifted, command('promote')])).toMatchObject({ phase: 'shifting', stage: 1 });
    expect(reached([prepared, shifted, command('promote', true)])).toMatchObject({
      phase: 'promoting',
      stage: 1,
    });
  });

  it('that do not fit are noted and change nothing else', () => {
    const before = reached([prepared]);
    const state = apply(before, command('approve'), 2);
    expect({ ...state, timeline: before.timeline }).toEqual(before);
    expect(state.timeline.at(-1)).toMatchObject({ kind: 'command-refused', actor: 'ann' });
  });

  it('lists what is legal now', () => {
    expect(legalCommands(reached([prepared, shifted]))).toEqual(['promote', 'pause', 'rollback']);
    expect(legalCommands(reached([prepared, shifted, command('pause')]))).toEqual([
      'promote',
      'resume',
      'rollback',
    ]);
    expect(legalCommands(reached([prepared, shifted, command('rollback')]))).toEqual(['rollback']);
    expect(legalCommands(reached([prepared, shifted, command('rollback'), restored, cleaned]))).toEqual([]);
  });
});

describe('limits', () => {
  it('say so before they strike', () => {
    const state = reached([prepared, shifted, { kind: 'limit', scope: 'rollout', near: true }]);
    expect(state.phase).toBe('soaking');
    expect(state.timeline.at(-1)?.kind).toBe('limit-near');
  });

  it('do not strike after promotion', () => {
    const plan = planFixture({ stages: [stageFixture()] });
    const limit: RolloutEvent = { kind: 'limit', scope: 'rollout', near: false };
    expect(reached([prepared, shifted, soaked, { kind: 'promoted' }, limit], plan).phase).toBe('watching');
  });
});

describe('the timeline', () => {
  it('stays bounded under a flood, and keeps what matters', () => {
    const flood = Array.from({ length: 2_000 }, (): RolloutEvent => command('approve'));
    const state = reached([prepared, shifted, ...flood, command('rollback')]);
    expect(state.timeline.length).toBeLessThanOrEqual(300);
    expect(state.droppedEntries).toBeGreaterThan(1_600);
    expect(state.timeline.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['started', 'prepared', 'shifted', 'restore-started']),
    );
  });
});
