import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/activities/deps.ts';
import { Wake } from '../../../src/activities/watch/wake.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';

const long = 3_600_000;
const never = new AbortController().signal;

function rung() {
  let ring = () => {};
  let left = false;
  const provider = {
    ...createMemoryTraffic(),
    changes: async (_target: object, onChange: () => void, signal: AbortSignal) => {
      ring = onChange;
      signal.addEventListener('abort', () => {
        left = true;
      });
    },
  };
  const wake = new Wake({ provider, target: { id: 'test/shop', options: {} } }, systemClock);
  return { wake, ring: () => ring(), left: () => left };
}

describe('the pause between two pulses', () => {
  it('ends at a change in the data plane', async () => {
    const { wake, ring } = rung();
    const pause = wake.pause(long, never);
    ring();
    await pause;
  });

  it('does not begin when there was a change during the pulse', async () => {
    const { wake, ring } = rung();
    ring();
    await wake.pause(long, never);
    // Only once for each change.
    expect(await Promise.race([wake.pause(long, never), pauseOf(300)])).toBe('still paused');
  });

  it('ends when the caller is cancelled, and with data planes that tell nothing', async () => {
    const wake = new Wake(
      { provider: createMemoryTraffic(), target: { id: 'test/shop', options: {} } },
      systemClock,
    );
    const caller = new AbortController();
    const pause = wake.pause(long, caller.signal);
    caller.abort();
    await pause;
    await wake.pause(1, never);
  });

  it('lets the data plane go at the end', () => {
    const { wake, left } = rung();
    wake.stop();
    expect(left()).toBe(true);
  });
});

async function pauseOf(ms: number): Promise<string> {
  await systemClock.sleep(ms, never);
  return 'still paused';
}
