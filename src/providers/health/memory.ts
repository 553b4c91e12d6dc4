/** Health in memory, for tests: each target is as healthy as it was last set to be. */
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { HealthProvider, HealthProviderType, ProbeResult, ProbeTarget } from './types.ts';

export interface MemoryHealth extends HealthProvider {
  /** What probes see from now on; an error is one that kept the probe from being tried. */
  set(answer: boolean | Error | ((target: ProbeTarget) => boolean)): void;
}

export function createMemoryHealth(): MemoryHealth {
  let answer: Parameters<MemoryHealth['set']>[0] = true;
  return {
    set(next) {
      answer = next;
    },
    async probe(target, { signal }): Promise<ProbeResult> {
      signal?.throwIfAborted();
      if (answer instanceof Error)
        throw new SluiceError('health-probe', messageOf(answer), { cause: answer });
      const healthy = typeof answer === 'function' ? answer(target) : answer;
      return { healthy, detail: healthy ? 'set to be up' : 'set to be down' };
    },
    async close() {},
  };
}

export const memory: HealthProviderType = {
  type: 'memory',
  summary: 'Always healthy; for tests and benches.',
  options: z.strictObject({}),
  settings: z.strictObject({}),
  reachesArm: () => false,
  create: () => createMemoryHealth(),
};
