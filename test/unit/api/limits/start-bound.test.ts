/** The bound on starts of all principals together: a place for who has to wait, and nothing else that waits. */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { limitsEach, startBudgetOf } from '../../../../src/api/limits/budgets.ts';
import { Pace } from '../../../../src/api/limits/pace.ts';
import type { StartBudget } from '../../../../src/api/limits/start-bound.ts';
import { StartLine } from '../../../../src/api/limits/start-line.ts';
import type { StartResult } from '../../../../src/api/service.ts';
import { fakeDeps, fakeRollouts, planOf } from '../fakes.ts';

describe('the line of starts', () => {
  const clock = { ms: 0 };
  const line = (perSecond: number, burst: number) => new StartLine({ perSecond, burst }, () => clock.ms);
  beforeEach(() => {
    clock.ms = 0;
  });

  test('is short while there is a budget, then each that comes is told a later time', () => {
    const some = line(2, 3);
    const waits = ['a', 'b', 'c', 'd', 'e'].map((name) => some.take(name));
    expect(waits).toEqual([0, 0, 0, 500, 1_000]);
    expect(some.take('e')).toBe(1_000);
  });

  test.each([200, 1])(
    'whoever comes when they were told may begin, however many newcomers there are: %s at once',
    (burst) => {
      const some = line(20, burst);
      /** Who comes in which second: 200 new ones in each of the first 30, and everybody again when they were told. */
      const seconds = Array.from({ length: 400 }, (_, at) =>
        at < 30
          ? Array.from({ length: 200 }, (__, number) => ({ name: `${at} ${number}`, told: false }))
          : [],
      );
      let begun = 0;
      for (const [at, comers] of seconds.entries()) {
        for (const { name, told } of comers) {
          clock.ms = at * 1_000 + 900;
          const waitMs = some.take(name);
          if (told) expect(waitMs, `${name} comes as told`).toBe(0);
          if (waitMs === 0) begun += 1;
          else seconds[at + Math.ceil(waitMs / 1_000)]?.push({ name, told: waitMs < 300_000 });
        }
      }
      expect(begun).toBe(6_000);
    },
  );

  test('places of those who do not come are free after a while', () => {
    const some = line(1, 1);
    for (const name of ['a', 'b', 'c']) some.take(name);
    clock.ms = 1_000;
    expect(some.take('new')).toBeGreaterThan(0);
    clock.ms = 60_000;
    expect(some.take('newer')).toBe(0);
  });

  test('has an end', () => {
    const some = line(0.1, 1);
    const waits = Array.from({ length: 100 }, (_, number) => some.take(`${number}`));
    expect(Math.max(...waits)).toBe(300_000);
  });
});

test('those that are let in begin at a rate, but for a few, in the order in which they came', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'setInterval', 'setImmediate'] });
  try {
    const pace = new Pace({ perSecond: 20, atOnce: 2 });
    const begun: number[] = [];
    const came = Array.from({ length: 5 }, (_, number) => pace.turn().then(() => begun.push(number)));
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(100);
    expect(begun).toEqual([0, 1, 2, 3]);
    await vi.advanceTimersByTimeAsync(50);
    await Promise.all(came);
  } finally {
    vi.useRealTimers();
  }
});

test('what the operator sets of all starts sets nothing of each principal', () => {
  expect(startBudgetOf()).toEqual({ perSecond: 10, burst: 250, inFlight: 250 });
  expect(startBudgetOf({ allStarts: 0.1 })).toEqual({ perSecond: 0.1, burst: 2.5, inFlight: 3 });
  expect([null, { allStarts: 5 }, {}, { reads: 5, allStarts: 5 }].map(limitsEach)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

let app: FastifyInstance | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await app?.close();
});

const started: StartResult = {
  workflowId: 'w',
  runId: 'r',
  created: true,
  workerSeen: true,
  warnings: [],
};
const start = (service: string) => ({
  method: 'POST' as const,
  url: '/v1/rollouts',
  payload: { service },
});

/** Plans of one key, `service`. */
async function serve(starts: StartBudget, begin: () => Promise<StartResult> = async () => started) {
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const rollouts = fakeRollouts({
    start: begin,
    list: async () => ({ rollouts: [], next: null }),
    command: async () => ({ accepted: true, via: 'update', status: null }),
  });
  const parse = vi.fn((input: unknown) => ({
    ok: true as const,
    plan: planOf(input as { service: string }),
    warnings: [],
  }));
  const plans = { parse, parseText: (text: string) => parse(JSON.parse(text)) };
  app = await createApp({ ...fakeDeps(rollouts), plans }, { starts });
  return { app, rollouts, parse };
}

test('what is too much is told when it is its turn, counted, and holds no command', async () => {
  const { app, rollouts, parse } = await serve({ perSecond: 0.5, burst: 2, inFlight: 10 });
  for (const service of ['a', 'b']) expect((await app.inject(start(service))).statusCode).toBe(201);
  const refused = await app.inject(start('c'));
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '2']);
  expect(problemSchema.parse(refused.json())).toMatchObject({
    code: 'starts-busy',
    details: { retryAfterSeconds: 2 },
  });
  expect((await app.inject(start('d'))).headers['retry-after']).toBe('4');
  expect(rollouts.calls.filter(({ method }) => method === 'start')).toHaveLength(2);
  expect(parse, 'plans that need not be read').toHaveBeenCalledTimes(2);
  for (const command of ['rollback', 'pause']) {
    const url = `/v1/rollouts/demo/a/${command}`;
    expect((await app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(200);
  }
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain('sluice_starts_refused_total{why="rate"} 2');
  vi.spyOn(performance, 'now').mockReturnValue(1_002_000);
  expect((await app.inject(start('new'))).statusCode).toBe(429);
  expect((await app.inject(start('c'))).statusCode).toBe(201);
});

test('no more are under way than may be, and a start that fails makes room too', async () => {
  const begun: ((result: StartResult | Error) => void)[] = [];
  const { app } = await serve(
    { perSecond: 10, burst: 10, inFlight: 2 },
    () =>
      new Promise((resolve, reject) => {
        begun.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
      }),
  );
  const first = [app.inject(start('a')), app.inject(start('b'))];
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  expect((await app.inject(start('c'))).statusCode).toBe(429);
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain('sluice_starts_refused_total{why="in-flight"} 1');
  expect(metrics).toContain('sluice_starts_in_flight 2');
  begun[0]?.(new Error('the server is away'));
  begun[1]?.(started);
  expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([500, 201]);
  vi.spyOn(performance, 'now').mockReturnValue(1_000_100);
  const third = app.inject(start('c'));
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  begun[2]?.(started);
  expect((await third).statusCode).toBe(201);
});
