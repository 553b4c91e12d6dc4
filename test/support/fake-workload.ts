/** A workload in memory: knows which version runs where, and fails when a test tells it to. */
import { SluiceError } from '../../src/domain/errors.ts';
import type { Slot } from '../../src/domain/rollout/types.ts';
import type { TrafficProvider, TrafficState } from '../../src/providers/traffic/types.ts';
import type { WorkloadProvider } from '../../src/providers/workload/types.ts';

export interface FakeWorkload extends WorkloadProvider {
  /** Everything that was asked, in order: `start test/shop green v2`. */
  readonly log: string[];
  /** What the data plane said in the moment of each stop; null where none was given. */
  readonly stops: { readonly id: string; readonly slot: Slot; readonly state: TrafficState | null }[];
  /** Versions that never become ready. */
  readonly broken: Set<string>;
  /** Targets whose versions do not stop until that is given up. */
  readonly stubborn: Set<string>;
}

export function createFakeWorkload(traffic?: TrafficProvider, stable = 'v1'): FakeWorkload {
  const stops: FakeWorkload['stops'] = [];
  const running = new Map<string, string>();
  const log: string[] = [];
  const broken = new Set<string>();
  const stubborn = new Set<string>();
  const key = (id: string, slot: Slot) => `${id}/${slot}`;
  const fences = new Map<string, number>();
  const passFence = (slot: string, epoch: number | undefined) => {
    const highest = fences.get(slot) ?? 0;
    if (epoch !== undefined && epoch < highest)
      throw new SluiceError('workload-fenced', `Epoch ${epoch} may not change ${slot}.`);
    fences.set(slot, Math.max(highest, epoch ?? 0));
  };
  return {
    log,
    stops,
    broken,
    stubborn,
    versionIn: async ({ id }, slot) => running.get(key(id, slot)) ?? (slot === 'blue' ? stable : null),
    start: async ({ id }, slot, version, _signal, _progress, epoch) => {
      passFence(key(id, slot), epoch);
      log.push(`start ${id} ${slot} ${version}`);
      if (broken.has(version)) throw new SluiceError('workload-unready', `${version} crashed.`);
      running.set(key(id, slot), version);
    },
    stop: async ({ id }, slot, signal, epoch) => {
      passFence(key(id, slot), epoch);
      log.push(`stop ${id} ${slot}`);
      if (stubborn.has(id)) await givenUp(signal);
      stops.push({ id, slot, state: (await traffic?.read({ id, options: {} })) ?? null });
      running.delete(key(id, slot));
    },
    close: async () => {},
  };
}

function givenUp(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
