/** Sees when each of many targets is stopped: HAProxy's whole stop map in one command, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuntimeClient, type Run } from '../../src/providers/traffic/haproxy/client.ts';
import { MapCommands } from '../../src/providers/traffic/haproxy/maps.ts';

/** Between two sweeps, so that looking is no load. */
const pauseMs = 10;
/** Of the map's lines, `0x55… bench/storm-1 1`, those of targets that are stopped. */
const stopLine = / (\S+) [1-9]\d*$/gm;
/** HAProxy and the client each limit a conversation, so it is renewed long before. */
const conversationMs = 2_000;

export class StopSweep {
  /** The longest time between two sweeps: what was seen may be as much older. */
  longestGapMs = 0;
  private readonly connection: { socket: string; mapsDir: string };

  constructor(connection: { socket: string; mapsDir: string }) {
    this.connection = connection;
  }

  /** When each target was first seen stopped, in `performance.now()`. Ends when all are. */
  async firstSeen(targets: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const seenAtMs = new Map<string, number>();
    const client = createRuntimeClient(this.connection.socket, 5 * conversationMs);
    let lastMs = performance.now();
    while (seenAtMs.size < targets.size) {
      await client.converse(async (run) => {
        const untilMs = performance.now() + conversationMs;
        while (performance.now() < untilMs && seenAtMs.size < targets.size) {
          const stopped = await this.stopped(run);
          const nowMs = performance.now();
          for (const target of stopped) {
            if (targets.has(target) && !seenAtMs.has(target)) seenAtMs.set(target, nowMs);
          }
          this.longestGapMs = Math.max(this.longestGapMs, nowMs - lastMs);
          lastMs = nowMs;
          await sleep(pauseMs);
        }
      });
    }
    return seenAtMs;
  }

  private async stopped(run: Run): Promise<string[]> {
    const [dump = ''] = await run([new MapCommands(this.connection.mapsDir).show('stop')]);
    return Array.from(dump.matchAll(stopLine), ([, key = '']) => key);
  }
}
