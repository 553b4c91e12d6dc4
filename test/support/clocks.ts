/** A clock for activities whose sleeps take no time, so that hours of soak pass in seconds. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/activities/deps.ts';

export function createSimulatedClock(startMs = Date.now()): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    sleep: async (ms, signal) => {
      // Real work under way (queries, heartbeats) gets its turn before time moves on.
      await setImmediate();
      if (!signal.aborted) nowMs += ms;
    },
  };
}
