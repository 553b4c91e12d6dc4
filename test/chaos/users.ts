/**
 * The users of a chaos run: the demo's load generator, but every single request is kept, since any one may be the late
 * one.
 */
import { type LoadGenerator, startLoad } from '../../src/demo/load-generator.ts';
import type { Sample } from '../../src/demo/load-stats.ts';

const ratePerSecond = 100;
/** Runs follow each other, and each looks at its own time only. */
const keptSamples = 60_000;

export class Users {
  private samples: Sample[] = [];
  private readonly load: LoadGenerator;

  constructor(shopUrl: string) {
    this.load = startLoad({
      url: new URL(shopUrl),
      rate: ratePerSecond,
      timeoutMs: 5_000,
      onSample: (sample) => this.add(sample),
    });
  }

  /** Requests that were sent within the time and are over, in the order of their ends. */
  sentBetween(fromMs: number, toMs: number): Sample[] {
    return this.samples.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs <= toMs);
  }

  stop(): void {
    this.load.stop();
  }

  private add(sample: Sample): void {
    this.samples.push(sample);
    if (this.samples.length > keptSamples * 2) this.samples = this.samples.slice(-keptSamples);
  }
}
