import { describe, expect, it } from 'vitest';
import { type ApprovalRule, tally } from '../../../../src/domain/gates/approval.ts';

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
});
