/** Provider types that do nothing but count, for the configuration and the registry. */
import { z } from 'zod';
import { memory as alertsMemory } from '../../../src/providers/alerts/memory.ts';
import type { ProviderTypes } from '../../../src/providers/built-in.ts';
import { memory as healthMemory } from '../../../src/providers/health/memory.ts';
import { memory as hookMemory } from '../../../src/providers/hooks/memory.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import type { WorkloadProvider } from '../../../src/providers/workload/types.ts';

const idle: WorkloadProvider = {
  versionIn: async () => null,
  start: async () => {},
  stop: async () => {},
  close: async () => {},
};

/** `log` gets one line for each creation and closing. */
export function fakeTypes(log: string[] = [], closing: () => Promise<void> = async () => {}): ProviderTypes {
  return {
    gates: [],
    notifiers: [],
    traffic: [
      {
        type: 'proxy',
        summary: 'A proxy.',
        options: z.strictObject({ mode: z.enum(['fast', 'safe']).default('safe') }),
        settings: z.strictObject({ socket: z.string(), timeoutMs: z.int().min(1).default(100) }),
        create: (settings) => {
          log.push(`create proxy ${JSON.stringify(settings)}`);
          const close = async () => {
            log.push('close proxy');
            await closing();
          };
          return { ...createMemoryTraffic(), close };
        },
      },
    ],
    metrics: [
      {
        type: 'store',
        summary: 'A store.',
        options: z.strictObject({}),
        settings: z.strictObject({}),
        create: () => {
          log.push('create store');
          return { ...createMemoryMetrics(), close: async () => void log.push('close store') };
        },
      },
    ],
    workload: [
      {
        type: 'external',
        summary: 'Runs already.',
        options: z.strictObject({}),
        settings: z.strictObject({ readyTimeoutMs: z.int().default(5) }),
        create: () => {
          log.push('create external');
          return idle;
        },
      },
    ],
    health: [healthMemory],
    hooks: [hookMemory],
    alerts: [alertsMemory],
  };
}
