/** One rollout as it is shown: whom it takes to ask, and in which order. */
import { describe, expect, test } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { Accounts } from '../../../src/api/temporal/accounts.ts';
import { glanceOf } from '../../../src/api/temporal/glance.ts';
import { ServerClock } from '../../../src/api/temporal/server-clock.ts';
import { viewOf } from '../../../src/api/temporal/view.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';
import { statusOf } from './fakes.ts';

const ref = { environment: 'prod', service: 'shop' };

function temporalWith(rollout: FakeRollout) {
  const { client, asked, behaviour } = fakeTemporal({ 'prod/shop': rollout });
  return { deps: { client, address: 'nowhere' }, asked, behaviour };
}

test('the run that was seen to run is asked while Temporal is, and only once', async () => {
  const { deps, asked } = temporalWith({ runId: 'now' });
  const view = await viewOf(deps, ref, { seen: 'now' });
  expect(view.runId).toBe('now');
  expect(asked).toEqual(['query', 'describe']);
});

test('where another run has begun since, or none was seen, the run that Temporal tells is asked', async () => {
  const { deps, asked } = temporalWith({ runId: 'now' });
  expect((await viewOf(deps, ref, { seen: 'before' })).runId).toBe('now');
  expect(asked).toEqual(['query', 'describe', 'query']);
  asked.length = 0;
  await viewOf(deps, ref);
  expect(asked).toEqual(['describe', 'query']);
});

test('of a run that goes on as another one the latest part is told, never another rollout of the target', async () => {
  const { deps } = temporalWith({
    runId: 'another',
    earlier: {
      first: { runId: 'first', status: 6, continuedAs: 'second' },
      second: { runId: 'second', status: 6, continuedAs: 'last' },
      last: { runId: 'last', status: 5 },
    },
  });
  for (const runId of ['first', 'second', 'last']) {
    expect(await viewOf(deps, { ...ref, runId })).toMatchObject({
      runId: 'last',
      temporalStatus: 'TERMINATED',
    });
  }
  expect((await viewOf(deps, ref)).runId).toBe('another');
});

test('a worker that does not answer is waited for once', async () => {
  const { deps, asked, behaviour } = temporalWith({ runId: 'now' });
  behaviour.set('query', 'hang');
  expect((await viewOf(deps, ref, { seen: 'now' })).workerAnswered).toBe(false);
  expect(asked).toEqual(['query', 'describe']);
});

test('what is not known is not found, whatever was seen', async () => {
  const { deps } = temporalWith({});
  await expect(viewOf(deps, { ...ref, service: 'other' }, { seen: 'now' })).rejects.toMatchObject({
    code: 'rollout-not-found',
  });
});

