/** A clock for activities whose sleeps take no time, so that hours of soak pass in seconds. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/activities/deps.ts';

/** `pace`: how much further time moves on than was asked for, where each wake-up is a call to something real. */
export function createSimulatedClock(startMs = Date.now(), pace = 1): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    sleep: async (ms, signal) => {
      // Real work under way (queries, heartbeats) gets its turn before time moves on.
      await setImmediate();
      if (!signal.aborted) nowMs += ms * pace;
    },
  };
}
