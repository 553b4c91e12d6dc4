import { describe, expect, it } from 'vitest';
import { forAll } from '../../../../src/domain/plan/event-policy.ts';
import type { Plan } from '../../../../src/domain/plan/types.ts';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { receptionOf } from '../../../../src/domain/rollout/outside.ts';
import { heeded, type OutsideEvent, readOutsideEvent } from '../../../../src/domain/rollout/outside-event.ts';
import { rollbackRecordOf } from '../../../../src/domain/rollout/rollback-record.ts';
import { emptyCarry, type RolloutEvent, type RolloutState } from '../../../../src/domain/rollout/types.ts';
import { planFixture } from '../../../support/plan.ts';

const startedAtMs = 1_000_000;
const finding: OutsideEvent = {
  id: 'e-1',
  type: 'security',
  severity: 'critical',
  title: 'CVE-2030-1 is exploited',
  source: 'scanner',
  version: null,
  atMs: startedAtMs + 5_000,
};
const prepared: RolloutEvent = {
  kind: 'prepared',
  arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
  epochBase: 1,
  note: null,
};
const shifted: RolloutEvent = { kind: 'shifted', readWeightPercent: 10 };
const event = (changes: Partial<OutsideEvent> = {}): RolloutEvent => ({
  kind: 'outside',
  event: { ...finding, ...changes },
});

function reached(events: readonly RolloutEvent[], plan: Plan = planFixture()): RolloutState {
  const start = initialState({ plan, actor: 'ann', reason: '', atMs: startedAtMs });
  return events.reduce((state, one, index) => apply(state, one, startedAtMs + 1 + index), start);
}

const notes = (state: RolloutState) => state.timeline.filter(({ kind }) => kind === 'event');

describe('a security event', () => {
  it('turns the rollout round, and its record says which event it was', () => {
    const state = reached([prepared, shifted, event()]);
    expect(state).toMatchObject({ phase: 'restoring', cause: { kind: 'event', actor: 'scanner' } });
    expect(effectOf(state).kind).toBe('restore');
    expect(rollbackRecordOf(state)).toMatchObject({
      trigger: 'event',
      reason: 'security event: CVE-2030-1 is exploited',
      event: { id: 'e-1', type: 'security', severity: 'critical', source: 'scanner' },
    });
  });

  it.each([
    ['prepares', [] as RolloutEvent[]],
    ['shifts', [prepared]],
    ['is paused', [prepared, shifted, { kind: 'command', command: { name: 'pause' }, via: 'signal' }]],
    ['is held', [prepared, shifted, event({ id: 'e-0', type: 'alert' })]],
  ] as [string, RolloutEvent[]][])('turns a rollout round that %s', (_name, before) => {
    expect(reached([...before, event()]).cause?.kind).toBe('event');
  });

  it('owns up to a stop that the rollout saw first, as whoever asks for a rollback does', () => {
    const stop: RolloutEvent = { kind: 'blocked', cause: 'stop', reason: 'a stop stands' };
    const command = { name: 'rollback', actor: 'ann', reason: 'errors' } as const;
    const asked: RolloutEvent = { kind: 'command', command, via: 'update' };
    const later = { ...command, actor: 'bob', reason: 'me too' };
    const stopped = reached([prepared, shifted, stop]);
    for (const [events, trigger, actor] of [
      [[event()], 'event', 'scanner'],
      [[asked, event(), { ...asked, command: later }], 'command', 'ann'],
    ] as const) {
      const state = events.reduce((before, one) => apply(before, one, startedAtMs + 60_000), stopped);
      const record = rollbackRecordOf(state);
      expect(record).toMatchObject({ trigger, actor, decidedAtMs: stopped.cause?.atMs });
    }
  });

  it('makes a gradual way back immediate, whose first cause stands', () => {
    const { rollback } = planFixture();
    const ramp = { overMs: 4_000, steps: 4 };
    const gradual = planFixture({ rollback: { ...rollback, strategy: 'gradual', ramp } });
    const asked: RolloutEvent = { kind: 'command', command: { name: 'rollback' }, via: 'signal' };
    expect(effectOf(reached([prepared, shifted, asked], gradual)).kind).toBe('ramp');
    const noted = reached([prepared, shifted, asked, event({ id: 'e-0', type: 'alert' })], gradual);
    expect(effectOf(noted).kind).toBe('ramp');
    const hastened = reached([prepared, shifted, asked, event()], gradual);
    expect(effectOf(hastened).kind).toBe('restore');
    expect(hastened.cause?.kind).toBe('command');
  });

  it('is noted when it is merely said, is about another version, or is older than the rollout', () => {
    for (const [changes, why] of [
      [{ severity: 'info' }, ''],
      [{ version: 'v1' }, 'it is about version v1'],
      [{ atMs: startedAtMs - 60_000 }, 'from before this rollout'],
    ] as [Partial<OutsideEvent>, string][]) {
      const state = reached([prepared, shifted, event(changes)]);
      expect(state.phase).toBe('soaking');
      expect(notes(state)).toHaveLength(1);
      expect(notes(state)[0]?.text).toContain(why);
    }
  });

  it('acts when it names the version that is rolled out, and when its clock is a little late', () => {
    expect(reached([prepared, shifted, event({ version: 'v2' })]).cause?.kind).toBe('event');
    expect(reached([prepared, shifted, event({ atMs: startedAtMs - 10_000 })]).cause?.kind).toBe('event');
  });
});

