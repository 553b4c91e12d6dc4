/** A start after a rollback: refused until the cooldown is over, unless it is forced. */
import { expect, test } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { planFixture } from '../../support/plan.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';

const completed = 2;
const plan = planFixture({ environment: 'prod', service: 'shop', traffic: { name: 'a', options: {} } });
const request = { plan, actor: 'ann', reason: 'again', idempotencyKey: null };

function serve(rollout: FakeRollout) {
  const temporal = fakeTemporal({ 'prod/shop': { phase: 'rolled-back', status: completed, ...rollout } });
  const traffic = createMemoryTraffic();
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a'], get: () => traffic }),
  });
  return { temporal, service };
}

test('is refused with the end of the cooldown, and starts nothing', async () => {
  const untilMs = Date.now() + 600_000;
  const { temporal, service } = serve({ cooldown: { untilMs, automatic: true } });
  await expect(service.start(request)).rejects.toMatchObject({
    code: 'cooldown-running',
    status: 409,
    message: `prod/shop was rolled back and cools down until ${new Date(untilMs).toISOString()}.`,
    advice: expect.stringContaining('--force'),
    details: { untilMs },
  });
  expect(temporal.started).toEqual([]);
});

test('goes on when it is forced, and the rollout knows', async () => {
  const { temporal, service } = serve({ cooldown: { untilMs: Date.now() + 600_000, automatic: true } });
  await service.start({ ...request, force: true });
  expect(temporal.started[0]?.options.args).toMatchObject([{ force: 'all' }]);
});

test('needs no force when the cooldown is over or there is none', async () => {
  for (const rollout of [{ cooldown: { untilMs: Date.now() - 1, automatic: true } }, {}]) {
    const { temporal, service } = serve(rollout);
    await service.start(request);
    expect(temporal.started[0]?.options.args?.[0]).not.toHaveProperty('force');
  }
});
