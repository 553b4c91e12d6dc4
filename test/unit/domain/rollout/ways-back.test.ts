import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, RollbackConfig } from '../../../../src/domain/plan/types.ts';
import { isRepeated, legalCommands } from '../../../../src/domain/rollout/commands.ts';
import { cooldownOf } from '../../../../src/domain/rollout/cooldown.ts';
import { begun, effectOf, leniencyOf, mayCutOff } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { receptionOf } from '../../../../src/domain/rollout/outside.ts';
import { nextStepMs, rampPercent } from '../../../../src/domain/rollout/ramp.ts';
import { rollbackRecordOf } from '../../../../src/domain/rollout/rollback-record.ts';
import {
  type Command,
  type CommandName,
  emptyCarry,
  type RolloutEvent,
  type RolloutState,
  type WatchEnding,
} from '../../../../src/domain/rollout/types.ts';
import { planFixture, stageFixture } from '../../../support/plan.ts';

const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
const prepared: RolloutEvent = { kind: 'prepared', arms, epochBase: 1, note: null };
const shifted: RolloutEvent = { kind: 'shifted', readWeightPercent: 10 };
const watched = (ending: WatchEnding): RolloutEvent => ({
  kind: 'watched',
  result: { ending, carry: emptyCarry, verdicts: [] },
});
const failed = watched({ kind: 'failed', check: 'success-rate', reason: 'too many errors' });
const soaked = watched({ kind: 'soaked' });
const restored: RolloutEvent = { kind: 'restored', attempts: 1, tookMs: 12 };
const told = (
  name: CommandName,
  via: 'signal' | 'update' = 'signal',
  more: Partial<Command> = {},
): RolloutEvent => ({ kind: 'command', command: { name, reason: 'because', ...more }, via });
const patiently = told('rollback', 'update', { gradual: true });

function planWith(rollback: Partial<RollbackConfig>, overrides: Partial<Plan> = {}): Plan {
  return planFixture({ rollback: { ...planFixture().rollback, ...rollback }, ...overrides });
}

function reached(plan: Plan, ...events: readonly RolloutEvent[]): RolloutState {
  const start = initialState({ plan, actor: 'ann', reason: '', atMs: 1_000_000 });
  return events.reduce((state, event, index) => apply(state, event, 1_000_001 + index), start);
}

describe('the shares of a gradual way back', () => {
  it('fall at once, evenly, and reach 0 one step before the time is over', () => {
    const ramp = { overMs: 120_000, steps: 4 };
    const at = (seconds: number) => rampPercent(40, ramp, seconds * 1_000);
    expect([0, 29, 30, 60, 89, 90, 120].map(at)).toEqual([30, 30, 20, 10, 10, 0, 0]);
    expect(nextStepMs(ramp, 31_000)).toBe(60_000);
  });

  it('never rise and always end, whatever the plan says', () => {
    const ramps = fc.record({
      overMs: fc.integer({ min: 2_000, max: 1_800_000 }),
      steps: fc.integer({ min: 2, max: 20 }),
    });
    const moments = fc.tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 0, max: 2_000_000 }));
    fc.assert(
      fc.property(ramps, moments, fc.integer({ min: 1, max: 100 }), (ramp, [a, b], from) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((ms) => rampPercent(from, ramp, ms));
        expect(earlier).toBeLessThan(from);
        expect(later).toBeLessThanOrEqual(earlier ?? 0);
        expect(rampPercent(from, ramp, ramp.overMs)).toBe(0);
      }),
    );
  });
});

