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
