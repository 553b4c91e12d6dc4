/** Whether Temporal answers: asked by anybody, and so asked of Temporal no oftener than it takes to know. */
import { afterEach, expect, test, vi } from 'vitest';
import { createDataPlanes } from '../../../src/api/express/data-planes.ts';
import { createTemporalService } from '../../../src/api/temporal-service.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { fakeTemporal, grpcUnavailable } from './fake-temporal.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function serve(describeTaskQueue: () => Promise<object>) {
  const { client } = fakeTemporal({});
  Object.assign(client.workflowService, { describeTaskQueue });
  return createTemporalService({
    client,
    address: 'nowhere',
    replay: () => Promise.reject(new Error('not asked')),
    planes: createDataPlanes({ names: [], get: () => createMemoryTraffic() }),
    policies: { read: async () => ({ policies: [], sha256: 'none' }) },
  });
}

test('a thousand who ask within a second cost Temporal one question, and an outage shows all the same', async () => {
  const describeTaskQueue = vi.fn(async () => ({ pollers: [] }));
  const service = serve(describeTaskQueue);
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

test.each([-300, 0, 300])(
  'a worker is seen while it polls, though Temporal’s clock is %d s ahead',
  async (aheadSeconds) => {
    const startedMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(startedMs);
    const polled = { atSeconds: Math.floor(Date.now() / 1_000) + aheadSeconds };
    const service = serve(async () => ({ pollers: [{ lastAccessTime: { seconds: polled.atSeconds } }] }));
    for (let minute = 0; minute < 3; minute++) {
      clock.mockReturnValue(startedMs + minute * 60_000);
      expect((await service.readiness()).worker.seen).toBe(true);
      polled.atSeconds += 60;
    }
    // From then on it is dead.
    polled.atSeconds -= 60;
    clock.mockReturnValue(startedMs + 4 * 60_000);
    expect((await service.readiness()).worker).toEqual({
      seen: false,
      detail: 'no worker has polled for rollouts lately; they wait',
    });
  },
);
