import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypes, severities } from '../../../../src/domain/plan/event-policy.ts';
import { isTerminal, refusalOf } from '../../../../src/domain/rollout/commands.ts';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { statusOf } from '../../../../src/domain/rollout/status.ts';
import {
  commandNames,
  emptyCarry,
  type RolloutEvent,
  type RolloutState,
  type WatchEnding,
} from '../../../../src/domain/rollout/types.ts';
import { planFixture, stageFixture } from '../../../support/plan.ts';

const ending: fc.Arbitrary<WatchEnding> = fc.oneof(
  fc.constantFrom<WatchEnding>({ kind: 'soaked' }, { kind: 'interrupted' }),
  fc
    .constantFrom(
      'inconclusive',
      'conclusive',
      'drifted',
      'moved',
      'lapsed',
      'stopped',
      'fenced',
      'recovered',
    )
    .map((kind) => ({ kind, reason: 'r' }) as WatchEnding),
  fc.constantFrom<WatchEnding>(
    { kind: 'failed', check: 'c', reason: 'r' },
    { kind: 'obstructed', check: 'c', reason: 'r' },
    { kind: 'stable-worse', check: 'c', reason: 'r' },
  ),
);
const outside = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  type: fc.constantFrom(...eventTypes),
  severity: fc.constantFrom(...severities),
  title: fc.constant('t'),
  source: fc.constant('s'),
  version: fc.constantFrom(null, 'v1', 'v2'),
  atMs: fc.integer({ min: 0, max: 2_000_000 }),
});
const event: fc.Arbitrary<RolloutEvent> = fc.oneof(
  { weight: 2, arbitrary: outside.map((one): RolloutEvent => ({ kind: 'outside', event: one })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        name: fc.constantFrom(...commandNames),
        full: fc.boolean(),
        via: fc.constantFrom('signal', 'update'),
      })
      .map(
        ({ name, full, via }): RolloutEvent => ({
          kind: 'command',
          command: {
            name,
            actor: full ? 'ann' : 'bob',
            reason: 'r',
            ...(name === 'promote' ? { full } : {}),
          },
          via,
        }),
      ),
  },
  {
    weight: 4,
    arbitrary: ending.map(
      (end): RolloutEvent => ({ kind: 'watched', result: { ending: end, carry: emptyCarry, verdicts: [] } }),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.constantFrom<RolloutEvent>(
      {
        kind: 'prepared',
        arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
        epochBase: 1,
        note: null,
      },
      { kind: 'shifted', readWeightPercent: 10 },
      { kind: 'promoted' },
      { kind: 'restored', attempts: 1, tookMs: 1 },
      { kind: 'restore-late', reason: 'r' },
      { kind: 'unsafe', reason: 'r' },
      {
        kind: 'prepared',
        arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
        epochBase: 1,
        note: null,
        cooldown: { untilMs: 9_000_000, automatic: true },
        stableProblem: 'it is sick',
      },
      { kind: 'ramped', result: { steps: [], turned: null, carry: emptyCarry } },
      { kind: 'acting' },
      { kind: 'acted', problem: null },
      { kind: 'acted', problem: 'p' },
      { kind: 'verified', result: 'failed', reason: 'r', looks: 1 },
      { kind: 'rested' },
      { kind: 'cleaned', problem: null },
      { kind: 'failed', step: 'shift', reason: 'r', carry: null },
      { kind: 'blocked', cause: 'lapse', reason: 'r' },
      { kind: 'cancelled' },
      { kind: 'limit', scope: 'rollout', near: false },
      { kind: 'limit', scope: 'stage', near: true },
      { kind: 'malformed', name: 'rollback', message: 'm' },
    ),
  },
);
const irreversible = planFixture({
  rollback: { ...planFixture().rollback, strategy: 'blue-green' },
  stages: [stageFixture(), stageFixture({ weightPercent: 50, irreversible: true })],
});
const plan = fc.constantFrom(
  planFixture(),
  planFixture({ watchAfterMs: 0, stages: [stageFixture({ approval: true })] }),
  planFixture({ analysis: { intervalMs: 1_000, onInconclusive: 'rollback' } }),
  planFixture({
    rollback: {
      ...planFixture().rollback,
      strategy: 'gradual',
      ramp: { overMs: 2_000, steps: 4 },
      verify: { checks: [], consecutive: 1, intervalMs: 1_000, timeoutMs: 1_000 },
      approval: true,
    },
  }),
  planFixture({
    rollback: {
      ...planFixture().rollback,
      strategy: 'phased',
      actions: [
        { action: 'drain', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
        { action: 'webhook', hook: 'h', timeoutMs: 1_000, onFailure: 'stop' },
        { action: 'scale-down', hook: null, timeoutMs: 1_000, onFailure: 'continue' },
      ],
    },
    onFailure: 'freeze',
  }),
  irreversible,
);

/** Checks one step of a random walk; every (state, event) pair that the walk meets must keep these promises. */
function checkStep(before: RolloutState, happened: RolloutEvent, after: RolloutState): void {
  if (isTerminal(before)) {
    expect({ ...after, timeline: [], droppedEntries: 0 }).toEqual({
      ...before,
      timeline: [],
      droppedEntries: 0,
    });
    expect(effectOf(after).kind).toBe('none');
    return;
  }
  expect(refusalOf(before, { name: 'rollback' }, 0)).toBeNull();
  if (before.cause) {
    // Whose a stop was may be learned after it; nothing else about a decision ever changes.
    const learned = before.cause.kind === 'stop' && after.cause?.kind !== 'stop';
    expect(learned ? after.cause?.atMs : after.cause).toEqual(learned ? before.cause.atMs : before.cause);
    expect(['restoring', 'cleaning', 'rolled-back']).toContain(after.phase);
    const { ramp } = after;
    if (ramp === null || ramp.endedAtMs !== null) expect(statusOf(after).askedPercent).toBe(0);
    else expect(statusOf(after).askedPercent).toBeLessThan(ramp.fromPercent);
    // Once the restore has taken over, nothing gives the canary a share again.
    if (effectOf(before).kind !== 'ramp') expect(effectOf(after).kind).not.toBe('ramp');
    expect(['ramp', 'restore', 'act', 'verify', 'rest', 'clean', 'none']).toContain(effectOf(after).kind);
  } else if (happened.kind === 'command' && happened.command.name === 'rollback') {
    expect(after.phase).toBe('restoring');
  }
  if (before.plan === irreversible && before.reports.length === 2 && !before.cause && after.cause) {
    // Sluice alone takes nothing back from here; people do, and facts have done it already.
    expect(['command', 'rejected', 'cancel', 'drift', 'lapse', 'stop', 'fenced', 'event']).toContain(
      after.cause.kind,
    );
    if (after.cause.kind === 'drift') expect(happened.kind).toBe('watched');
  }
  if (after.phase === 'rolled-back') expect(before.restoredAtMs).not.toBeNull();
  if (after.phase === 'promoted') expect(after.promotedAtMs).not.toBeNull();
  expect(effectOf(after).kind === 'none').toBe(isTerminal(after));
  expect(JSON.parse(JSON.stringify(after))).toEqual(after);
}

describe('every state, every event', () => {
  it('keeps the promises of the state machine on any walk', () => {
    fc.assert(
      fc.property(plan, fc.array(event, { maxLength: 60 }), (thePlan, events) => {
        const fresh = initialState({ plan: thePlan, actor: 'a', reason: '', atMs: 5_000 });
        let state: RolloutState = { ...fresh, asksToTheEnd: true };
        for (const [index, happened] of events.entries()) {
          const next = apply(state, happened, 5_001 + index);
          checkStep(state, happened, next);
          state = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
