import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../src/api/board/row.ts';
import type { RolloutRow } from '../../../src/api/contract.ts';
import { endingOf, stateOf } from '../../../src/dashboard/pages/rollouts/row-state.ts';
import { glanceOf } from '../api/board/rows.ts';

const row = (changes: Partial<RolloutRow>): RolloutRow => ({ ...rowOf(glanceOf(), glanceOf()), ...changes });
const restore = { decidedAtMs: 0, dueAtMs: 5_000, restoredAtMs: null };

describe('the state of a rollout in a word', () => {
  it.each([
    ['Soaking', {}],
    ['Paused', { paused: true }],
    ['Failing', { attention: 'failing', paused: true }],
    ['Rolling back', { phase: 'restoring', attention: 'restoring', restore: { ...restore, dueAtMs: 7_000 } }],
    ['Restore late', { phase: 'restoring', attention: 'restoring', restore }],
    [
      'Rolling back',
      { phase: 'restoring', attention: 'restoring', restore: { ...restore, restoredAtMs: 4_000 } },
    ],
    ['Starting', { phase: null }],
    ['Promoted', { endedAtMs: 6_000, outcome: 'promoted' }],
  ] as const)('is %s', (word, changes) => {
    expect(stateOf(row(changes), 6_000).word).toBe(word);
  });

  it('has the tone of the page when it was rolled back', () => {
    const rolledBack = { outcome: 'rolled-back', temporalStatus: 'COMPLETED' } as const;
    expect(endingOf(rolledBack).tone).toBe('bad');
    expect(stateOf(row({ phase: 'rolled-back' }), 6_000).tone).toBe('bad');
  });

  it.each([
    ['TERMINATED', 'Terminated'],
    ['TIMED_OUT', 'Timed out'],
  ])('of one that ended as %s is bad', (temporalStatus, word) => {
    expect(endingOf({ outcome: null, temporalStatus })).toMatchObject({ word, tone: 'bad' });
  });
});
