/** A start that supersedes: what it says that it waits for, and what it is stopped by when the wait is over. */
import { expect, test, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import type { RolloutStatus } from '../../../src/domain/rollout/status.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { planFixture } from '../../support/plan.ts';
import { type FakeRollout, fakeTemporal } from './fake-temporal.ts';
import { statusOf } from './fakes.ts';

const plan = planFixture({
  environment: 'demo',
  version: 'v3',
  traffic: { name: 'a', options: {} },
  onConflict: 'supersede',
});
const cause = { kind: 'check', reason: 'errors', actor: null, atMs: 1 } as const;

function serve(known: Record<string, FakeRollout>) {
  const temporal = fakeTemporal(known);
  const traffic = createMemoryTraffic();
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a'], get: () => traffic }),
    supersedeWaitMs: 20,
  });
  const start = async (): Promise<unknown> => {
    const request = { plan, actor: 'bob', reason: 'newer', idempotencyKey: null };
    return await service.start(request).catch((error: unknown) => error);
  };
  return { temporal, traffic, start };
}

async function supersede(...answers: [Partial<RolloutStatus>, ...Partial<RolloutStatus>[]]) {
  const [{ phase = 'soaking' }] = answers;
  const said = [...answers];
  const account = () => statusOf((said.length > 1 ? said.shift() : said[0]) ?? {});
  const { temporal, start } = serve({ 'demo/shop': { phase, account } });
  return { failure: await start(), told: temporal.told };
}

test.each([
  ['was there before', [{ phase: 'cleaning', question: 'rollback' }]],
  ['came up meanwhile', [{ phase: 'cleaning' }, { phase: 'cleaning', question: 'rollback' }]],
] as const)('names the question of a clean-up that %s, and answers it for nobody', async (_, answers) => {
  const [first, ...more] = answers;
  const { failure, told } = await supersede(first, ...more);
  expect(failure).toMatchObject({
    code: 'supersede-pending',
    message: expect.stringMatching(
      /somebody has to approve or reject first: May shop v2 in demo.+ be rolled back\?/,
    ),
    details: { question: 'rollback' },
  });
  expect(told).toEqual([]);
});

test('says that a promoted version is cleaned up, not that it goes back', async () => {
  const { failure, told } = await supersede({ phase: 'cleaning' });
  expect(failure).toMatchObject({ message: expect.stringContaining('its clean-up has not ended yet') });
  expect(failure).not.toHaveProperty('details.question');
  expect(told).toEqual([]);
});

test('says that one which was sent back goes back', async () => {
  const { failure } = await supersede({ phase: 'restoring', cause });
  expect(failure).toMatchObject({ message: expect.stringContaining('told to go back to stable') });
});

const order = { id: 'demo', scope: ['demo'], to: null, actor: 'ann', reason: 'fire', stoppedAll: [] };

test.each([
  ['an emergency was opened', 'emergency-open'],
  ['everything was stopped', 'emergency-stopped'],
])('does not begin when %s while it waited', async (_, code) => {
  const known: Record<string, FakeRollout> = { 'demo/shop': { phase: 'restoring' } };
  const { temporal, traffic, start } = serve(known);
  const { getHandle } = temporal.client.workflow;
  const result = async () => {
    known['demo/shop'] = { status: 2 };
    if (code === 'emergency-open') known['emergency/demo'] = { order };
    else await traffic.stopAll('emergency-stop');
  };
  vi.spyOn(temporal.client.workflow, 'getHandle').mockImplementation((id, runId) => ({
    ...getHandle(id, runId),
    result,
  }));
  expect(await start()).toMatchObject({ code });
  expect(temporal.started).toEqual([]);
});
