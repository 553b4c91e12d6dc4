/** A workload in memory: knows which version runs where, and fails when a test tells it to. */
import { SluiceError } from '../../src/domain/errors.ts';
import type { Slot } from '../../src/domain/rollout/types.ts';
import type { WorkloadProvider } from '../../src/providers/workload/types.ts';

export interface FakeWorkload extends WorkloadProvider {
  /** Everything that was asked, in order: `start test/shop green v2`. */
  readonly log: string[];
  /** Versions that never become ready. */
  readonly broken: Set<string>;
}

export function createFakeWorkload(stable = 'v1'): FakeWorkload {
  const running = new Map<string, string>();
  const log: string[] = [];
  const broken = new Set<string>();
  const key = (id: string, slot: Slot) => `${id}/${slot}`;
  return {
    log,
    broken,
    versionIn: async ({ id }, slot) => running.get(key(id, slot)) ?? (slot === 'blue' ? stable : null),
    start: async ({ id }, slot, version) => {
      log.push(`start ${id} ${slot} ${version}`);
      if (broken.has(version)) throw new SluiceError('workload-unready', `${version} crashed.`);
      running.set(key(id, slot), version);
    },
    stop: async ({ id }, slot) => {
      log.push(`stop ${id} ${slot}`);
      running.delete(key(id, slot));
    },
    close: async () => {},
  };
}
