/** A data plane in memory, for tests and benches: the contract without a process. */
import { z } from 'zod';
import type { Slot } from '../../domain/rollout/types.ts';
import { fenced } from './common/bounds.ts';
import type { TrafficProvider, TrafficProviderType, TrafficState } from './types.ts';

const untouched: TrafficState = {
  stableSlot: 'blue',
  weightPercent: 0,
  match: null,
  epoch: 0,
  leaseUntilMs: 0,
  stopped: false,
};
const noRoute = { weightPercent: 0, match: null, leaseUntilMs: 0 };

export function createMemoryTraffic(): TrafficProvider {
  const states = new Map<string, TrafficState>();
  const holders = new Set<string>();
  const own = (id: string) => states.get(id) ?? untouched;
  const seen = (id: string): TrafficState => ({ ...own(id), stopped: own(id).stopped || holders.size > 0 });
  const write = (id: string, epoch: number, change: Partial<TrafficState>) => {
    if (own(id).epoch > epoch) throw fenced(id, epoch, own(id).epoch);
    states.set(id, { ...own(id), epoch, ...change });
  };
  return {
    matchHeader: '*',
    prepare: async ({ id }, epoch) => {
      write(id, epoch, { ...noRoute, stopped: false });
      return seen(id);
    },
    setRoute: async ({ id }, route, epoch) => write(id, epoch, route),
    renew: async ({ id }, epoch, leaseUntilMs) => {
      if (own(id).epoch !== epoch) throw fenced(id, epoch, own(id).epoch);
      write(id, epoch, { leaseUntilMs });
    },
    read: async ({ id }) => seen(id),
    setStable: async ({ id }, stableSlot: Slot, epoch) => write(id, epoch, { ...noRoute, stableSlot }),
    restore: async ({ id }, epoch) =>
      write(id, Math.max(epoch, own(id).epoch), { ...noRoute, stopped: true }),
    stop: async ({ id }) => void states.set(id, { ...own(id), stopped: true }),
    stopAll: async (holder) => void holders.add(holder),
    release: async (holder) => {
      holders.delete(holder);
      return [...holders];
    },
    close: async () => {},
  };
}

export const memory: TrafficProviderType = {
  type: 'memory',
  summary: 'A data plane in memory; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  create: () => createMemoryTraffic(),
};
