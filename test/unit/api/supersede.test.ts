/** A start that supersedes one which does not end in time: it says what that waits for. */
import { expect, test } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import type { RolloutStatus } from '../../../src/domain/rollout/status.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { planFixture } from '../../support/plan.ts';
import { fakeTemporal } from './fake-temporal.ts';
import { statusOf } from './fakes.ts';

const plan = planFixture({
  environment: 'demo',
  version: 'v3',
  traffic: { name: 'a', options: {} },
  onConflict: 'supersede',
});
const cause = { kind: 'check', reason: 'errors', actor: null, atMs: 1 } as const;

async function supersede(...answers: [Partial<RolloutStatus>, ...Partial<RolloutStatus>[]]) {
  const [{ phase = 'soaking' }] = answers;
  const said = [...answers];
  const account = () => statusOf((said.length > 1 ? said.shift() : said[0]) ?? {});
  const temporal = fakeTemporal({ 'demo/shop': { phase, account } });
  const service = createTemporalService({
    client: temporal.client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: ['a'], get: () => createMemoryTraffic() }),
    supersedeWaitMs: 20,
  });
  const request = { plan, actor: 'bob', reason: 'newer', idempotencyKey: null };
  const failure: unknown = await service.start(request).catch((error: unknown) => error);
  return { failure, told: temporal.told };
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
