/** What viewers cost Temporal: nothing that depends on how many they are. */
import { defaultPayloadConverter } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { Feeds } from '../../../src/api/feeds.ts';
import { SeriesReader } from '../../../src/api/temporal/series.ts';
import { describe as describeRun, viewOf } from '../../../src/api/temporal/view.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { emptySeries, withLook } from '../../../src/domain/rollout/series.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { planFixture } from '../../support/plan.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fakeTemporal } from './fake-temporal.ts';
import { statusOf } from './fakes.ts';

const shop = { environment: 'demo', service: 'shop' };
const address = '127.0.0.1:7233';
let feeds: Feeds | undefined;

afterEach(() => feeds?.close());

/** Follows a rollout that changes all the time until each viewer has been told of some changes. */
async function watchedBy(viewers: number, changes: number) {
  let stage = 0;
  const temporal = fakeTemporal({ 'demo/shop': { account: () => statusOf({ stage: stage++ }) } });
  const service = createTemporalService({
    client: temporal.client,
    address,
    replay: async () => ({ ran: false, why: 'not asked' }),
    planes: createDataPlanes({ names: ['a'], get: () => createMemoryTraffic() }),
    policies: { read: async () => ({ policies: [], sha256: 'none' }) },
  });
  feeds = new Feeds(service, 1);
  const told = Array.from({ length: viewers }, () => 0);
  for (const viewer of told.keys()) {
    feeds.of({ ...shop, runId: 'run-of-rollout/demo/shop' }).join(({ kind }) => {
      if (kind === 'status') told[viewer] = (told[viewer] ?? 0) + 1;
    });
  }
  await waitFor('each to be told', () => told.every((count) => count >= changes));
  const { asked } = temporal;
  const looks = asked.filter((call) => call === 'query').length;
  feeds.close();
  return { perLook: asked.length / looks, looks, least: Math.min(...told), most: Math.max(...told) };
}

test('a hundred viewers of a rollout cost Temporal as many calls as one, and all see every look', async () => {
  const one = await watchedBy(1, 10);
  const hundred = await watchedBy(100, 10);
  expect(hundred.perLook).toBeCloseTo(one.perLook, 0);
  expect(hundred.perLook).toBeLessThanOrEqual(2);
  expect(hundred.least).toBe(hundred.most);
  expect(hundred.looks - hundred.most).toBeLessThanOrEqual(1);
});

describe('series', () => {
  const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
  const started = {
    eventId: 1,
    workflowExecutionStartedEventAttributes: { input: payloads({ plan: planFixture() }) },
  };

  function world() {
    const state = { events: [started] as object[], looks: 1 };
    const series = () =>
      Array.from({ length: state.looks }, (_, at) => at).reduce(
        (before, at) =>
          withLook(before, 'success-rate', {
            atMs: 1000 * at,
            kind: 'pass',
            canary: 99,
            stable: 99,
            low: null,
            high: null,
          }),
        emptySeries(0, ['success-rate'], false),
      );
    const beat = () => ({ stage: 0, carry: { checks: [] }, series: series(), atMs: 1000 * state.looks });
    const pending = () => [{ activityType: { name: 'watch' }, heartbeatDetails: payloads(beat()) }];
    const temporal = fakeTemporal({ 'demo/shop': { events: () => state.events, pending } });
    const deps = { client: temporal.client, address };
    return { state, temporal, deps, reader: new SeriesReader(deps) };
  }

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('asked for by a hundred at once, and by more within a second, are read once', async () => {
    const { temporal, reader } = world();
    const answers = await Promise.all(Array.from({ length: 100 }, () => reader.read(shop)));
    expect(answers[99]?.stages[0]?.checks[0]?.atMs).toEqual([0]);
    vi.advanceTimersByTime(999);
    await reader.read(shop);
    expect(temporal.asked).toEqual(['describe', 'history']);
    vi.advanceTimersByTime(1);
    await reader.read(shop);
    expect(temporal.asked).toEqual(['describe', 'history', 'describe']);
  });

  test('are read again at once by whoever was told of a turn of the rollout, or changed it', async () => {
    const { state, temporal, deps, reader } = world();
    await reader.read(shop);
    state.events = [...state.events, { eventId: 2 }];
    await viewOf({ ...deps, heardOf: (described) => reader.heardOf(described) }, shop);
    temporal.asked.length = 0;
    await reader.read(shop);
    await viewOf({ ...deps, heardOf: (described) => reader.heardOf(described) }, shop);
    await reader.read(shop);
    expect(temporal.asked.filter((call) => call === 'history')).toHaveLength(1);
    reader.changed();
    temporal.asked.length = 0;
    await reader.read(shop);
    expect(temporal.asked).toEqual(['describe']);
  });

  test('are still shared when somebody looks at an earlier run, and read again when a later one is heard of', async () => {
    const { state, temporal, deps, reader } = world();
    await reader.read(shop);
    state.events = [...state.events, { eventId: 2 }];
    const described = await describeRun(deps, shop);
    const heard = (runId: string, startedAtMs: number) =>
      reader.heardOf({ ...described, summary: { ...described.summary, runId, startedAtMs } });
    heard('earlier', 0);
    temporal.asked.length = 0;
    await reader.read(shop);
    expect(temporal.asked).toEqual([]);
    heard('later', 2_000);
    await reader.read(shop);
    expect(temporal.asked).toEqual(['describe', 'history']);
  });

  test('grow with each heartbeat, and history is fetched again only when it has grown', async () => {
    const { state, temporal, reader } = world();
    await reader.read(shop);
    state.looks = 3;
    vi.advanceTimersByTime(1_000);
    const next = await reader.read(shop);
    expect(next.stages[0]?.checks[0]?.atMs).toEqual([0, 1000, 2000]);
    expect(next.liveAtMs).toBe(3000);
    expect(temporal.asked).toEqual(['describe', 'history', 'describe']);
    state.events = [...state.events, { eventId: 2 }];
    vi.advanceTimersByTime(1_000);
    await reader.read(shop);
    expect(temporal.asked).toEqual(['describe', 'history', 'describe', 'describe', 'history']);
  });
});
