import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../../src/api/board/row.ts';
import { glanceOf } from '../../../../src/api/temporal/glance.ts';
import { ServerClock } from '../../../../src/api/temporal/server-clock.ts';
import { type FakeRollout, fakeTemporal } from '../fake-temporal.ts';
import { statusOf } from '../fakes.ts';
import { liveOf } from './rows.ts';

const ref = { environment: 'demo', service: 'shop' };

async function lookAt(rollout: FakeRollout, clock = new ServerClock()) {
  const { client, asked } = fakeTemporal({ 'demo/shop': rollout });
  const glance = await glanceOf({ client, address: 'temporal:7233', clock }, ref);
  return { ...rowOf(glance, glance), queries: asked.filter((call) => call === 'query').length };
}

/** A watch whose heartbeat Temporal got so long ago by its clock, which is ahead of this one, as the worker's is. */
function watchedAgo(agoMs: number, { temporalMs = 0, workerMs = 0 }): object {
  const details = liveOf({ atMs: Date.now() + workerMs - agoMs });
  return {
    activityType: { name: 'watch' },
    heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] },
    lastHeartbeatTime: stampOf(Date.now() + temporalMs - agoMs),
  };
}

function stampOf(atMs: number) {
  return { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1_000_000 };
}

describe('a look at a rollout whose API, Temporal and workers have clocks that are apart', () => {
  it.each([
    { temporalMs: 0, workerMs: 0 },
    { temporalMs: 60_000, workerMs: -60_000 },
    { temporalMs: -60_000, workerMs: 60_000 },
    { temporalMs: -60_000, workerMs: -60_000 },
  ])('hears of a watch that beats, and misses one that does not: %j', async (ahead) => {
    const clock = new ServerClock();
    const seen = (agoMs: number) => lookAt({ pending: () => [watchedAgo(agoMs, ahead)] }, clock);
    expect(await seen(1_000)).toMatchObject({ attention: 'none', why: null, measuredPercent: 9.9 });
    expect(await seen(12_000)).toMatchObject({ attention: 'none', why: null });
    expect(await seen(20_000)).toMatchObject({ attention: 'blind', measuredPercent: null });
  });
});

describe('a look at what a rollout has given out', () => {
  const clock = new ServerClock();
  clock.heard(Date.now());
  const ago = (ms: number) => stampOf(Date.now() - ms);
  const prepare = { activityType: { name: 'prepare' } };

  it.each([
    [
      'an activity that no worker has taken up',
      { pending: () => [{ ...prepare, state: 1, scheduledTime: ago(20_000) }] },
    ],
    ['a decision that no worker has taken up', { task: () => ({ state: 1, scheduledTime: ago(20_000) }) }],
  ])('misses the worker by %s', async (_, given) => {
    expect(await lookAt({ phase: 'preparing', ...given }, clock)).toMatchObject({ attention: 'blind' });
  });

  it('misses the worker of all too, once it has looked for long enough', async () => {
    let nowMs = 0;
    const fresh = new ServerClock(() => nowMs);
    const pending = () => [{ ...prepare, state: 1, scheduledTime: { seconds: 2 } }];
    const seen = () => lookAt({ phase: 'preparing', pending }, fresh);
    expect(await seen()).toMatchObject({ attention: 'none' });
    nowMs = 20_000;
    expect(await seen()).toMatchObject({ attention: 'blind' });
  });

  it.each([
    ['under way', { ...prepare, state: 2, scheduledTime: ago(20_000) }],
    ['just given out', { ...prepare, state: 1, scheduledTime: ago(0) }],
    ['to be tried again later', { ...prepare, state: 1, scheduledTime: ago(-20_000) }],
  ])('misses nobody while it is %s', async (_, activity) => {
    const pending = () => [activity];
    expect(await lookAt({ phase: 'preparing', pending }, clock)).toMatchObject({ attention: 'none' });
  });
});

describe('a look at a rollout', () => {
  it.each(['watching', 'cleaning'] as const)(
    'finds the question of a late rollback while %s',
    async (phase) => {
      const holdReason = 'the rollback waits for an approval: CVE-2030-1';
      const account = () => statusOf({ phase, question: 'rollback', holdReason });
      expect(await lookAt({ phase, account })).toMatchObject({ attention: 'asks', why: holdReason });
    },
  );

  it('costs a worker nothing while the phase tells enough', async () => {
    expect(await lookAt({ phase: 'soaking' })).toMatchObject({ attention: 'none', queries: 0 });
  });
});
