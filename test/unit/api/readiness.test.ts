/** Whether Temporal answers: asked by anybody, and so asked of Temporal no oftener than it takes to know. */
import { afterEach, expect, test, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { fakeTemporal, grpcUnavailable } from './fake-temporal.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a thousand who ask within a second cost Temporal one question, and an outage shows all the same', async () => {
  const { client } = fakeTemporal({});
  const describeTaskQueue = vi.fn(async () => ({ pollers: [] }));
  Object.assign(client.workflowService, { describeTaskQueue });
  const service = createTemporalService({
    client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: [], get: () => createMemoryTraffic() }),
    policies: { read: async () => ({ policies: [], sha256: 'none' }) },
  });
  const startedMs = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(startedMs);
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => service.readiness()));
  for (let n = 0; n < 10; n++) answers.push(await service.readiness());
  expect(answers.every(({ ready }) => ready)).toBe(true);
  expect(describeTaskQueue).toHaveBeenCalledTimes(1);
  describeTaskQueue.mockRejectedValue(grpcUnavailable);
  clock.mockReturnValue(startedMs + 3_000);
  expect((await service.readiness()).ready).toBe(false);
});