describe('gradual', () => {
  const plan = planWith({ strategy: 'gradual', ramp: { overMs: 4_000, steps: 4 } });

  it.each([
    ['a rollback as a signal', told('rollback'), 'ramp'],
    [
      'a rollback as a signal that says it is at once',
      told('rollback', 'signal', { gradual: false }),
      'restore',
    ],
    ['a rollback as an update', told('rollback', 'update'), 'restore'],
    ['a rollback as an update that says so', patiently, 'ramp'],
    ['a failed check', failed, 'restore'],
    ['a lapse', watched({ kind: 'lapsed', reason: 'r' }), 'restore'],
    ['a limit', { kind: 'limit', scope: 'rollout', near: false }, 'restore'],
    ['a cancellation', { kind: 'cancelled' }, 'restore'],
  ] as const)('%s asks for the right pace', (_what, event, kind) => {
    expect(effectOf(reached(plan, prepared, shifted, event)).kind).toBe(kind);
  });

  it.each([
    ['asked again', told('rollback')],
    ['cancelled', { kind: 'cancelled' }],
    ['at its limit', { kind: 'limit', scope: 'rollout', near: false }],
    ['without its activity', { kind: 'failed', step: 'ramp', reason: 'r', carry: null }],
    ['done', { kind: 'ramped', result: { steps: [], turned: null, carry: emptyCarry } }],
  ] as const)('is the restore\u2019s when it is %s, and never a ramp again', (_what, event) => {
    const hastened = reached(plan, prepared, shifted, told('rollback'), event);
    expect(effectOf(hastened).kind).toBe('restore');
    expect(hastened.cause?.kind).toBe('command');
    expect(effectOf(apply(hastened, event, 2_000_000)).kind).toBe('restore');
  });

  it('goes on in its steps when somebody asks for just that again, and ends them for whoever does not', () => {
    const again = reached(plan, prepared, shifted, patiently, patiently);
    expect(effectOf(again).kind).toBe('ramp');
    expect(effectOf(apply(again, told('rollback', 'update'), 1_000_100)).kind).toBe('restore');
  });

  it('tells a request that the story has from another of the same person', () => {
    const command = { name: 'rollback', actor: 'ann', reason: 'bad', requestId: 'r1' } as const;
    const story = reached(plan, prepared, shifted, { kind: 'command', command, via: 'signal' });
    expect(isRepeated(story, { ...command })).toBe(true);
    for (const other of [
      { ...command, requestId: 'r2' },
      { ...command, actor: 'bob' },
      { ...command, reason: 'worse' },
      { ...command, gradual: true },
      { ...command, name: 'reject' } as const,
      { name: 'rollback', actor: 'ann', reason: 'bad' } as const,
    ]) {
      expect(isRepeated(story, other)).toBe(false);
    }
    expect(isRepeated(reached(plan, prepared, shifted), command)).toBe(false);
  });

  it('does not ramp a promoted version, nor a canary that has no share', () => {
    const promoted = reached(
      plan,
      prepared,
      shifted,
      soaked,
      shifted,
      soaked,
      { kind: 'promoted' },
      told('rollback'),
    );
    expect(effectOf(promoted).kind).toBe('restore');
    expect(effectOf(reached(plan, prepared, told('rollback'))).kind).toBe('restore');
  });
});

describe('the second means', () => {
  const plan = planWith({ secondMeans: ['stop-canary'] });

  it('may cut off a canary, and nothing before there is one', () => {
    expect(mayCutOff(reached(plan, prepared, shifted, failed))).toBe(true);
    expect(mayCutOff(reached(plan, told('rollback')))).toBe(false);
  });

  it('spare a version whose promotion may have been written, reported or not', () => {
    const promoting = begun(reached(plan, prepared, shifted, soaked, shifted, soaked));
    const unreported = apply(promoting, told('rollback'), 2_000_000);
    expect(unreported).toMatchObject({ phase: 'restoring', promotedAtMs: null });
    expect(mayCutOff(unreported)).toBe(false);
    expect(mayCutOff(apply(apply(promoting, { kind: 'promoted' }, 2_000_000), failed, 2_000_001))).toBe(
      false,
    );
  });
});

