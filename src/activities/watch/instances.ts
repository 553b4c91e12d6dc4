/**
 * Looks now and then at what runs the two versions. It is for people to see: that it cannot be had stands in nobody's
 * way.
 */
import { armInstancesOf, type SeenInstances, withFewer } from '../../domain/rollout/instances.ts';
import { otherSlot, type Slot } from '../../domain/rollout/types.ts';
import { callSignal } from '../call-limit.ts';
import type { Clock } from '../deps.ts';
import type { WorkloadSide } from '../targets.ts';

export class InstancesSeen {
  /** Null: the provider does not tell; undefined: not looked at yet. */
  latest: SeenInstances | null | undefined;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private busy = false;
  private readonly side: () => WorkloadSide;
  private readonly stableSlot: Slot;
  private readonly clock: Clock;

  constructor(side: () => WorkloadSide, stableSlot: Slot, clock: Clock) {
    this.side = side;
    this.stableSlot = stableSlot;
    this.clock = clock;
  }

  /** As in the progress of the watch, which names so many of each version at most. */
  told(most: number): { readonly instances?: SeenInstances | null } {
    if (this.latest === undefined) return {};
    return { instances: this.latest && withFewer(this.latest, most) };
  }

  /** Unless it was looked at less than `everyMs` ago, or the answer is still on its way. */
  look(everyMs: number): void {
    const nowMs = this.clock.now();
    if (this.busy || nowMs - this.lookedAtMs < everyMs) return;
    this.lookedAtMs = nowMs;
    this.busy = true;
    void this.ask()
      .catch(() => {})
      .finally(() => {
        this.busy = false;
      });
  }

  private async ask(): Promise<void> {
    const { provider, target } = this.side();
    if (provider.instancesIn === undefined) {
      this.latest = null;
      return;
    }
    const signal = callSignal();
    const [canary, stable] = await Promise.all([
      provider.instancesIn(target, otherSlot(this.stableSlot), signal),
      provider.instancesIn(target, this.stableSlot, signal),
    ]);
    this.latest = {
      canary: armInstancesOf(canary),
      stable: armInstancesOf(stable),
      atMs: this.clock.now(),
    };
  }
}
