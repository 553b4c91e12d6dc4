/** Many canaries whose leases are renewed as watches renew them, until they are left to themselves. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrafficProvider, TrafficTarget } from '../../src/providers/traffic/types.ts';

/** As a watch does: when a third of the lease is gone, up to a tenth of the lease's time earlier by chance. */
const renewAfter = { least: 7 / 30, most: 1 / 3 };
/** A watch tries again at its next pulse. */
const pulseMs = 2_000;

export class Crowd {
  /** What each renewal took, milliseconds. */
  readonly renewMs: number[] = [];
  /** Pulses that came to nothing in time. */
  failed = 0;
  private readonly provider: TrafficProvider;
  private readonly epoch: number;
  private readonly renewed = new Map<string, { atMs: number; longestMs: number }>();
  private readonly pulses = new Map<string, Promise<boolean>>();

  constructor(provider: TrafficProvider, epoch: number) {
    this.provider = provider;
    this.epoch = epoch;
  }

  renew(ids: readonly string[], leaseMs: number): void {
    for (const id of ids) {
      this.renewed.set(id, { atMs: performance.now(), longestMs: 0 });
      void this.renewing(id, leaseMs);
    }
  }

  /** Renews each a last time, all at once. When each lease ends, in `performance.now()`. */
  async leave(ids: readonly string[], leaseMs: number): Promise<ReadonlyMap<string, number>> {
    for (const id of ids) this.renewed.delete(id);
    const ends = ids.map(async (id) => {
      // One that is under way would give it a longer lease.
      await this.pulses.get(id);
      return [id, await this.lastRenewal(id, leaseMs)] as const;
    });
    return new Map(await Promise.all(ends));
  }

  /** From now on nobody could have renewed before. */
  beginAnew(): void {
    for (const one of this.renewed.values()) Object.assign(one, { atMs: performance.now(), longestMs: 0 });
  }

  /** Those that were without a renewal for so long, so that their leases did run out. */
  withoutFor(ms: number): readonly string[] {
    return [...this.renewed].filter(([, { longestMs }]) => longestMs > ms).map(([id]) => id);
  }

  stop(): void {
    this.renewed.clear();
  }

  private async lastRenewal(id: string, leaseMs: number): Promise<number> {
    for (;;) {
      const beganMs = performance.now();
      if (await succeeds(this.renewOnce(id, leaseMs))) return beganMs + leaseMs;
    }
  }

  private async renewing(id: string, leaseMs: number): Promise<void> {
    // They began at any time.
    await sleep(Math.random() * leaseMs * renewAfter.most);
    for (let one = this.renewed.get(id); one !== undefined; one = this.renewed.get(id)) {
      const pulse = succeeds(this.pulse(id, leaseMs));
      this.pulses.set(id, pulse);
      const done = await pulse;
      if (!done) this.failed += 1;
      const nowMs = performance.now();
      one.longestMs = Math.max(one.longestMs, nowMs - one.atMs);
      if (done) one.atMs = nowMs;
      const { least, most } = renewAfter;
      await sleep(done ? leaseMs * (least + Math.random() * (most - least)) : pulseMs);
    }
  }

  /** A watch looks before it renews. */
  private async pulse(id: string, leaseMs: number): Promise<void> {
    await this.provider.read(targetOf(id), AbortSignal.timeout(pulseMs));
    const beganMs = performance.now();
    await this.renewOnce(id, leaseMs);
    this.renewMs.push(performance.now() - beganMs);
  }

  private async renewOnce(id: string, leaseMs: number): Promise<void> {
    const limit = AbortSignal.timeout(pulseMs);
    await this.provider.renew(targetOf(id), this.epoch, Date.now() + leaseMs, limit);
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function targetOf(service: string): TrafficTarget {
  return { id: `test/${service}`, options: {} };
}
