import { describe, expect, it } from 'vitest';
import { type ApprovalRule, tally, waitsFor } from '../../../../src/domain/gates/approval.ts';

const rule: ApprovalRule = {
  count: 2,
  people: null,
  delegations: [],
  notAuthor: true,
  validForMs: 60_000,
};
const counted = (people: readonly string[], more: Partial<ApprovalRule> = {}) =>
  tally(
    { ...rule, ...more },
    {
      approvals: people.map((actor) => ({ actor, reason: null, place: 'start' as const, atMs: 1_000 })),
      place: 'start',
      author: 'ann',
      nowMs: 2_000,
    },
  ).counted;

describe('who has approved', () => {
  it('counts nobody twice, however the name is written', () => {
    expect(counted(['bob', 'Bob', ' BOB '])).toEqual(['bob']);
  });

  it('knows the author in capitals', () => {
    expect(counted(['Ann', 'bob'])).toEqual(['bob']);
  });

  it('knows people and who stands in for them in capitals', () => {
    const delegations = [{ from: 'CID', to: 'dora', untilMs: null }];
    expect(counted(['Cid', 'Dora', 'eve'], { people: ['cid'], delegations })).toEqual(['Cid', 'Dora']);
  });

  it('takes nobody for a second person who stands in for the author alone', () => {
    const only = [{ from: 'ann', to: 'dora', untilMs: null }];
    const people = ['ann', 'bob'];
    expect(counted(['dora'], { people, delegations: only })).toEqual([]);
    expect(counted(['dora'], { people, delegations: only, notAuthor: false })).toEqual(['dora']);
    const both = [...only, { from: 'bob', to: 'dora', untilMs: null }];
    expect(counted(['dora'], { people, delegations: both })).toEqual(['dora']);
  });

  it('waits for people and for who stands in for them now', () => {
    const delegations = [
      { from: 'bob', to: 'dora', untilMs: null },
      { from: 'bob', to: 'gone', untilMs: 1_000 },
      { from: 'ann', to: 'eve', untilMs: null },
      { from: 'zoe', to: 'fay', untilMs: null },
    ];
    const about = { author: 'ann', nowMs: 2_000 };
    expect(waitsFor({ ...rule, people: ['bob', 'cid'], delegations }, ['Cid'], about)).toEqual([
      'bob',
      'dora',
    ]);
    expect(waitsFor(rule, [], about)).toBeNull();
  });
});
