import { describe, expect, it } from 'vitest';
import { effectOf } from '../../../../src/domain/rollout/effects.ts';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import { statusOf } from '../../../../src/domain/rollout/status.ts';
import type { Command, RolloutState } from '../../../../src/domain/rollout/types.ts';
import { gateFixture, planFixture } from '../../../support/plan.ts';

const hourMs = 3_600_000;
const windowed = planFixture({ gates: [gateFixture({ name: 'hours', gate: 'window', type: 'window' })] });
const begun = (plan = windowed) => initialState({ plan, actor: 'ann', reason: 'fix', atMs: 0 });
const say = (state: RolloutState, command: Command, nowMs: number) =>
  apply(state, { kind: 'command', command, via: 'update' }, nowMs);
const asked: Command = { name: 'override', actor: 'ann', reason: 'a hole in the shop', for: '2h' };
const last = (state: RolloutState) => state.timeline.at(-1);

describe('an override of windows', () => {
  it('changes nothing until another person confirms it, and counts from then on for its time', () => {
    const pending = say(begun(), asked, 1_000);
    expect(statusOf(pending)).toMatchObject({
      overrideAsked: { actor: 'ann', reason: 'a hole in the shop', forMs: 2 * hourMs },
    });
    expect(statusOf(pending)).not.toHaveProperty('override');
    expect(effectOf(pending).key).toBe(effectOf(begun()).key);
    const confirmed = say(pending, { name: 'confirm', actor: 'bob' }, 2_000);
    expect(statusOf(confirmed)).toMatchObject({
      override: { actor: 'ann', confirmedBy: 'bob', untilMs: 2_000 + 2 * hourMs },
    });
    expect(statusOf(confirmed)).not.toHaveProperty('overrideAsked');
    expect(last(confirmed)).toMatchObject({
      kind: 'override',
      actor: 'bob',
      text: expect.stringContaining('ann and bob'),
    });
    // Windows are asked anew at once.
    expect(effectOf(confirmed).key).not.toBe(effectOf(pending).key);
  });

  it.each<[string, Command, RegExp]>([
    ['of nobody', { name: 'override', reason: 'r' }, /needs the name/],
    ['without a reason', { name: 'override', actor: 'ann' }, /needs a reason/],
    ['that nobody asked for', { name: 'confirm', actor: 'bob' }, /no override is asked for/],
  ])('%s is refused', (_name, command, why) => {
    expect(last(say(begun(), command, 1))).toMatchObject({
      kind: 'command-refused',
      text: expect.stringMatching(why),
    });
  });

  it('is not confirmed by whoever asked, however they write their name, nor too late, nor twice', () => {
    const pending = say(begun(), asked, 0);
    for (const [command, nowMs, why] of [
      [{ name: 'confirm', actor: ' ANN' }, 1, /somebody else must confirm/],
      [{ name: 'confirm' }, 1, /needs the name/],
      [{ name: 'confirm', actor: 'bob' }, hourMs, /in time/],
      [{ ...asked, actor: 'cid' }, 1, /ann has asked for one already/],
    ] as const) {
      expect(last(say(pending, command, nowMs))?.text).toMatch(why);
    }
    const confirmed = say(pending, { name: 'confirm', actor: 'bob' }, 1);
    expect(last(say(confirmed, { name: 'confirm', actor: 'cid' }, 2))?.text).toMatch(
      /no override is asked for/,
    );
  });

  it('has no place in a rollout without windows, nor on the way back', () => {
    const free = begun(planFixture({ gates: [gateFixture()] }));
    expect(last(say(free, asked, 1))?.text).toMatch(/no window binds/);
    const back = say(begun(), { name: 'rollback', reason: 'bad' }, 1);
    expect(last(say(back, asked, 2))?.text).toMatch(/only rollback is accepted/);
  });
});
