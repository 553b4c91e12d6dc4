/** `POST /v1/backtests`: what it passes on, what it refuses, and how many it takes at a time. */
import { afterEach, expect, test } from 'vitest';
import { type AppOptions, createApp } from '../../../src/api/app.ts';
import { backtestSchema } from '../../../src/api/contract.ts';
import type { ApiDeps } from '../../../src/api/service.ts';
import { everything } from '../../../src/domain/access/grants.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import type { MetricsProvider } from '../../../src/providers/metrics/types.ts';
import { stageFixture } from '../../support/plan.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fakeDeps, fakeRollouts, planOf } from './fakes.ts';

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function apiOver(metrics: MetricsProvider, more: Partial<ApiDeps> = {}, options: AppOptions = {}) {
  const plan = planOf({ stages: [stageFixture({ soakMs: 60_000 })] });
  const deps: ApiDeps = {
    ...fakeDeps(fakeRollouts({})),
    plans: {
      parse: () => ({ ok: true, plan, warnings: [] }),
      parseText: () => ({ ok: false, problems: [{ path: 'version', message: 'is missing' }], warnings: [] }),
    },
    metrics: () => metrics,
    ...more,
  };
  const app = await createApp(deps, options);
  closings.push(() => app.close());
  return (payload: object) => app.inject({ method: 'POST', url: '/v1/backtests', payload });
}

const body = { plan: {}, stable: 'v1', canary: 'v7', fromMs: 1_000_000, toMs: 1_300_000 };

test('runs the analysis of the plan over the time that is named', async () => {
  const metrics = createMemoryMetrics();
  metrics.set('success v7', 90);
  metrics.set('samples v7', 500);
  const post = await apiOver(metrics);
  const answer = await post(body);
  expect(answer.statusCode).toBe(200);
  const found = backtestSchema.parse(answer.json());
  expect(found).toMatchObject({ target: 'demo/shop', canary: 'v7', stable: 'v1', looks: 2 });
  expect(found.outcome).toMatchObject({ kind: 'rolled-back', atMs: 1_010_000, afterMs: 10_000 });
});

test.each([
  [{ ...body, plan: 'service: shop' }, 422, 'version'],
  [{ ...body, toMs: 1 }, 400, 'toMs'],
  [{ ...body, toMs: 1_000_000 + 8 * 86_400_000 }, 400, 'fromMs'],
  [{ ...body, stage: 3 }, 400, 'stage'],
  [{ ...body, share: 101 }, 400, 'body.share'],
  [{ ...body, stable: undefined }, 400, 'body.stable'],
])('refuses %j with the field at fault', async (payload, status, path) => {
  const answer = await (await apiOver(createMemoryMetrics()))(payload);
  expect(answer.statusCode).toBe(status);
  expect(answer.json().problems).toContainEqual(expect.objectContaining({ path }));
});

test('asks no source of metrics that is for other environments', async () => {
  const metrics = { ...createMemoryMetrics(), instant: () => Promise.reject(new Error('asked')) };
  const bound = { environments: ['prod'], places: null, naming: null, namespace: null };
  const post = await apiOver(metrics, { bounds: { metrics: { [planOf().metrics.name]: bound } } });
  expect((await post(body)).json()).toMatchObject({
    ...{ status: 422, code: 'plan-refused' },
    problems: [{ path: 'metrics', message: expect.stringContaining('is for plans of prod, not of demo') }],
  });
});

test('takes one at a time of each who says who they are', async () => {
  let open = () => {};
  const gate = new Promise<readonly []>((resolve) => {
    open = () => resolve([]);
  });
  let asked = 0;
  const instant = () => {
    asked += 1;
    return gate;
  };
  const authenticate = async () => ({ name: 'ann', verified: true, grants: everything });
  const post = await apiOver({ ...createMemoryMetrics(), instant }, {}, { authenticate });
  const first = post(body);
  await waitFor('it to have asked', () => asked > 0);
  expect((await post(body)).json()).toMatchObject({ code: 'backtest-busy' });
  open();
  expect((await first).statusCode).toBe(200);
  expect((await post(body)).statusCode).toBe(200);
});

test('takes two at a time, and sends the third away until one of them is over', async () => {
  let open = () => {};
  const gate = new Promise<readonly []>((resolve) => {
    open = () => resolve([]);
  });
  let asked = 0;
  const slow: MetricsProvider = {
    ...createMemoryMetrics(),
    instant: () => {
      asked += 1;
      return gate;
    },
  };
  const post = await apiOver(slow);
  const two = Promise.all([post(body), post(body)]);
  // Each look asks for a value and for its samples.
  await waitFor('both to have asked', () => Promise.resolve(asked === 4 || undefined));
  const third = await post(body);
  expect([third.statusCode, third.json().code]).toEqual([503, 'backtest-busy']);
  open();
  expect((await two).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect((await post(body)).statusCode).toBe(200);
});