describe('phased', () => {
  const actions = [
    { action: 'drain', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
    { action: 'webhook', hook: 'tell', timeoutMs: 1_000, onFailure: 'stop' },
    { action: 'scale-down', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
  ] as const;
  const plan = planWith({ strategy: 'phased', actions });
  const done = (problem: string | null): RolloutEvent[] => [{ kind: 'acting' }, { kind: 'acted', problem }];
  const home = [prepared, shifted, failed, restored];

  it('acts only after the restore, one by one, and then cleans up', () => {
    expect(effectOf(reached(plan, prepared, shifted, failed)).kind).toBe('restore');
    const keys = [0, 1, 2, 3].map((count) =>
      effectOf(reached(plan, ...home, ...Array.from({ length: count }, () => done(null)).flat())),
    );
    expect(keys.map(({ kind }) => kind)).toEqual(['act', 'act', 'act', 'clean']);
    expect(keys.map((effect) => ('action' in effect ? effect.action.action : null))).toEqual([
      'drain',
      'webhook',
      'scale-down',
      null,
    ]);
  });

  it('goes on after a failure or stops, as each action says, and keeps the restore', () => {
    const gone = reached(plan, ...home, ...done('no counters'), ...done('away'));
    expect(effectOf(gone).kind).toBe('clean');
    expect(gone.restoredAtMs).not.toBeNull();
    const record = rollbackRecordOf(gone);
    expect(record?.steps).toMatchObject([
      { action: 'drain', durationMs: 1, problem: 'no counters' },
      { action: 'webhook', hook: 'tell', durationMs: 1, problem: 'away' },
    ]);
    expect(gone.timeline.at(-1)?.text).toMatch(/webhook tell failed after 1 ms: away; 1 more are left out/);
  });
});

describe('a freeze', () => {
  it('keeps the share and lets failures pass until a person decides', () => {
    const plan = planFixture({ onFailure: 'freeze' });
    const frozen = reached(plan, prepared, shifted, failed);
    expect(frozen).toMatchObject({ phase: 'holding', cause: null, hold: { kind: 'failure' } });
    expect(leniencyOf(frozen)).toBe('frozen');
    expect(apply(frozen, failed, 2_000_000)).toMatchObject({ phase: 'holding', cause: null });
    expect(legalCommands(frozen)).toEqual(['promote', 'resume', 'rollback']);
    expect(apply(frozen, told('rollback'), 2_000_000).cause?.kind).toBe('command');
    expect(apply(frozen, told('resume'), 2_000_000)).toMatchObject({ phase: 'soaking', hold: null });
  });

  it('after the promotion holds the watch; resume keeps the version, whose checks decide nothing more', () => {
    const stages = [stageFixture({ irreversible: true })];
    const frozen = reached(planFixture({ stages }), prepared, shifted, soaked, { kind: 'promoted' }, failed);
    expect(frozen).toMatchObject({ phase: 'watching', cause: null, hold: { kind: 'failure' } });
    expect(apply(frozen, soaked, 2_000_000).phase).toBe('watching');
    const kept = apply(frozen, told('resume'), 2_000_000);
    expect(leniencyOf(kept)).toBe('kept');
    expect(apply(kept, failed, 2_000_001).cause).toBeNull();
    expect(apply(kept, soaked, 2_000_001).phase).toBe('cleaning');
  });

  it('goes back to the last share that was read when a shift fails, and shifts again when it is resumed', () => {
    const stages = [stageFixture({ irreversible: true }), stageFixture({ weightPercent: 50 })];
    const broken: RolloutEvent = { kind: 'failed', step: 'shift', reason: 'no answer', carry: null };
    const frozen = reached(planFixture({ stages }), prepared, shifted, soaked, broken);
    expect(effectOf(frozen)).toMatchObject({ kind: 'watch', stage: 0, mode: 'wait' });
    expect(effectOf(apply(frozen, told('resume'), 2_000_000))).toMatchObject({ kind: 'shift', stage: 1 });
    expect(effectOf(apply(frozen, told('promote'), 2_000_000))).toMatchObject({ kind: 'shift', stage: 1 });
  });

  it('yields to facts, and says that an irreversible stage was undone', () => {
    const stages = [stageFixture({ irreversible: true })];
    const lapsed = reached(
      planFixture({ stages }),
      prepared,
      shifted,
      watched({ kind: 'lapsed', reason: 'away' }),
    );
    expect(lapsed.cause?.kind).toBe('lapse');
    expect(lapsed.timeline.at(-1)?.text).toMatch(/severity 1: users are back from a stage/);
  });
});

describe('a cooldown', () => {
  const plan = planWith({ cooldownMs: 60_000 });

  it('is left by a rollback that users noticed, and says whether Sluice decided it', () => {
    expect(cooldownOf(reached(plan, prepared, shifted, failed, restored))).toEqual({
      untilMs: 1_000_004 + 60_000,
      automatic: true,
    });
    expect(cooldownOf(reached(plan, prepared, shifted, told('rollback'), restored))?.automatic).toBe(false);
    expect(cooldownOf(reached(plan, prepared, told('rollback'), restored))).toBeNull();
    expect(cooldownOf(reached(plan, prepared, shifted, failed))).toBeNull();
    expect(cooldownOf(reached(planFixture(), prepared, shifted, failed, restored))).toBeNull();
  });

  it.each([
    ['after a decision of Sluice\u2019s own', true, failed, 'rest'],
    ['after a decision of a person', false, failed, 'clean'],
    ['when a person wants it', true, told('rollback'), 'clean'],
  ] as const)('parks a rollback within it %s', (_when, automatic, event, kind) => {
    const cooling: RolloutEvent = {
      ...prepared,
      cooldown: { untilMs: 5_000_000, automatic },
    } as RolloutEvent;
    expect(effectOf(reached(plan, cooling, shifted, event, restored)).kind).toBe(kind);
  });
});

describe('the approval of a late rollback', () => {
  const plan = planWith({ approval: true }, { stages: [stageFixture()] });
  const asked = reached(plan, prepared, shifted, soaked, { kind: 'promoted' }, failed);

  it('keeps the new version and the old one warm until it is given', () => {
    expect(asked).toMatchObject({ phase: 'watching', cause: null });
    expect(leniencyOf(asked)).toBe('frozen');
    expect(apply(asked, soaked, 2_000_000).phase).toBe('watching');
    expect(apply(asked, told('approve'), 2_000_000)).toMatchObject({
      phase: 'restoring',
      cause: { kind: 'check', atMs: 2_000_000 },
    });
    expect(apply(asked, told('reject'), 2_000_000)).toMatchObject({
      phase: 'watching',
      kept: true,
      asked: null,
    });
  });

  it('is asked for by an event from outside as well, which takes nothing back by itself', () => {
    const about = { type: 'security', severity: 'critical', title: 'CVE', source: 'scanner' } as const;
    const event: RolloutEvent = {
      kind: 'outside',
      event: { ...about, id: 'e-1', version: null, atMs: 3_000_000 },
    };
    const watching = reached(plan, prepared, shifted, soaked, { kind: 'promoted' });
    const waiting = apply(watching, event, 2_000_000);
    expect(waiting).toMatchObject({ phase: 'watching', cause: null, asked: { kind: 'event' } });
    expect(waiting.timeline.at(-1)?.kind).toBe('approval-asked');
    expect(receptionOf(watching, event.event)).toMatchObject({
      action: 'rollback',
      why: expect.stringContaining('waits for an approval'),
    });
    expect(apply(waiting, told('approve'), 2_000_001)).toMatchObject({
      phase: 'restoring',
      cause: { kind: 'event', reason: 'security event: CVE' },
    });
    // A person is asked one question at a time.
    expect(apply(asked, event, 2_000_000).asked).toEqual(asked.asked);
    const canary = apply(reached(plan, prepared, shifted), event, 2_000_000);
    expect(canary.phase).toBe('restoring');
  });

  describe('in the clean-up', () => {
    const began = { ...reached(plan, prepared, shifted, soaked), asksToTheEnd: true };
    const over: RolloutState = apply(apply(began, { kind: 'promoted' }, 1_000_002), soaked, 1_000_003);
    const about = { type: 'security', severity: 'critical', title: 'CVE', source: 'scanner' } as const;
    const told = (state: RolloutState) => {
      const event = { ...about, id: 'e-1', version: null, atMs: 3_000_000 };
      return apply(state, { kind: 'outside', event }, 2_000_000);
    };
    const answered = (name: 'approve' | 'reject') =>
      apply(told(over), { kind: 'command', command: { name, actor: 'bob' }, via: 'signal' }, 2_000_001);

    it('is asked for as well, and nothing more of the old version is stopped meanwhile', () => {
      expect(effectOf(over)).toMatchObject({ kind: 'clean', key: 'clean:old' });
      expect(told(over)).toMatchObject({ phase: 'cleaning', cause: null, asked: { kind: 'event' } });
      expect(effectOf(told(over))).toMatchObject({ kind: 'rest', untilMs: null });
      // The work may have ended in the same moment.
      expect(apply(told(over), { kind: 'cleaned', problem: null }, 2_000_001).phase).toBe('cleaning');
    });

    it('starts the old version again, or lets it go after all', () => {
      expect(answered('approve')).toMatchObject({
        phase: 'restoring',
        fallbackCold: true,
        cause: { kind: 'event', actor: 'bob' },
      });
      expect(effectOf(answered('reject')).key).toBe('clean:old');
      expect(apply(answered('reject'), { kind: 'cleaned', problem: null }, 2_000_002).phase).toBe('promoted');
    });

    it('was not asked for in a rollout that began earlier', () => {
      const { asksToTheEnd: _, ...earlier } = over;
      expect(told(earlier)).toMatchObject({ phase: 'restoring', asked: null, cause: { kind: 'event' } });
    });
  });

  it('is no precondition of a rollback by a person', () => {
    expect(apply(asked, told('rollback'), 2_000_000).phase).toBe('restoring');
  });
});

describe('a stable version that is sick before the start', () => {
  const sick: RolloutEvent = {
    ...prepared,
    stableProblem: 'the stable version v1 is not well',
  } as RolloutEvent;

  it('holds before any user is touched; resume and promote go on, rollback ends it', () => {
    const held = reached(planFixture(), sick);
    expect(held).toMatchObject({ phase: 'holding', hold: { kind: 'sick-stable' }, reports: [] });
    expect(effectOf(held).kind).toBe('rest');
    expect(effectOf(apply(held, told('resume'), 2_000_000))).toMatchObject({ kind: 'shift', stage: 0 });
    expect(effectOf(apply(held, told('promote'), 2_000_000))).toMatchObject({ kind: 'shift', stage: 0 });
    expect(effectOf(apply(held, told('rollback'), 2_000_000)).kind).toBe('restore');
  });

  it('ends by a limit while no user is touched, and stays held where the way back leads to a worse version', () => {
    const limit: RolloutEvent = { kind: 'limit', scope: 'rollout', near: false };
    expect(reached(planFixture(), sick, limit)).toMatchObject({ phase: 'restoring' });
    const worse: RolloutEvent = {
      kind: 'watched',
      result: {
        ending: { kind: 'stable-worse', check: 'errors', reason: 'stable is worse' },
        carry: emptyCarry,
        verdicts: [],
      },
    };
    const late = reached(planFixture(), prepared, shifted, worse, limit);
    expect(late).toMatchObject({ phase: 'holding', cause: null, hold: { kind: 'sick-stable' } });
    expect(late.timeline.at(-1)).toMatchObject({ kind: 'held', data: { severity: 1, cause: 'limit' } });
  });
});
