import { describe, expect, it } from 'vitest';
import type { LinkClaim } from '../../../../src/domain/gates/approval-link.ts';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { readPayload } from '../../../../src/domain/rollout/payload.ts';
import { statusOf } from '../../../../src/domain/rollout/status.ts';
import type { Command, RolloutState } from '../../../../src/domain/rollout/types.ts';
import { gateFixture, planFixture } from '../../../support/plan.ts';

const people = gateFixture({ name: 'captain', type: 'approval', options: { notAuthor: true } });
const begun = initialState({ plan: planFixture({ gates: [people] }), actor: 'ann', reason: '', atMs: 500 });
const link: LinkClaim = { id: 'l1', about: 'gate:start', startedAtMs: 500, untilMs: 10_000 };
const answer = (state: RolloutState, command: Omit<Command, 'reason'>, nowMs = 1_000) =>
  apply(state, { kind: 'command', command, via: 'update' }, nowMs);
const approve = (changes: Partial<LinkClaim> = {}, actor = 'bob') =>
  ({ name: 'approve', actor, link: { ...link, ...changes } }) as const;

describe('an approval link', () => {
  it('answers the question that it was made for, once, and the rollout remembers it', () => {
    expect(statusOf(begun).question).toBe('gate:start');
    const yes = answer(begun, approve());
    expect(yes.approvals).toMatchObject([{ actor: 'bob', place: 'start' }]);
    expect(statusOf(yes).usedLinks).toEqual(['l1']);
    const again = answer(yes, approve());
    expect(again.approvals).toHaveLength(1);
    expect(again.timeline.at(-1)?.text).toMatch(/the link has been used/);
    const no = answer(yes, { name: 'reject', actor: 'bob', link });
    expect(no.phase).toBe('gating');
  });

  it.each<[string, Partial<LinkClaim>, number, RegExp]>([
    ['too late, at its end itself', {}, 10_000, /has expired/],
    ['of another rollout of the target', { startedAtMs: 400 }, 1_000, /another rollout/],
    ['about another stage', { about: 'gate:1' }, 1_000, /is not asked any more/],
  ])('%s counts for nothing', (_name, changes, nowMs, why) => {
    const after = answer(begun, approve(changes), nowMs);
    expect(after.approvals).toBeUndefined();
    expect(after.timeline.at(-1)).toMatchObject({
      kind: 'command-refused',
      text: expect.stringMatching(why),
    });
  });

  it('that was refused for its person is not used up', () => {
    const after = answer(begun, approve({}, 'ann'));
    expect(after.timeline.at(-1)?.text).toMatch(/cannot approve it/);
    expect(after.usedLinks).toBeUndefined();
  });

  it('is read strictly from the payload of a message', () => {
    expect(readPayload('approve', { link })).toMatchObject({ ok: true, payload: { link } });
    for (const bad of [{ link: 'l1' }, { link: { ...link, id: '' } }, { link: { ...link, untilMs: null } }]) {
      expect(readPayload('approve', bad)).toMatchObject({
        ok: false,
        message: expect.stringContaining('link must have'),
      });
    }
    expect(readPayload('pause', { link })).toMatchObject({ ok: false });
    expect(readPayload('override', { for: '2h' })).toMatchObject({ ok: true, payload: { for: '2h' } });
    for (const [name, time] of [
      ['override', '2'],
      ['override', '25h'],
      ['override', 7],
      ['confirm', '2h'],
    ] as const) {
      expect(readPayload(name, { for: time }), String(time)).toMatchObject({ ok: false });
    }
  });
});

describe('a person who says yes again and again', () => {
  it('pushes out nobody else’s yes', () => {
    const bob = answer(begun, { name: 'approve', actor: 'bob' });
    const yes = { name: 'approve', actor: 'mallory' } as const;
    const all = Array.from({ length: 60 }).reduce<RolloutState>((state) => answer(state, yes), bob);
    expect(all.approvals?.map(({ actor }) => actor)).toEqual(['bob', 'mallory']);
  });

  it('has the gate asked anew each time, since an earlier yes may have expired, but not by a flood', () => {
    const yes = { name: 'approve', actor: 'bob' } as const;
    const keys = (count: number) => {
      let state = begun;
      const seen = Array.from({ length: count }, () => {
        state = answer(state, yes);
        return effectOf(state)?.key;
      });
      return new Set(seen).size;
    };
    expect(keys(3)).toBe(3);
    expect(keys(500)).toBe(50);
  });
});
