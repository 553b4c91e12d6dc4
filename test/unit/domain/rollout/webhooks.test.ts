import { expect, it } from 'vitest';
import { apply, initialState } from '../../../../src/domain/rollout/machine.ts';
import type { RolloutEvent, RolloutState } from '../../../../src/domain/rollout/types.ts';
import { dueTellings } from '../../../../src/domain/rollout/webhooks.ts';
import { planFixture } from '../../../support/plan.ts';

const webhook = { hook: 'ledger', on: ['stage', 'rollback', 'post'], timeoutMs: 1_000, tries: 2 } as const;
const keys = (state: RolloutState) => dueTellings(state).map(({ key }) => key);
const after = (state: RolloutState, ...events: RolloutEvent[]) =>
  events.reduce((now, event, at) => apply(now, event, at), state);

it('tells each stage, the way back and the end once, in that order', () => {
  const arms = { stableSlot: 'blue', stableVersion: 'v1', canaryVersion: 'v2' } as const;
  const begun = initialState({
    plan: planFixture({ webhooks: [webhook] }),
    actor: 'ann',
    reason: '',
    atMs: 0,
  });
  expect(keys(begun)).toEqual([]);
  const soaking = after(
    begun,
    { kind: 'prepared', arms, epochBase: 1, note: null },
    { kind: 'shifted', readWeightPercent: 10 },
  );
  expect(keys(soaking)).toEqual(['0:stage0']);
  const told = after(soaking, { kind: 'telling', keys: keys(soaking) });
  expect(keys(told)).toEqual([]);
  const back = after(told, { kind: 'cancelled' });
  expect(keys(back)).toEqual(['0:rollback']);
  const ended = after(
    back,
    { kind: 'telling', keys: keys(back) },
    { kind: 'restored', attempts: 1, tookMs: 5 },
    { kind: 'cleaned', problem: null },
  );
  expect(ended.phase).toBe('rolled-back');
  expect(keys(ended)).toEqual(['0:post']);
  const noted = after(ended, { kind: 'told', hook: 'ledger', about: 'post', problem: 'it is away' });
  expect(noted.timeline.at(-1)).toMatchObject({
    kind: 'webhook',
    text: 'ledger could not be told of post: it is away',
  });
});

it('tells nobody who did not ask', () => {
  const plan = planFixture({ webhooks: [{ ...webhook, on: ['post'] }] });
  const begun = initialState({ plan, actor: 'ann', reason: '', atMs: 0 });
  expect(keys(after(begun, { kind: 'cancelled' }))).toEqual([]);
  expect(
    keys(
      after(initialState({ plan: planFixture(), actor: 'a', reason: '', atMs: 0 }), { kind: 'cancelled' }),
    ),
  ).toEqual([]);
});
