/** Following a rollout: shared by its viewers, ended by its end, and left without a trace. */
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { RolloutView } from '../../../src/api/contract.ts';
import { eventStream } from '../../../src/api/event-stream.ts';
import { Feeds } from '../../../src/api/feeds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { waitFor } from '../../support/wait-for.ts';
import { failing, fakeDeps, fakeRollouts, runId, viewOf } from './fakes.ts';

let app: FastifyInstance | undefined;
let feeds: Feeds | undefined;

afterEach(async () => {
  await app?.close();
  feeds?.close();
});

const shop = { environment: 'demo', service: 'shop', runId };
const nextRunId = '0190b8a4-7c1d-7000-8000-000000000002';

/** Rollouts whose view the test changes. */
function changing(first: () => RolloutView) {
  const world = { view: first };
  const rollouts = fakeRollouts({ get: async () => world.view() });
  feeds = new Feeds(rollouts, 5);
  return { world, rollouts, feeds };
}

const seen = (text: string) => [...text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
const runsIn = (text: string) => [...text.matchAll(/"runId":"([^"]+)"/g)].map((match) => match[1]);

test('streams every change and ends after the end', async () => {
  const { world, rollouts } = changing(() => viewOf({ phase: 'soaking' }));
  app = await createApp(fakeDeps(rollouts), { pollMs: 5 });
  const answer = app.inject('/v1/rollouts/demo/shop/events');
  await waitFor('two looks', () => rollouts.calls.length >= 2);
  world.view = () => viewOf({ phase: 'promoted', outcome: 'promoted' });
  const { body, headers } = await answer;
  expect(headers['content-type']).toContain('text/event-stream');
  expect(seen(body)).toEqual(['status', 'status', 'end']);
  const ids = [...body.matchAll(/^id: (\S+)$/gm)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(3);
});

test('answers 404 instead of a stream when there is no rollout', async () => {
  const rollouts = fakeRollouts({ get: failing('rollout-not-found', 'No rollout.') });
  app = await createApp(fakeDeps(rollouts), { pollMs: 5 });
  const answer = await app.inject('/v1/rollouts/demo/shop/events');
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toContain('problem+json');
});

test('looks once for any number of viewers and stops when the last one leaves', async () => {
  const { rollouts, feeds } = changing(() => viewOf());
  const feed = feeds.of(shop);
  await feed.ready;
  expect(feeds.of(shop)).toBe(feed);
  const told: string[] = [];
  const leave = Array.from({ length: 20 }, () => feed.join((event) => told.push(event.kind)));
  expect(rollouts.calls).toHaveLength(1);
  expect(told).toEqual(Array(20).fill('status'));
  for (const go of leave) go();
  expect(feeds.size).toBe(0);
  expect(feed.closed).toBe(true);
});

test('gives up a feed that nobody ever joined', async () => {
  const { feeds } = changing(() => viewOf());
  await feeds.of(shop).ready;
  await waitFor('the feed to be gone', () => feeds.size === 0);
});

test('tells whoever names no run of the rollout that runs now, however many still follow the one before', async () => {
  const next = viewOf({ phase: 'promoted', outcome: 'promoted' }, { runId: nextRunId });
  const world = { latest: viewOf() };
  const rollouts = fakeRollouts({
    get: async ({ runId: named }) => (named === runId ? viewOf() : world.latest),
  });
  // So seldom that those who follow the first do not hear of its end.
  app = await createApp(fakeDeps(rollouts), { pollMs: 60_000 });
  const first = app.inject('/v1/rollouts/demo/shop/events');
  await waitFor('the first to be followed', () => rollouts.calls.length > 0);
  world.latest = next;
  const { body } = await app.inject('/v1/rollouts/demo/shop/events');
  expect(seen(body)).toEqual(['status', 'end']);
  expect(runsIn(body)).toEqual([nextRunId]);
  await app.close();
  expect(runsIn((await first).body)).toEqual([runId]);
});

test('looks once at a rollout, whether those who follow it name its run or not', async () => {
  const { rollouts, feeds } = changing(() => viewOf());
  const { runId: _, ...latest } = shop;
  const feed = await feeds.follow(latest);
  feed.join(() => {});
  expect(await feeds.follow(shop)).toBe(feed);
  expect(feeds.size).toBe(1);
  expect(rollouts.calls).toHaveLength(1);
});

test('follows a rollout that continued as new', async () => {
  const { world, rollouts, feeds } = changing(() => viewOf());
  const views: string[] = [];
  feeds.of(shop).join((event) => event.kind === 'status' && views.push(event.view.runId));
  await waitFor('the first view', () => views.length === 1);
  world.view = () => viewOf({}, { runId: nextRunId });
  await waitFor('the next run', () => views.includes(nextRunId));
  await waitFor('a look at it', () =>
    rollouts.calls.some((call) => (call.args[0] as { runId?: string }).runId === nextRunId),
  );
});

test('tells once when the rollout cannot be seen, and when it can be seen again', async () => {
  const { world, feeds } = changing(() => viewOf());
  const kinds: string[] = [];
  feeds.of(shop).join((event) => kinds.push(event.kind));
  await waitFor('the first view', () => kinds.length === 1);
  let failures = 0;
  world.view = () => {
    failures++;
    throw new SluiceError('temporal-unavailable', 'Temporal is away.');
  };
  await waitFor('some failures', () => failures >= 3);
  world.view = () => viewOf();
  await waitFor('the view again', () => kinds.length >= 3);
  expect(kinds).toEqual(['status', 'trouble', 'status']);
});

test('sends a comment in a long silence and leaves when the reader does', async () => {
  const { feeds } = changing(() => viewOf());
  const feed = feeds.of(shop);
  await feed.ready;
  const stream = eventStream(feed, { heartbeatMs: 5 });
  const parts: string[] = [];
  for await (const part of stream) {
    parts.push(part);
    if (part.startsWith(':')) break;
  }
  expect(parts[1]).toContain('event: status');
  expect(feed.closed).toBe(true);
});

test('a slow reader gets the latest state, not a backlog', async () => {
  let stage = 0;
  const { rollouts, feeds } = changing(() => viewOf({ stage: stage++ }));
  const feed = feeds.of(shop);
  await feed.ready;
  const stream = eventStream(feed, { heartbeatMs: 1000 });
  await stream.next();
  await waitFor('many looks', () => rollouts.calls.length > 5);
  const next = await stream.next();
  expect(String(next.value)).not.toContain('"stage":0,');
  await stream.return(undefined);
});

test('ends its streams when the API shuts down', async () => {
  const { rollouts } = changing(() => viewOf());
  app = await createApp(fakeDeps(rollouts), { pollMs: 5 });
  const answer = app.inject('/v1/rollouts/demo/shop/events');
  await waitFor('two looks', () => rollouts.calls.length >= 2);
  await app.close();
  expect(seen((await answer).body).at(-1)).toBe('end');
});

describe('who comes back with the id of the last event', () => {
  /** Another API, or this one after a restart: it knows nothing of who was told what. */
  const another = (view: () => RolloutView) => new Feeds(fakeRollouts({ get: async () => view() }), 5);
  const heardAt = (feed: ReturnType<Feeds['of']>, seen?: string) => {
    const heard: string[] = [];
    feed.join(
      (event) => heard.push(event.kind === 'status' ? String(event.view.status?.stage) : event.kind),
      seen,
    );
    return heard;
  };

  async function idOf(view: RolloutView): Promise<string> {
    const feeds = another(() => view);
    const told: string[] = [];
    const feed = feeds.of(shop);
    await feed.ready;
    feed.join(({ id }) => told.push(id));
    feeds.close();
    return told[0] ?? '';
  }

  test('is not told again what they have seen, at whatever API, and is told the next change', async () => {
    const { world, rollouts, feeds } = changing(() => viewOf({ stage: 1 }));
    const feed = feeds.of(shop);
    await feed.ready;
    const heard = heardAt(feed, await idOf(viewOf({ stage: 1 })));
    const looks = rollouts.calls.length;
    await waitFor('two more looks', () => rollouts.calls.length >= looks + 2);
    expect(heard).toEqual([]);
    world.view = () => viewOf({ stage: 2 });
    await waitFor('the change', () => heard.length > 0);
    expect(heard).toEqual(['2']);
  });

  test('is told the newest state, never an older one that this API still has at hand', async () => {
    const { world, feeds } = changing(() => viewOf({ stage: 1 }));
    const feed = feeds.of(shop);
    await feed.ready;
    world.view = () => viewOf({ stage: 2 });
    const heard = heardAt(feed, await idOf(viewOf({ stage: 2 })));
    const behind = heardAt(feed, await idOf(viewOf({ stage: 0 })));
    await waitFor('the newest state', () => behind.length > 0);
    expect(behind).toEqual(['2']);
    expect(heard).toEqual([]);
  });

  test('is told that the rollout is seen again after they were told of trouble', async () => {
    const { feeds } = changing(() => viewOf({ stage: 1 }));
    const heard = heardAt(feeds.of(shop), 'trouble');
    await waitFor('the state', () => heard.length > 0);
    expect(heard).toEqual(['1']);
  });

  test('is told of trouble that goes on, whatever they have seen, and then the state', async () => {
    const { world, feeds } = changing(() => viewOf({ stage: 1 }));
    const feed = feeds.of(shop);
    const first = heardAt(feed);
    await feed.ready;
    world.view = () => {
      throw new SluiceError('temporal-unavailable', 'Temporal is away.');
    };
    await waitFor('trouble', () => first.includes('trouble'));
    const back = [heardAt(feed, 'trouble'), heardAt(feed, await idOf(viewOf({ stage: 1 })))];
    expect(back).toEqual([['trouble'], ['trouble']]);
    world.view = () => viewOf({ stage: 1 });
    await waitFor('the state', () => back.every((heard) => heard.length > 1));
    expect(back).toEqual([
      ['trouble', '1'],
      ['trouble', '1'],
    ]);
  });

  test('is told the end at once', async () => {
    const ended = viewOf({ phase: 'promoted', outcome: 'promoted', stage: 3 });
    app = await createApp(fakeDeps(fakeRollouts({ get: async () => ended })), { pollMs: 5 });
    const follow = (id: string) =>
      app?.inject({ url: '/v1/rollouts/demo/shop/events', headers: { 'last-event-id': id } });
    expect(seen((await follow(await idOf(ended)))?.body ?? '')).toEqual(['end']);
    expect(seen((await follow('something else'))?.body ?? '')).toEqual(['status', 'end']);
    expect((await follow('x'.repeat(201)))?.statusCode).toBe(400);
  });
});