describe('an alert event', () => {
  const alert = event({ type: 'alert', title: 'ShopSlow' });

  it('holds a stage until a person decides, and the soak goes on where it was', () => {
    const carry = { ...emptyCarry, watchedMs: 4_000 };
    const evidence: RolloutEvent = {
      kind: 'watched',
      result: { ending: { kind: 'interrupted' }, carry, verdicts: [] },
    };
    const held = reached([prepared, shifted, evidence, alert]);
    expect(held).toMatchObject({
      phase: 'holding',
      hold: { kind: 'event', reason: 'alert event: ShopSlow' },
    });
    expect(effectOf(held)).toMatchObject({ kind: 'watch', mode: 'wait' });
    const resumed = apply(held, { kind: 'command', command: { name: 'resume' }, via: 'update' }, 9);
    expect(resumed).toMatchObject({ phase: 'soaking', carry: { watchedMs: 4_000 } });
  });

  it('pauses a rollout that has not come to a soak yet', () => {
    expect(reached([prepared, alert])).toMatchObject({ phase: 'shifting', paused: true });
    expect(effectOf(reached([prepared, alert, shifted]))).toMatchObject({ mode: 'wait' });
  });

  it('is noted where there is nothing to hold', () => {
    const state = reached([prepared, shifted, event({ id: 'e-2' }), alert]);
    expect(state).toMatchObject({ phase: 'restoring', cause: { event: { id: 'e-2' } } });
    expect(reached([alert, event({ id: 'e-3', type: 'alert' })]).paused).toBe(true);
  });

  it('does what the plan says', () => {
    const { events } = planFixture();
    const plan = planFixture({ events: { ...events, alert: { ...forAll('rollback'), warning: 'note' } } });
    expect(reached([prepared, shifted, alert], plan).cause?.kind).toBe('event');
    expect(reached([prepared, shifted, event({ type: 'alert', severity: 'warning' })], plan).phase).toBe(
      'soaking',
    );
  });
});

describe('an event that comes twice', () => {
  it('acts once and is told once', () => {
    const alert = event({ type: 'alert' });
    const resumed = reached([
      prepared,
      shifted,
      alert,
      { kind: 'command', command: { name: 'resume' }, via: 'update' },
      alert,
    ]);
    expect(resumed.phase).toBe('soaking');
    expect(notes(resumed)).toHaveLength(1);
    expect(receptionOf(resumed, { ...finding, type: 'alert' })).toMatchObject({ duplicate: true });
  });

  it('is known as long as not too many came after it, and a flood leaves the story readable', () => {
    const flood = Array.from({ length: 1_000 }, (_, at) => event({ id: `f-${at}`, type: 'custom' }));
    const state = reached([prepared, shifted, ...flood]);
    expect(state.seenEvents).toHaveLength(200);
    expect(state.timeline.length).toBeLessThanOrEqual(300);
    expect(state.timeline.map(({ kind }) => kind)).toContain('shifted');
    expect(receptionOf(state, { ...finding, id: 'f-999' }).duplicate).toBe(true);
  });
});

