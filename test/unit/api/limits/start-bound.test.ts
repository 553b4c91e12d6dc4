/** The bound on starts of all principals together: a place for who has to wait, and nothing else that waits. */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppOptions, createApp } from '../../../../src/api/app.ts';
import { problemSchema } from '../../../../src/api/contract.ts';
import { limitsEach, startBudgetOf } from '../../../../src/api/limits/budgets.ts';
import { Pace } from '../../../../src/api/limits/pace.ts';
import type { StartBudget } from '../../../../src/api/limits/start-bound.ts';
import { StartLine } from '../../../../src/api/limits/start-line.ts';
import type { PlanParse, StartResult } from '../../../../src/api/service.ts';
import { fakeDeps, fakeRollouts, planOf } from '../fakes.ts';

describe('the line of starts', () => {
  const clock = { ms: 0 };
  /** `take` gives the milliseconds to wait. */
  const line = (perSecond: number, burst: number) => {
    const starts = new StartLine({ perSecond, burst }, () => clock.ms);
    const take = (name: string, free = 1_000, owner: string | null = null) =>
      starts.take({ name, owner }, free)?.waitMs ?? 0;
    return { take };
  };
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

  test('while too many are under way, those who came first have what becomes free', () => {
    const some = line(10, 250);
    const names = Array.from({ length: 100 }, (_, number) => `w${number}`);
    expect(names.map((name) => some.take(name, 0)).at(-1)).toBe(10_000);
    clock.ms = 5_000;
    // 49 stand before it whose turn it is not yet, or who do not come.
    expect(some.take('w99', 1)).toBe(5_000);
    expect(['new', 'newer'].map((name) => some.take(name, 2))).toEqual([10_100 - 5_000, 10_200 - 5_000]);
    expect(some.take('w3', 1)).toBe(0);
    // All of it is free: there is enough for everybody, whoever comes early.
    expect(some.take('w99', 250)).toBe(0);
  });

  test('whoever comes when they were told and finds nothing free keeps the place', () => {
    const some = line(10, 250);
    for (const name of ['a', 'b']) some.take(name, 0);
    for (clock.ms = 1_000; clock.ms < 60_000; clock.ms += 1_000) {
      expect([some.take('a', 0), some.take('b', 0)]).toEqual([100, 200]);
    }
    expect(some.take('new', 1)).toBeGreaterThan(0);
    expect(some.take('b', 1)).toBe(0);
  });

  test('nobody who is known has more places than a part of what may come at once', () => {
    const some = line(10, 20);
    for (let number = 0; number < 20; number++) some.take(`${number}`);
    const waits = Array.from({ length: 50 }, (_, number) => some.take(`greedy ${number}`, 1_000, 'eve'));
    expect([waits[4], waits[5], waits.at(-1)]).toEqual([500, 600, 600]);
    expect(some.take('honest', 1_000, 'ann')).toBe(600);
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
async function serve(
  starts: StartBudget,
  begin: () => Promise<StartResult> = async () => started,
  authenticate: AppOptions['authenticate'] = undefined,
) {
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const rollouts = fakeRollouts({
    start: begin,
    list: async () => ({ rollouts: [], next: null }),
    command: async () => ({ accepted: true, via: 'update', status: null }),
  });
  const parse = vi.fn((input: unknown): PlanParse => {
    const plan = planOf(input as { service: string });
    if (typeof input === 'object' && input !== null && 'junk' in input)
      return { ok: false, problems: [{ path: 'junk', message: 'is no key' }], warnings: [] };
    return { ok: true, plan, warnings: [] };
  });
  const plans = { parse, parseText: (text: string) => parse(JSON.parse(text)) };
  app = await createApp(
    { ...fakeDeps(rollouts), plans },
    { starts, ...(authenticate === undefined ? {} : { authenticate }) },
  );
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
  expect(parse).toHaveBeenCalledTimes(4);
  expect((await app.inject(start('c'))).headers['retry-after']).toBe('2');
  expect(parse, 'a plan that need not be read again').toHaveBeenCalledTimes(4);
  for (const command of ['rollback', 'pause']) {
    const url = `/v1/rollouts/demo/a/${command}`;
    expect((await app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(200);
  }
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain('sluice_starts_refused_total{why="rate"} 3');
  vi.spyOn(performance, 'now').mockReturnValue(1_002_000);
  expect((await app.inject(start('new'))).statusCode).toBe(429);
  expect((await app.inject(start('c'))).statusCode).toBe(201);
});

test('a plan that cannot begin, and one that its sender may not start, take no place', async () => {
  const grants = [{ role: 'operator' as const, environments: ['demo'], services: ['a', 'b'] }];
  const authenticate = async () => ({ name: 'ann', verified: true, grants });
  const { app } = await serve({ perSecond: 1, burst: 1, inFlight: 10 }, undefined, authenticate);
  expect((await app.inject(start('a'))).statusCode).toBe(201);
  for (let number = 0; number < 20; number++) {
    expect((await app.inject(start(`other-${number}`))).statusCode).toBe(403);
    expect((await app.inject({ ...start('x'), payload: { junk: number } })).statusCode).not.toBe(429);
  }
  expect((await app.inject(start('b'))).headers['retry-after']).toBe('1');
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
  await expect.poll(() => begun).toHaveLength(2);
  expect((await app.inject(start('c'))).statusCode).toBe(429);
  const metrics = (await app.inject('/metrics')).body;
  expect(metrics).toContain('sluice_starts_refused_total{why="in-flight"} 1');
  expect(metrics).toContain('sluice_starts_in_flight 2');
  begun[0]?.(new Error('the server is away'));
  begun[1]?.(started);
  expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([500, 201]);
  vi.spyOn(performance, 'now').mockReturnValue(1_000_100);
  const third = app.inject(start('c'));
  await expect.poll(() => begun).toHaveLength(3);
  begun[2]?.(started);
  expect((await third).statusCode).toBe(201);
});
