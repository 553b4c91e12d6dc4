/** The data planes as one sweep of an emergency sees them: one that does not answer costs its other targets no time. */
import { heldBy } from '../domain/emergency/holders.ts';
import { emergencyWorkflowIdOf } from '../domain/emergency/scope.ts';
import { messageOf } from '../domain/errors.ts';
import type { Slot } from '../domain/rollout/types.ts';
import { within } from '../providers/limit.ts';
import type { TrafficProvider, TrafficTarget } from '../providers/traffic/types.ts';
import type { ActivityDeps } from './deps.ts';
import { isHome } from './restore.ts';

const callTimeoutMs = 1_000;
const pauseMs = 100;
/** Reads in one sweep until a target is left for the next one. */
const attempts = 3;

export class EmergencyPlanes {
  /** By name: did not answer in this sweep. */
  private readonly away = new Map<string, string>();
  private readonly deps: ActivityDeps;

  constructor(deps: ActivityDeps) {
    this.deps = deps;
  }

  /** Null: the canary reads 0, and `home`, where it is given, is the stable slot. Else what is wrong, in words. */
  async bringHome(name: string, target: TrafficTarget, home: Slot | null): Promise<string | null> {
    const away = this.away.get(name);
    if (away !== undefined) return away;
    try {
      return await this.tryHome(this.deps.providers.traffic(name), target, home);
    } catch (error) {
      const problem = `data plane "${name}": ${messageOf(error)}`;
      this.away.set(name, problem);
      return problem;
    }
  }

  /** Lets the emergency's stop of everything go. Never throws; what stood in the way, or null. */
  async release(name: string, emergency: string): Promise<string | null> {
    try {
      const holder = emergencyWorkflowIdOf(emergency);
      const others = await within(callTimeoutMs, (signal) =>
        this.deps.providers.traffic(name).release(holder, signal),
      );
      return others.length === 0 ? null : heldBy(others);
    } catch (error) {
      return messageOf(error);
    }
  }

  private async tryHome(
    provider: TrafficProvider,
    target: TrafficTarget,
    home: Slot | null,
  ): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      const state = await within(callTimeoutMs, (signal) => provider.read(target, signal));
      if (isHome(state, home, this.deps.clock.now())) return null;
      const wrongSlot = home !== null && state.stableSlot !== home;
      if (attempt === attempts || wrongSlot) {
        return `it reads stable ${state.stableSlot}, canary ${state.weightPercent} %`;
      }
      await within(callTimeoutMs, (signal) => provider.stop(target, signal));
      if (attempt > 1) await this.deps.clock.sleep(pauseMs, new AbortController().signal);
    }
  }
}
