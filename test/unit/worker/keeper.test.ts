/** The keeper of evidence is started by every worker, and again when somebody ended it. */
import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepKeeper } from '../../../src/worker/evidence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it is started every minute until the worker stops, also after a failure', async () => {
  const start = vi.fn(async () => Promise.reject(new Error('away')));
  const problems: unknown[] = [];
  const stop = keepKeeper({ workflow: { start } } as unknown as Client, (error) => problems.push(error));
  await vi.advanceTimersByTimeAsync(150_000);
  expect(start).toHaveBeenCalledTimes(3);
  expect(start).toHaveBeenCalledWith(
    'evidenceKeeper',
    expect.objectContaining({ workflowIdConflictPolicy: 'USE_EXISTING' }),
  );
  expect(problems).toHaveLength(3);
  stop();
  await vi.advanceTimersByTimeAsync(150_000);
  expect(start).toHaveBeenCalledTimes(3);
});
