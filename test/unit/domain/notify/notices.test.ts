import { describe, expect, it } from 'vitest';
import { noticesOf } from '../../../../src/domain/notify/notices.ts';
import { subjectOf, toldSince } from '../../../../src/domain/notify/told.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { emptyCarry, type RolloutEvent, type RolloutState } from '../../../../src/domain/rollout/types.ts';
import { gateFixture, planFixture } from '../../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const prepared: RolloutEvent = { kind: 'prepared', arms, epochBase: 1, note: null };
const shifted: RolloutEvent = { kind: 'shifted', readWeightPercent: 10 };
const failed: RolloutEvent = {
  kind: 'watched',
  result: {
    ending: { kind: 'failed', check: 'errors', reason: 'errors: 5 %' },
    carry: emptyCarry,
    verdicts: [],
  },
};
const restored: RolloutEvent = { kind: 'restored', attempts: 1, tookMs: 12 };
const cleaned: RolloutEvent = { kind: 'cleaned', problem: null };

function begin(overrides: Parameters<typeof planFixture>[0] = {}): RolloutState {
  return initialState({ plan: planFixture(overrides), actor: 'ann', reason: 'test', atMs: 1_000 });
}

/** What is told of each event, as the rollout would tell it. */
function story(state: RolloutState, events: readonly RolloutEvent[]) {
  let now = state;
  let told = 0;
  const steps = [null, ...events].map((event, index) => {
    if (event !== null) now = apply(now, event, 1_000 + index);
    const said = toldSince(now, told);
    told = now.timeline.length + now.droppedEntries;
    return said === null ? [] : noticesOf(subjectOf(now, 'w', 'run-1'), said);
  });
  return steps.flat();
}

describe('notices of a rollout', () => {
  it('tell each transition of one that is rolled back, once, with what is known of the rollback', () => {
    const notices = story(begin(), [prepared, shifted, failed, restored, cleaned]);
    expect(notices.map(({ event, trouble }) => [event, trouble])).toEqual([
      ['rollout.started', 'none'],
      ['stage.begun', 'resolved'],
      ['check.failed', 'none'],
      ['rollback.begun', 'opened'],
      ['rollback.restored', 'resolved'],
      ['rollout.ended', 'resolved'],
    ]);
    expect(new Set(notices.map(({ key }) => key)).size).toBe(notices.length);
    expect(notices.at(-1)).toMatchObject({
      title: 'rollout ended: rolled-back',
      progress: { outcome: 'rolled-back', stableVersion: 'v1' },
      rollback: { reason: 'errors: 5 %', trigger: 'check' },
    });
  });

  it('say that gates are waited for, and ask people where one of them is an approval', () => {
    const waiting = story(begin({ gates: [gateFixture()] }), []);
    expect(waiting.map(({ event, text }) => [event, text])).toContainEqual(['gate.waiting', 'waits for ci']);
    const asking = story(begin({ gates: [gateFixture({ type: 'approval', name: 'captain' })] }), []);
    expect(asking.find(({ event }) => event === 'approval.asked')).toMatchObject({
      trouble: 'opened',
      severity: 'warning',
    });
  });

  it('are critical where people are paged', () => {
    const notices = story(begin(), [
      prepared,
      shifted,
      failed,
      { kind: 'restore-late', reason: 'severity 1: late' },
    ]);
    expect(notices.at(-1)).toMatchObject({ event: 'restore.late', severity: 'critical', trouble: 'opened' });
  });

  it('page people when stable could not be shown to be well, and let the end of the rollout resolve nothing', () => {
    const verify = { checks: [], consecutive: 1, intervalMs: 1_000, timeoutMs: 9_000 };
    const plan = planFixture();
    const begun = begin({ rollback: { ...plan.rollback, verify } });
    const told = (result: 'passed' | 'failed') =>
      story(begun, [
        prepared,
        shifted,
        failed,
        restored,
        { kind: 'verified', result, reason: 'r', looks: 1 },
        cleaned,
      ])
        .slice(-2)
        .map(({ event, severity, trouble }) => [event, severity, trouble]);
    expect(told('failed')).toEqual([
      ['rollback.verified', 'critical', 'opened'],
      ['rollout.ended', 'info', 'none'],
    ]);
    expect(told('passed')).toEqual([
      ['rollback.verified', 'info', 'none'],
      ['rollout.ended', 'info', 'resolved'],
    ]);
  });

  it('are not made critical by what a person writes', () => {
    const said = { name: 'rollback', actor: 'ann', reason: 'no severity 1, only a typo' } as const;
    const notices = story(begin(), [prepared, shifted, { kind: 'command', command: said, via: 'update' }]);
    expect(notices.find(({ event }) => event === 'rollback.begun')).toMatchObject({ severity: 'warning' });
  });

  it('tell nobody of refused commands and malformed messages, however many come', () => {
    const flood = Array.from(
      { length: 400 },
      (): RolloutEvent => ({ kind: 'malformed', name: 'x', message: 'no' }),
    );
    const notices = story(begin(), [...flood, prepared, shifted]);
    expect(notices.map(({ event }) => event)).toEqual(['rollout.started', 'stage.begun']);
  });
});
