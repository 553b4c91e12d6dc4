/** What pages ask for again and again costs Temporal as much for a hundred viewers as for one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import { createReports } from '../../../src/api/evidence/reports.ts';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createNoticeService } from '../../../src/api/notice-service.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { everything, type Grant } from '../../../src/domain/access/grants.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { fakeTemporal } from './fake-temporal.ts';
import { fakeDeps, runId, statusOf } from './fakes.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'], now: 999_999_999 });
});
afterEach(() => {
  vi.useRealTimers();
});

const address = 'nowhere';
const grantsOf: Readonly<Record<string, readonly Grant[]>> = {
  ann: everything,
  cat: [{ role: 'viewer', environments: ['prod'], services: ['*'] }],
};

/** A rollout that runs, of which people are told, beside an open emergency; whoever asks is who they say. */
async function serve() {
  const state = { paused: false, events: [{ eventId: 1 }] };
  const temporal = fakeTemporal({
    'demo/shop': { runId, account: () => statusOf({ paused: state.paused }), events: () => state.events },
    [`notices/demo/shop/${runId}`]: {
      account: () => ({ target: 'demo/shop', runId, receivers: [], trouble: null, complete: false }),
    },
    'emergency/demo': {
      order: { id: 'demo', scope: ['demo'], to: null, actor: 'bob', reason: 'flood', stoppedAll: [] },
    },
  });
  const deps = { client: temporal.client, address };
  const service = createTemporalService({
    ...deps,
    replay: async () => ({ ran: false, why: 'not asked' }),
    planes: createDataPlanes({ names: ['a'], get: () => createMemoryTraffic() }),
    policies: { read: async () => ({ policies: [], sha256: 'none' }) },
  });
  const app = await createApp(
    {
      ...fakeDeps(service),
      notices: createNoticeService(deps),
      ...createReports({ ...deps, archive: null, bundlePath: '/nowhere' }),
    },
    {
      authenticate: async (name = 'ann') => ({ name, verified: true, grants: grantsOf[name] ?? everything }),
    },
  );
  const get = (url: string, name = 'ann', headers = {}) =>
    app.inject({ url, headers: { host: '127.0.0.1', authorization: name, ...headers } });
  const post = (url: string, name = 'ann') =>
    app.inject({
      method: 'POST',
      url,
      headers: { host: '127.0.0.1', authorization: name, 'content-type': 'application/json' },
      payload: { reason: 'so' },
    });
  return { app, state, temporal, get, post };
}

/** `everyMs`: how often Temporal is asked at most. */
const polled = {
  listRollouts: ['/v1/rollouts?running=true&limit=200', 1_000],
  getRollout: ['/v1/rollouts/demo/shop', 1_000],
  getFindings: ['/v1/rollouts/demo/shop/findings', 5_000],
  getNotices: ['/v1/rollouts/demo/shop/notices', 5_000],
  listApprovals: ['/v1/approvals', 1_000],
  listIncidents: ['/v1/incidents', 5_000],
  listRollbacks: ['/v1/rollbacks?since=7d', 5_000],
  listEmergencies: ['/v1/emergency-rollbacks', 3_000],
  getEmergency: ['/v1/emergency-rollbacks/demo', 1_000],
} as const;
/** Asked for at each turn of a rollout. */
const turned = { getSeries: ['/v1/rollouts/demo/shop/series', 1_000] } as const;
/** These ask no Temporal, or are shared where they are told. */
const others = ['getConfiguration', 'getEmergencyStop', 'getReadiness', 'listEvidence'];

/** Each looks once in so long, one after the other, twice. */
async function costOf(url: string, everyMs: number, viewers: number) {
  const { app, temporal, get } = await serve();
  for (let look = 0; look < 2 * viewers; look++) {
    vi.advanceTimersByTime(everyMs / viewers);
    const { statusCode, body } = await get(url, `viewer-${look % viewers}`);
    expect([statusCode, statusCode === 200 ? '' : body]).toEqual([200, '']);
  }
  await app.close();
  return temporal.asked;
}

test.each(Object.entries({ ...polled, ...turned }))(
  '%s costs a hundred viewers what it costs one',
  async (_, [url, everyMs]) => {
    const one = await costOf(url, everyMs, 1);
    const hundred = await costOf(url, everyMs, 100);
    expect(one.length).toBeGreaterThan(0);
    expect(hundred).toEqual(one);
  },
);

