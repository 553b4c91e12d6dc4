/** The data planes as one sweep of an emergency sees them: one that does not answer costs its other targets no time. */
import { heldBy } from '../domain/emergency/holders.ts';
import { emergencyWorkflowIdOf } from '../domain/emergency/scope.ts';
import { messageOf, SluiceError } from '../domain/errors.ts';
import type { Slot } from '../domain/rollout/types.ts';
import { NoAnswer, within } from '../providers/limit.ts';
import type { TrafficProvider, TrafficState, TrafficTarget } from '../providers/traffic/types.ts';
import type { ActivityDeps } from './deps.ts';
import { isHome } from './restore.ts';

/** As of one restore: for data planes that say no other. */
const callTimeoutMs = 1_000;
const pauseMs = 100;
/** Reads in one sweep until a target is left for the next one. */
const attempts = 3;
/**
 * In a row, of a data plane that has answered in this sweep: a slow one is not away. One that has not is, at the first.
 */
const silencesBorne = 5;

interface Silence {
  readonly problem: string;
  readonly inARow: number;
}

export class EmergencyPlanes {
  /** By name. */
  private readonly silent = new Map<string, Silence>();
  private readonly answered = new Set<string>();
  private readonly deps: ActivityDeps;

  constructor(deps: ActivityDeps) {
    this.deps = deps;
  }

  /** Null: the canary reads 0, and `home`, where it is given, is the stable slot. Else what is wrong, in words. */
  async bringHome(name: string, target: TrafficTarget, home: Slot | null): Promise<string | null> {
    const away = this.awayWhy(name);
    if (away !== null) return away;
    try {
      return await this.tryHome(name, this.deps.providers.traffic(name), target, home);
    } catch (error) {
      return problemOf(name, error);
    }
  }

  /** Null: to be asked. */
  private awayWhy(name: string): string | null {
    const silence = this.silent.get(name);
    if (silence === undefined) return null;
    return this.answered.has(name) && silence.inARow < silencesBorne ? null : silence.problem;
  }

  /** Only reads tell whether a data plane is there: a write may hang for the sake of one target. */
  private async read(name: string, provider: TrafficProvider, target: TrafficTarget): Promise<TrafficState> {
    try {
      const state = await within(limitMsOf(provider), (signal) => provider.read(target, signal));
      this.answered.add(name);
      this.silent.delete(name);
      return state;
    } catch (error) {
      // What it refuses for one target it may grant for the next.
      if (isSilence(error)) {
        const inARow = (this.silent.get(name)?.inARow ?? 0) + 1;
        this.silent.set(name, { problem: problemOf(name, error), inARow });
      }
      throw error;
    }
  }

  /** Lets the emergency's stop of everything go. Never throws; what stood in the way, or null. */
  async release(name: string, emergency: string): Promise<string | null> {
    try {
      const holder = emergencyWorkflowIdOf(emergency);
      const provider = this.deps.providers.traffic(name);
      const others = await within(limitMsOf(provider), (signal) => provider.release(holder, signal));
      return others.length === 0 ? null : heldBy(others);
    } catch (error) {
      return messageOf(error);
    }
  }

  private async tryHome(
    name: string,
    provider: TrafficProvider,
    target: TrafficTarget,
    home: Slot | null,
  ): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      const state = await this.read(name, provider, target);
      if (isHome(state, home, this.deps.clock.now())) return null;
      const wrongSlot = home !== null && state.stableSlot !== home;
      if (attempt === attempts || wrongSlot) {
        return `it reads stable ${state.stableSlot}, canary ${state.weightPercent} %`;
      }
      await within(limitMsOf(provider), (signal) => provider.stop(target, signal));
      if (attempt > 1) await this.deps.clock.sleep(pauseMs, new AbortController().signal);
    }
  }
}

function limitMsOf({ restoreLimitMs = callTimeoutMs }: TrafficProvider): number {
  return restoreLimitMs;
}

function problemOf(name: string, error: unknown): string {
  return `data plane "${name}": ${messageOf(error)}`;
}

function isSilence(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof SluiceError && error.code === 'traffic-unavailable');
}