describe('an event as it comes over the wire', () => {
  it.each([
    [undefined, 'must be an object'],
    [[], 'must be an object'],
    [{ id: 'x' }, 'needs an id and a title'],
    [{ id: 'x', title: 't' }, 'needs a type'],
    [{ id: 'x', title: 't', type: 'security', severity: 'huge' }, 'severity is one of'],
    [{ id: 'x'.repeat(129), title: 't', type: 'security' }, 'needs an id'],
  ])('is refused when it is none: %j', (input, message) => {
    expect(readOutsideEvent(input)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it('may come from a person at the command line of Temporal', () => {
    const reading = readOutsideEvent({ id: 'x', title: 't', type: 'security' });
    expect(reading).toMatchObject({
      ok: true,
      event: { severity: 'critical', source: 'unknown', version: null },
    });
    const { event: read } = reading as { event: OutsideEvent };
    expect(heeded(read, undefined, { version: 'v2', startedAtMs }).action).toBe('rollback');
  });
});

describe('what both versions need and is down', () => {
  const down: RolloutEvent = {
    kind: 'watched',
    result: {
      ending: { kind: 'obstructed', check: 'database', reason: 'database is not healthy' },
      carry: { ...emptyCarry, watchedMs: 4_000 },
      verdicts: [],
    },
  };
  const back: RolloutEvent = {
    kind: 'watched',
    result: {
      ending: { kind: 'recovered', reason: 'what held it back has recovered' },
      carry: { ...emptyCarry, watchedMs: 4_000 },
      verdicts: [],
    },
  };

  it('holds the stage as an incident, and lets it go on by itself', () => {
    const held = reached([prepared, shifted, down]);
    expect(held).toMatchObject({ phase: 'holding', cause: null, hold: { kind: 'dependency' } });
    expect(held.timeline.at(-1)?.text).toContain('severity 2: database is not healthy');
    expect(effectOf(held)).toMatchObject({ kind: 'watch', mode: 'wait' });
    expect(reached([prepared, shifted, down, back])).toMatchObject({
      phase: 'soaking',
      hold: null,
      carry: { watchedMs: 4_000 },
    });
  });

  it('releases no hold that has another reason', () => {
    const held = reached([prepared, shifted, event({ type: 'alert' }), back]);
    expect(held).toMatchObject({ phase: 'holding', hold: { kind: 'event' } });
  });
});

describe('drift that cannot be put right', () => {
  const drifted: RolloutEvent = {
    kind: 'watched',
    result: { ending: { kind: 'drifted', reason: 'the canary reads 90 %' }, carry: emptyCarry, verdicts: [] },
  };

  it('is held, or takes the canary back where the plan says so', () => {
    expect(reached([prepared, shifted, drifted])).toMatchObject({
      phase: 'holding',
      hold: { kind: 'drift' },
    });
    const back = reached([prepared, shifted, drifted], planFixture({ drift: 'rollback' }));
    expect(rollbackRecordOf(back)).toMatchObject({ trigger: 'drift', reason: 'the canary reads 90 %' });
  });
});

describe('a limit that strikes', () => {
  it.each([
    ['stage', "the stage's time limit"],
    ['rollout', 'maxDuration'],
  ] as const)('of the %s is the trigger in the record', (scope, words) => {
    const state = reached([prepared, shifted, { kind: 'limit', scope, near: false }]);
    const record = rollbackRecordOf(state);
    expect(record).toMatchObject({ trigger: 'limit', evidence: [] });
    expect(record?.reason).toContain(words);
  });
});