test('whatever a page of the dashboard asks for again and again is among them', () => {
  const folder = 'src/dashboard';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  const calls = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [...text.matchAll(/use(?:Polled|Query)\(\s*'(\w+)',(.*?)\);/gs)];
  });
  const again = calls.filter(([, , rest = '']) => /EveryMs/.test(rest)).map(([, name = '']) => name);
  expect([...new Set(again)].sort()).toEqual([...Object.keys(polled), ...others].sort());
});

describe('an answer that is shared', () => {
  test.each([
    ['getRollout', '/v1/rollouts/demo/shop'],
    ['getEmergency', '/v1/emergency-rollbacks/demo'],
    ['getFindings', '/v1/rollouts/demo/shop/findings'],
  ])('%s is for those alone who may read it', async (_, url) => {
    const { get } = await serve();
    expect((await get(url)).statusCode).toBe(200);
    expect((await get(url, 'cat')).statusCode).toBe(403);
  });

  test('never hides from people what they have just done', async () => {
    const { state, get, post } = await serve();
    const paused = async (name: string) => (await get('/v1/rollouts/demo/shop', name)).json().status.paused;
    expect(await paused('ann')).toBe(false);
    vi.advanceTimersByTime(1);
    state.paused = true;
    state.events = [...state.events, { eventId: 2 }];
    expect((await post('/v1/rollouts/demo/shop/pause')).statusCode).toBe(200);
    vi.advanceTimersByTime(1);
    expect(await paused('ann')).toBe(true);
    expect(await paused('bob')).toBe(true);
  });

  test.each(Object.entries({ ...polled, ...turned, listRollouts: ['/v1/rollouts'] as const }))(
    '%s is asked for anew by whoever says that it may not be old, as after a change by another replica',
    async (_, [url]) => {
      const { temporal, get } = await serve();
      await get(url);
      temporal.asked.splice(0);
      await get(url);
      expect(temporal.asked).toEqual([]);
      await get(url, 'ann', { 'cache-control': 'max-age=0' });
      expect(temporal.asked).not.toEqual([]);
    },
  );

  test('of a list is asked for anew by whoever has just changed something, for as long as lists lag, and by no other', async () => {
    const { temporal, get, post } = await serve();
    await post('/v1/rollouts/demo/shop/pause');
    const looks = async (name: string) => {
      temporal.asked.splice(0);
      for (let look = 0; look < 5; look++) {
        vi.advanceTimersByTime(100);
        await get('/v1/rollouts', name);
      }
      return temporal.asked.length;
    };
    expect([await looks('ann'), await looks('bob')]).toEqual([5, 0]);
    vi.advanceTimersByTime(3_000);
    expect(await looks('ann')).toBe(1);
  });

  test('of accounts of rollbacks is asked for once after a change, as these do not lag as lists do', async () => {
    const { temporal, get, post } = await serve();
    await post('/v1/rollouts/demo/shop/pause');
    vi.advanceTimersByTime(1);
    await get('/v1/rollbacks');
    temporal.asked.splice(0);
    vi.advanceTimersByTime(1_000);
    await get('/v1/rollbacks');
    expect(temporal.asked).toEqual(['list', 'list']);
  });

  test('of a list that was given to another while lists lagged is not given to whoever changed something', async () => {
    const { temporal, get, post } = await serve();
    await post('/v1/rollouts/demo/shop/pause');
    vi.advanceTimersByTime(100);
    await get('/v1/incidents', 'bob');
    vi.advanceTimersByTime(3_100);
    temporal.asked.splice(0);
    await get('/v1/incidents', 'ann');
    expect(temporal.asked).toEqual(['list']);
  });
});

test('what gates found is read from the history again only when that has grown', async () => {
  const { state, temporal, get } = await serve();
  const look = async () => {
    vi.advanceTimersByTime(5_000);
    await get('/v1/rollouts/demo/shop/findings');
    return temporal.asked.splice(0);
  };
  expect(await look()).toEqual(['describe', 'history']);
  expect(await look()).toEqual(['describe']);
  state.events = [...state.events, { eventId: 2 }];
  expect(await look()).toEqual(['describe', 'history']);
});
