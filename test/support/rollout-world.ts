/** Watches what a rollout does to traffic and workloads: what must never be, and what must be at the end. */
import type { RolloutStatus } from '../../src/domain/rollout/status.ts';
import type { Slot } from '../../src/domain/rollout/types.ts';
import {
  effectivePercent,
  otherSlot,
  type TrafficProvider,
  type TrafficState,
} from '../../src/providers/traffic/types.ts';
import type { Call } from './activity-tap.ts';

export class RolloutWorld {
  /** What must never be and was, in words. */
  readonly violations: string[] = [];
  /** Which version runs where. A target begins with its stable version in blue. */
  readonly running = new Map<Slot, string>([['blue', 'v1']]);
  private restored = false;
  private readonly traffic: TrafficProvider;
  private readonly id: string;

  constructor(traffic: TrafficProvider, targetId: string) {
    this.traffic = traffic;
    this.id = targetId;
  }

  /** To be called when the workflow says that the canary reads 0 %. */
  noteRestored(): void {
    this.restored = true;
  }

  state(): Promise<TrafficState> {
    return this.traffic.read({ id: this.id, options: {} });
  }

  /** To be called after each call that took effect. */
  async after({ name, args }: Call): Promise<void> {
    const slot = args[1] === 'green' ? 'green' : 'blue';
    if (name === 'workload.start') this.running.set(slot, String(args[2]));
    if (name === 'workload.stop') await this.stopped(slot);
    if (name.startsWith('traffic.')) await this.moved(name);
  }

  /** What is wrong with the end of the rollout, in words; empty: nothing. */
  async wrongAtEnd({ phase, timeline }: RolloutStatus): Promise<string[]> {
    const state = await this.state();
    const home = phase === 'promoted' ? 'green' : 'blue';
    const said = timeline.some(({ kind }) => kind === 'clean-up-failed');
    const problems: (string | false)[] = [
      phase !== 'promoted' && phase !== 'rolled-back' && `it is ${phase}`,
      state.stableSlot !== home && `${phase}, but stable is ${state.stableSlot}`,
      effectivePercent(state, Date.now()) !== 0 && `the canary gets ${state.weightPercent} %`,
      (state.weightPercent !== 0 || state.match !== null) && 'entries of the route are left',
      !this.running.has(home) && `nothing runs in ${home}, where all traffic goes`,
      this.running.has(otherSlot(home)) && !said && `${otherSlot(home)} still runs, and nobody says so`,
    ];
    return [...this.violations, ...problems.filter((problem) => problem !== false)];
  }

  private async stopped(slot: Slot): Promise<void> {
    this.running.delete(slot);
    const state = await this.state();
    if (state.stableSlot === slot) this.violations.push(`${slot} was stopped while it is the stable slot`);
    else if (effectivePercent(state, Date.now()) > 0) {
      this.violations.push(`${slot} was stopped while it takes traffic`);
    }
  }

  private async moved(name: string): Promise<void> {
    const state = await this.state();
    const share = effectivePercent(state, Date.now());
    if (this.restored && share > 0)
      this.violations.push(`${name} gave the canary ${share} % after the restore`);
    if (!this.running.has(state.stableSlot)) {
      this.violations.push(`all traffic went to ${state.stableSlot}, where nothing runs (${name})`);
    }
  }
}
