import { expect, test } from 'vitest';
import { refusalOf } from '../../../../src/domain/rollout/commands.ts';
import { expectationOf } from '../../../../src/domain/rollout/expectation.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { statusOf } from '../../../../src/domain/rollout/status.ts';
import { type CommandName, emptyCarry, type RolloutEvent } from '../../../../src/domain/rollout/types.ts';
import { gateFixture, planFixture, stageFixture } from '../../../support/plan.ts';

const soaked: RolloutEvent = {
  kind: 'watched',
  result: { ending: { kind: 'soaked' }, carry: emptyCarry, verdicts: [] },
};
const inconclusive: RolloutEvent = {
  kind: 'watched',
  result: { ending: { kind: 'inconclusive', reason: 'no data' }, carry: emptyCarry, verdicts: [] },
};
const shifted: RolloutEvent = { kind: 'shifted', readWeightPercent: 10 };
const prepared: RolloutEvent = {
  kind: 'prepared',
  arms: { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' },
  epochBase: 1,
  note: null,
};
const by = (name: CommandName, actor: string): RolloutEvent => ({
  kind: 'command',
  command: { name, actor, reason: 'fine', ...(name === 'override' ? { for: '1h' } : {}) },
  via: 'update',
});

const stages = [10, 50].map((weightPercent) => stageFixture({ weightPercent, approval: true }));

function reached(...events: readonly RolloutEvent[]) {
  const plan = planFixture({ stages, guards: [{ ...gateFixture({ type: 'window' }), onRefuse: 'hold' }] });
  const begun = initialState({ plan, actor: 'ann', reason: 'new', atMs: 1_000 });
  return [prepared, shifted, ...events].reduce((state, event, at) => apply(state, event, 2_000 + at), begun);
}

/** What becomes of a command that is given for what was seen, once more has happened. */
function lateBy(name: CommandName, seen: readonly RolloutEvent[], meanwhile: readonly RolloutEvent[]) {
  const expectation = expectationOf(name, statusOf(reached(...seen)));
  const command = { name, actor: 'eve', ...(expectation === null ? {} : { expect: expectation }) };
  expect(refusalOf(reached(...seen), command, 3_000), 'at once').toBeNull();
  return refusalOf(reached(...seen, ...meanwhile), command, 3_000);
}

test('the second of two promotions of one stage is refused, by whom the first was', () => {
  const stageOn = [by('promote', 'ann'), by('approve', 'bob'), shifted];
  expect(lateBy('promote', [], stageOn)).toMatch(
    /meant for stage "10%" while soaking, and the rollout is soaking in stage "50%" by now; the last that happened: /,
  );
  expect(lateBy('promote', [], [by('promote', 'ann')])).toMatch(/is approving in stage "10%" by now/);
});

test('a hold is not what somebody saw who promotes or resumes a stage that soaks', () => {
  expect(lateBy('promote', [], [inconclusive])).toContain('is holding in stage "10%" by now');
  expect(lateBy('resume', [inconclusive], [by('resume', 'ann'), by('pause', 'bob')])).toMatch(
    /is soaking .* happened: pause: fine \(bob\)$/,
  );
});

test('a yes to one question is no yes to the next one', () => {
  const next = [by('approve', 'bob'), shifted, soaked];
  expect(lateBy('approve', [soaked], next)).toContain('is not asked any more');
  expect(lateBy('reject', [soaked], next)).toContain('is not asked any more');
  expect(lateBy('confirm', [by('override', 'ann')], [by('confirm', 'bob'), by('override', 'ann')])).toContain(
    'is not asked any more',
  );
});

test('a command for another rollout of the target is refused', () => {
  const command = { name: 'promote', expect: { startedAtMs: 999, stage: 0 } } as const;
  expect(refusalOf(reached(), command, 3_000)).toMatch(
    /another rollout; that of v2, which began at 1970-\S+, is soaking by now/,
  );
});

test('without an expectation a command means what there is', () => {
  expect(
    refusalOf(reached(by('promote', 'ann'), by('approve', 'bob'), shifted), { name: 'promote' }, 3_000),
  ).toBe(null);
});

test('a pause means whatever stage there is of the rollout that was seen, and a rollback is never refused', () => {
  expect(expectationOf('pause', statusOf(reached()))).toEqual({ startedAtMs: 1_000 });
  expect(expectationOf('override', statusOf(reached()))).toEqual({ startedAtMs: 1_000 });
  expect(expectationOf('rollback', statusOf(reached()))).toBeNull();
});