describe('the account at hand', () => {
  const heldBy = (worker: string) => ({
    activityType: { name: 'watch' },
    state: 2,
    lastWorkerIdentity: worker,
  });

  /** A rollout that is watched, and whose history can grow. */
  function watched() {
    let nowMs = 0;
    const events: object[] = [{}];
    let pending: object[] = [heldBy('one')];
    const { deps, asked, behaviour } = temporalWith({
      runId: 'now',
      phase: 'holding',
      account: () => statusOf({ stage: events.length }),
      events: () => events,
      pending: () => pending,
    });
    const withAccounts = { ...deps, accounts: new Accounts(() => nowMs), clock: new ServerClock() };
    return {
      view: (seen: string | null = null, anew = false) => viewOf(withAccounts, ref, { seen, anew }),
      glance: () => glanceOf(withAccounts, { ...ref, runId: 'now' }),
      asked,
      behaviour,
      grow: () => events.push({}),
      pass: (ms: number) => {
        nowMs += ms;
      },
      hold: (...activities: object[]) => {
        pending = activities;
      },
    };
  }

  test('is given without the worker while the history has not grown', async () => {
    const { view, asked } = watched();
    const first = await view();
    asked.length = 0;
    expect(await view()).toEqual(first);
    expect(await view('now')).toEqual(first);
    expect(asked).toEqual(['describe', 'describe']);
  });

  test('is not given to whoever wants the word of a worker', async () => {
    const { deps, asked, behaviour } = temporalWith({
      account: () => statusOf(),
      events: () => [{}],
      pending: () => [heldBy('one')],
    });
    const service = createTemporalService({
      ...deps,
      replay: () => Promise.reject(new Error('not asked')),
      planes: createDataPlanes({ names: [], get: () => createMemoryTraffic() }),
    });
    expect((await service.get(ref)).workerAnswered).toBe(true);
    behaviour.set('query', new Error('nobody answers'));
    expect((await service.get(ref)).workerAnswered).toBe(true);
    asked.length = 0;
    expect((await service.get(ref, true)).workerAnswered).toBe(false);
    expect(asked).toEqual(['describe', 'query']);
  });

  test('is not given again once no worker gave it to whoever wanted that, until one does', async () => {
    const { view, glance, asked, behaviour } = watched();
    await view();
    behaviour.set('query', new Error('nobody answers'));
    expect((await view('now')).workerAnswered).toBe(true);
    expect((await view('now', true)).workerAnswered).toBe(false);
    expect((await view('now')).workerAnswered).toBe(false);
    expect((await glance()).status).toBeNull();
    behaviour.delete('query');
    expect((await view('now')).workerAnswered).toBe(true);
    asked.length = 0;
    expect((await view('now')).workerAnswered).toBe(true);
    expect(asked).toEqual(['describe']);
  });

  test('is asked for again when the history has grown', async () => {
    const { view, asked, grow } = watched();
    expect((await view()).status?.stage).toBe(1);
    grow();
    expect((await view('now')).status?.stage).toBe(2);
    asked.length = 0;
    expect((await view('now')).status?.stage).toBe(2);
    expect(asked).toEqual(['describe']);
  });

  test('that was asked for before it was known how long the history is, is not kept', async () => {
    const { view, asked } = watched();
    await view('now');
    asked.length = 0;
    await view('now');
    expect(asked).toEqual(['query', 'describe']);
    asked.length = 0;
    await view('now');
    expect(asked).toEqual(['describe']);
  });

  test('is not relied on when another worker, or none, has the watch', async () => {
    const { view, asked, hold } = watched();
    await view();
    hold(heldBy('two'));
    asked.length = 0;
    await view();
    expect(asked).toEqual(['describe', 'query']);
    hold({ ...heldBy('two'), state: 1 });
    asked.length = 0;
    await view();
    await view();
    expect(asked).toEqual(['describe', 'query', 'describe', 'query']);
    hold();
    asked.length = 0;
    await view();
    expect(asked).toEqual(['describe', 'query']);
  });

  test('is not kept when no worker answered', async () => {
    const { view, asked, behaviour } = watched();
    behaviour.set('query', new Error('nobody is there'));
    expect((await view()).workerAnswered).toBe(false);
    behaviour.delete('query');
    asked.length = 0;
    expect((await view()).workerAnswered).toBe(true);
    expect(asked).toEqual(['describe', 'query']);
  });

  test('is asked for anew after five minutes, so that a rollout that nobody can decide for is told as such', async () => {
    const { view, asked, behaviour, pass } = watched();
    await view();
    behaviour.set('query', new Error('nobody is there'));
    for (const minutes of [1, 1, 1, 1]) {
      pass(minutes * 60_000);
      expect((await view('now')).workerAnswered).toBe(true);
    }
    pass(60_000);
    asked.length = 0;
    expect((await view('now')).workerAnswered).toBe(false);
    expect(asked).toEqual(['query', 'describe']);
  });

  test('is not relied on when the worker has begun the watch again under the same name', async () => {
    const { view, asked, hold } = watched();
    await view();
    hold({ ...heldBy('one'), attempt: 2 });
    asked.length = 0;
    await view();
    expect(asked).toEqual(['describe', 'query']);
  });

  test('serves the list as well', async () => {
    const { view, glance, asked } = watched();
    expect((await glance()).status?.stage).toBe(1);
    asked.length = 0;
    await view('now');
    await glance();
    expect(asked).toEqual(['describe', 'describe']);
  });
});
