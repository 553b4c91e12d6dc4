/** Ends the pause between two pulses when the data plane tells of a change, so that drift is seen at once. */
import type { Clock } from '../deps.ts';
import type { TrafficSide } from '../targets.ts';

/** Whoever fights for the route makes no pulse follow the other without a pause. */
const leastMs = 200;

export class Wake {
  private readonly clock: Clock;
  private readonly stopper = new AbortController();
  private rung = false;
  private cut: AbortController | null = null;

  constructor({ provider, target }: TrafficSide, clock: Clock) {
    this.clock = clock;
    void provider.changes?.(target, () => this.ring(), this.stopper.signal);
  }

  /** Pauses for `ms`, or until there is a change, or until `signal` aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const startedMs = this.clock.now();
    if (!this.rung) await this.sleep(ms, signal);
    const restMs = Math.min(ms, leastMs) - (this.clock.now() - startedMs);
    if (this.rung && restMs > 0) await this.clock.sleep(restMs, signal);
    this.rung = false;
  }

  stop(): void {
    this.stopper.abort();
  }

  private async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const cut = new AbortController();
    const passOn = () => cut.abort();
    this.cut = cut;
    if (signal.aborted) passOn();
    else signal.addEventListener('abort', passOn, { once: true });
    await this.clock.sleep(ms, cut.signal);
    signal.removeEventListener('abort', passOn);
    this.cut = null;
  }

  private ring(): void {
    this.rung = true;
    this.cut?.abort();
  }
}
