/** HAProxy's own request counters, read often, so that its word stands beside that of the users. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Slot } from '../../src/domain/rollout/types.ts';

/** Requests that a slot got within a span: not before `fromMs`, not after `toMs`. */
export interface Count {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: Readonly<Record<Slot, number>>;
}

interface Reading {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly requests: Readonly<Record<Slot, number>>;
}

const everyMs = 200;
const keptCounts = 5_000;

export class HaproxyMeter {
  counts: Count[] = [];
  private last: Reading | null = null;
  private running = true;
  private readonly url: string;
  private readonly loop: Promise<void>;

  constructor(metricsUrl: string) {
    this.url = `${metricsUrl}?scope=backend`;
    this.loop = this.read();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  private async read(): Promise<void> {
    while (this.running) {
      const reading = await readCounters(this.url);
      if (reading) this.take(reading);
      await sleep(everyMs);
    }
  }

  private take(reading: Reading): void {
    const { last } = this;
    this.last = reading;
    if (!last) return;
    const blue = reading.requests.blue - last.requests.blue;
    const green = reading.requests.green - last.requests.green;
    // Counters that fall were those of an earlier process.
    if (blue < 0 || green < 0) return;
    const count = { fromMs: last.askedMs, toMs: reading.answeredMs, requests: { blue, green } };
    this.counts = [...this.counts.slice(-keptCounts), count];
  }
}

/** Null: it does not answer now. */
async function readCounters(url: string): Promise<Reading | null> {
  const askedMs = Date.now();
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    const text = await answer.text();
    const [blue, green] = [counterIn(text, 'blue'), counterIn(text, 'green')];
    if (blue === null || green === null) return null;
    return { askedMs, answeredMs: Date.now(), requests: { blue, green } };
  } catch {
    return null;
  }
}

function counterIn(metrics: string, slot: Slot): number | null {
  const found = new RegExp(`^haproxy_backend_http_requests_total\\{proxy="demo_shop_${slot}"\\} (\\d+)`, 'm');
  const digits = found.exec(metrics)?.[1];
  return digits === undefined ? null : Number(digits);
}
