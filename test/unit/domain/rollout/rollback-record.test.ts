import { describe, expect, it } from 'vitest';
import { observe } from '../../../../src/domain/analysis/record.ts';
import type { CheckRecord, Verdict, VerdictKind } from '../../../../src/domain/analysis/types.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { rollbackRecordOf } from '../../../../src/domain/rollout/rollback-record.ts';
import { emptyCarry, type RolloutEvent } from '../../../../src/domain/rollout/types.ts';
import { planFixture, successCheck } from '../../../support/plan.ts';

const verdict = (kind: VerdictKind, atMs: number): Verdict => ({
  check: successCheck.name,
  kind,
  reason: `${kind} at ${atMs}`,
  canary: 95,
  stable: null,
  canarySamples: 200,
  stableSamples: null,
  atMs,
});
const looks: readonly [VerdictKind, number][] = [
  ['fail', 3_000],
  ['pass', 4_000],
  ['fail', 5_000],
  ['error', 6_000],
  ['fail', 7_000],
];

function events(ending: 'failed' | 'soaked'): readonly [RolloutEvent, number][] {
  const record = looks.reduce<CheckRecord | null>(
    (known, [kind, atMs]) => observe(known, verdict(kind, atMs), successCheck),
    null,
  );
  const checks = record === null ? [] : [record];
  const carry = { ...emptyCarry, checks, canaryRequests: 321 };
  const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
  const end =
    ending === 'failed'
      ? ({ kind: 'failed', check: 'success-rate', reason: 'too many' } as const)
      : { kind: 'soaked' as const };
  return [
    [{ kind: 'prepared', arms, epochBase: 1, note: null }, 1_500],
    [{ kind: 'shifted', readWeightPercent: 10 }, 2_000],
    [{ kind: 'watched', result: { ending: end, carry, verdicts: [] } }, 7_100],
  ];
}

function stateAfter(list: readonly [RolloutEvent, number][]) {
  const start = initialState({ plan: planFixture(), actor: 'ann', reason: '', atMs: 1_000 });
  return list.reduce((state, [event, atMs]) => apply(state, event, atMs), start);
}

describe('the record of a rollback', () => {
  it('is not there while nothing goes back', () => {
    expect(rollbackRecordOf(stateAfter(events('soaked')))).toBeNull();
  });

  it('tells trigger, evidence, times and impact', () => {
    const state = stateAfter([
      ...events('failed'),
      [{ kind: 'restored', attempts: 1, tookMs: 9 }, 7_150],
      [{ kind: 'cleaned', problem: null }, 7_200],
    ]);
    expect(rollbackRecordOf(state)).toMatchObject({
      target: 'test/shop',
      version: 'v2',
      stableVersion: 'v1',
      trigger: 'check',
      reason: 'too many',
      evidence: [{ kind: 'fail', atMs: 7_000 }],
      firstBadAtMs: 5_000,
      decidedAtMs: 7_100,
      decideMs: 2_100,
      restoreMs: 50,
      exposedMs: 5_150,
      canaryRequests: 321,
      actions: [
        { kind: 'restore-started', afterMs: 0 },
        { kind: 'restored', afterMs: 50 },
        { kind: 'cleaned', afterMs: 100 },
      ],
    });
  });

  it('has no evidence of checks when a person was the cause', () => {
    const command: RolloutEvent = {
      kind: 'command',
      command: { name: 'rollback', actor: 'bob', reason: 'users' },
      via: 'update',
    };
    const state = stateAfter([...events('failed').slice(0, 2), [command, 4_000]]);
    expect(rollbackRecordOf(state)).toMatchObject({
      trigger: 'command',
      actor: 'bob',
      evidence: [],
      firstBadAtMs: null,
      restoreMs: null,
    });
  });
});
